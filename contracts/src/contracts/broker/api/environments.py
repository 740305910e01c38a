"""`/environments`: the places that versions are deployed or released to.

Source: Pact Broker protocol, environments.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import queries, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import environments
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.environments import Contact, Environment
from contracts.model.errors import InvalidFields
from contracts.model.names import display_name


class ContactBody(Body):
    """A contact person of an environment."""

    name: rules.Filled
    details: dict[str, Any] | None = None


class EnvironmentBody(Body):
    """A complete environment; the display name defaults to one made from the name."""

    name: rules.Word
    production: rules.TrueOrFalse
    shown_as: rules.SingleLine | None = Field(default=None, alias="displayName")
    contacts: list[ContactBody] = Field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """Return the values for the store."""
        return {
            "name": self.name,
            "display_name": (self.shown_as or "").strip() or display_name(self.name),
            "production": self.production,
            "contacts": [Contact(name=each.name, details=each.details) for each in self.contacts]
            if "contacts" in self.model_fields_set
            else None,
        }


routes = Resources("environments")


@routes.get(urls.ENVIRONMENTS, query=queries.texts("name"))
def list_environments(call: Call) -> Response:
    name = queries.text(call.query, "name")
    with call.reading() as connection:
        if name is None:
            listed = environments.all(connection)
        else:
            environment = environments.get_by_name(connection, name)
            listed = [environment] if environment else []
    return call.hal(_render_all(call.links, listed))


@routes.post(urls.ENVIRONMENTS, body=EnvironmentBody)
def create_environment(call: Call) -> Response:
    body = call.body(EnvironmentBody)
    with call.writing() as connection:
        _require_free(connection, body.name)
        environment = environments.create(connection, uuid=call.runtime.uuid(), now=call.now(), **body.values())
    return call.hal(render(call.links, environment), 201, location=address(call.links, environment))


@routes.get(urls.ENVIRONMENT)
def show_environment(call: Call, environment: str) -> Response:
    with call.reading() as connection:
        existing = environments.find(connection, environment)
    return call.hal(render(call.links, existing), revision=existing.revision)


@routes.put(urls.ENVIRONMENT, body=EnvironmentBody)
def replace_environment(call: Call, environment: str) -> Response:
    body = call.body(EnvironmentBody)
    with call.writing() as connection:
        if call.requires_revision():
            environments.lock(connection, environment)
        existing = environments.find(connection, environment)
        call.require_revision(existing.revision)
        if body.name != existing.name:
            _require_free(connection, body.name)
        changed = environments.replace(connection, existing.id, now=call.now(), **body.values())
    return call.hal(render(call.links, changed), revision=changed.revision)


@routes.delete(urls.ENVIRONMENT)
def delete_environment(call: Call, environment: str) -> Response:
    with call.writing() as connection:
        environments.remove(connection, environments.find(connection, environment).id)
    return Response(status_code=204)


def address(links: Links, environment: Environment) -> str:
    """Return the URL of *environment*."""
    return links.to(urls.ENVIRONMENT, environment=environment.uuid)


def render(links: Links, environment: Environment) -> Document:
    """Return *environment* as HAL."""
    contacts = environment.contacts
    here = {"environment": environment.uuid}
    return present(
        {
            "uuid": environment.uuid,
            "name": environment.name,
            "displayName": environment.display_name,
            "production": environment.production,
            "contacts": None if contacts is None else [_contact(each) for each in contacts],
            "createdAt": timestamp(environment.created_at),
            "updatedAt": timestamp(environment.updated_at)
            if environment.updated_at != environment.created_at
            else None,
            "_links": {
                "self": link(address(links, environment), "Environment", environment.name),
                "pb:currently-deployed-deployed-versions": link(
                    links.to(urls.CURRENTLY_DEPLOYED, **here), f"Versions deployed to {environment.display_name} now"
                ),
                "pb:currently-supported-released-versions": link(
                    links.to(urls.CURRENTLY_SUPPORTED, **here), f"Versions supported in {environment.display_name} now"
                ),
                "pb:environments": link(links.to(urls.ENVIRONMENTS), "Environments"),
            },
        }
    )


def _render_all(links: Links, listed: list[Environment]) -> Document:
    return {
        "_embedded": {"environments": [render(links, each) for each in listed]},
        "_links": {
            "self": link(links.to(urls.ENVIRONMENTS), "Environments"),
            "pb:environments": [link(address(links, each), each.display_name, each.name) for each in listed],
        },
    }


def _contact(contact: Contact) -> Document:
    return {"name": contact.name} | ({} if contact.details is None else {"details": dict(contact.details)})


def _require_free(connection: Connection, name: str) -> None:
    if environments.get_by_name(connection, name) is not None:
        raise InvalidFields({"name": [f"'{name}' is the name of another environment"]})
