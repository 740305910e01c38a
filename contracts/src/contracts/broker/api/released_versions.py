"""`/released-versions`, and the ways to them: what was made available in an environment, and is supported there.

Source: Pact Broker protocol, released versions.
"""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import environments as environments_api
from contracts.broker.api import queries
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.deployed_versions import parties
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import environments, releases, versions
from contracts.broker.urls import Links
from contracts.model.deployments import ReleasedVersion
from contracts.model.errors import Unprocessable


class SupportBody(Body):
    """Whether the release is still supported."""

    currently_supported: bool | None = Field(default=None, alias="currentlySupported")


routes = Resources("releases")


@routes.post(urls.VERSION_RELEASES, body=Body)
def record_release(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    call.json_object(empty=True)
    with call.writing() as connection:
        released = versions.find_of(connection, pacticipant, version)
        place = environments.find(connection, environment)
        uuid, created = releases.release(connection, released, place.id, uuid=call.runtime.uuid(), now=call.now())
        made = releases.find(connection, uuid)
    return call.hal(_render(call.links, made), 201 if created else 200, location=_address(call.links, made))


@routes.get(urls.VERSION_RELEASES)
def list_releases_of_version(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    with call.reading() as connection:
        released = versions.find_of(connection, pacticipant, version)
        found = releases.of_version(connection, released.id, environments.find(connection, environment).id)
    items = [_item(call.links, each) for each in found]
    title = f"Releases of {pacticipant} ({version})"
    return call.hal({"_embedded": {"releasedVersions": items}, "_links": {"self": link(call.url, title)}})


@routes.get(urls.CURRENTLY_SUPPORTED, query=queries.texts("pacticipant", "version"))
def list_currently_supported_versions(call: Call, environment: str) -> Response:
    pacticipant, version = (queries.text(call.query, each) for each in ("pacticipant", "version"))
    with call.reading() as connection:
        place = environments.find(connection, environment)
        found = releases.current(
            connection,
            environment_id=place.id,
            pacticipant=pacticipant or None,
            version=version or None,
        )
    items = [_item(call.links, each) | {"_embedded": parties(call.links, each)} for each in found]
    title = f"Versions supported in {place.display_name} now"
    return call.hal({"_embedded": {"releasedVersions": items}, "_links": {"self": link(call.url, title)}})


@routes.get(urls.RELEASED_VERSION)
def show_released_version(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        found = releases.find(connection, uuid)
    return call.hal(_render(call.links, found))


@routes.patch(urls.RELEASED_VERSION, body=SupportBody)
def update_released_version(call: Call, uuid: str) -> Response:
    wanted = call.body(SupportBody, empty=True).currently_supported
    with call.writing() as connection:
        found = releases.find(connection, uuid)
        if wanted:
            text = "cannot be switched back on; record a new release of the version instead"
            raise Unprocessable({"currentlySupported": [text]})
        if wanted is False:
            releases.end_support(connection, uuid, call.now())
            found = releases.find(connection, uuid)
    return call.hal(_render(call.links, found))


def _address(links: Links, released: ReleasedVersion) -> str:
    return links.to(urls.RELEASED_VERSION, uuid=released.uuid)


def _item(links: Links, released: ReleasedVersion) -> Document:
    return present(
        {
            "uuid": released.uuid,
            "currentlySupported": released.currently_supported,
            "supportEndedAt": timestamp(released.support_ended_at) if released.support_ended_at else None,
            "createdAt": timestamp(released.created_at),
            "_links": {"self": link(_address(links, released))},
        }
    )


def _render(links: Links, released: ReleasedVersion) -> Document:
    environment = {"environment": environments_api.render(links, released.environment)}
    return _item(links, released) | {"_embedded": parties(links, released) | environment}
