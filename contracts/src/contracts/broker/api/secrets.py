"""`/secrets`: values that webhooks refer to as `${user.NAME}`. A response never contains a value.

Source: PactFlow's API, as its official clients use it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, curies, link, present, timestamp
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.api.resources import Resources
from contracts.broker.store import secrets
from contracts.broker.urls import Links
from contracts.model import secrets as model
from contracts.model.errors import InvalidFields
from contracts.model.secrets import NewSecret, Sealed, Secret


def _name(text: str) -> str:
    if (problem := model.name_problem(text)) is not None:
        raise ValueError(problem)
    return text


def _value(text: str) -> str:
    if (problem := model.value_problem(text)) is not None:
        raise ValueError(problem)
    return text


class SecretBody(Body):
    """A secret; a PUT without *value* keeps the value. PactFlow's `teamUuid` is ignored."""

    name: Annotated[str, AfterValidator(_name)]
    description: rules.SingleLine | None = None
    value: Annotated[str, AfterValidator(_value)] | None = None


routes = Resources("secrets")


@routes.get(urls.SECRETS)
def list_secrets(call: Call) -> Response:
    with call.reading() as connection:
        listed = secrets.all(connection)
    links: Document = {"self": link(call.url, "Secrets"), "curies": curies(call.links.base, "secrets")}
    return call.hal({"_embedded": {"secrets": [render(call.links, each) for each in listed]}, "_links": links})


@routes.post(urls.SECRETS, body=SecretBody)
def create_secret(call: Call) -> Response:
    body = call.body(SecretBody)
    if body.value is None:
        raise InvalidFields({"value": ["is missing"]})
    new = _new(call, body)
    with call.writing() as connection:
        secret = secrets.add(connection, new, call.runtime.uuid(), call.now())
    location = call.links.to(urls.SECRET, uuid=secret.uuid)
    return call.hal(render(call.links, secret), 201, location=location)


@routes.get(urls.SECRET)
def show_secret(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        secret = secrets.find(connection, uuid)
    return call.hal(render(call.links, secret))


@routes.put(urls.SECRET, body=SecretBody)
def replace_secret(call: Call, uuid: str) -> Response:
    new = _new(call, call.body(SecretBody))
    with call.writing() as connection:
        changed = secrets.replace(connection, secrets.find(connection, uuid), new, call.now())
    return call.hal(render(call.links, changed))


@routes.delete(urls.SECRET)
def delete_secret(call: Call, uuid: str) -> Response:
    with call.writing() as connection:
        secrets.remove(connection, secrets.find(connection, uuid))
    return Response(status_code=204)


def render(links: Links, secret: Secret) -> Document:
    """Return *secret* as HAL, without its value."""
    document = {
        "uuid": secret.uuid,
        "name": secret.name,
        "description": secret.description,
        "reference": f"${{user.{secret.name}}}",
        "createdBy": secret.created_by or None,
        "createdAt": timestamp(secret.created_at),
        "updatedAt": timestamp(secret.updated_at),
        "valueSetAt": timestamp(secret.value_at),
        "lastUsedAt": None if secret.last_used_at is None else timestamp(secret.last_used_at),
        "_links": {"self": link(links.to(urls.SECRET, uuid=secret.uuid), "Secret", secret.name)},
    }
    return present(document)


def _new(call: Call, body: SecretBody) -> NewSecret:
    """Encrypt before the transaction begins, so that a missing key holds up nobody."""
    sender = call.request.scope.get(IDENTITY)
    return NewSecret(
        name=body.name,
        description=body.description or None,
        value=None if body.value is None else Sealed(call.runtime.vault.encrypt(body.value)),
        created_by=sender.name if sender is not None else "",
    )
