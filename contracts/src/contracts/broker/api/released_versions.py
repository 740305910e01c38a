"""`/released-versions`: the releases of versions to environments, and the ends of their support.

Source: Pact Broker protocol, released versions.
"""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import place
from contracts.broker.api import paging, placements, queries
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import environments, releases, versions
from contracts.broker.urls import Links
from contracts.model.deployments import ReleasedVersion


_COLLECTION = "releasedVersions"


class SupportBody(Body):
    """Whether the release is still supported."""

    currently_supported: bool | None = Field(default=None, alias="currentlySupported")


routes = Resources("releases")


@routes.post(urls.VERSION_RELEASES, body=Body)
def record_release(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    call.json_object(empty=True)
    with call.writing() as connection:
        versioned = versions.find_of(connection, pacticipant, version)
        uuid, created = place.release(
            call.runtime, connection, versioned, environments.find(connection, environment), base_url=call.links.base
        )
        released = releases.find(connection, uuid)
        return call.hal(_render(call.links, released), 201 if created else 200, location=_address(call.links, released))


@routes.get(urls.VERSION_RELEASES)
def list_releases_of_version(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    with call.reading() as connection:
        version_id = versions.find_of(connection, pacticipant, version).id
        environment_id = environments.find(connection, environment).id
        released_versions = releases.of_version(connection, version_id, environment_id)
    items = [_item(call.links, each) for each in released_versions]
    return call.hal(placements.collection(call, _COLLECTION, items, f"Releases of {pacticipant} ({version})"))


@routes.get(urls.CURRENTLY_SUPPORTED, query=(*queries.texts("pacticipant", "version"), *paging.PARAMETERS))
def list_currently_supported_versions(call: Call, environment: str) -> Response:
    pacticipant, version = (queries.text(call.query, each) for each in ("pacticipant", "version"))
    page = paging.page_of(call)
    with call.reading() as connection:
        where = environments.find(connection, environment)
        which = releases.Released(environment_id=where.id, pacticipant=pacticipant or None, version=version or None)
        released_versions = releases.current(connection, **which, **paging.limits(page))
        total = releases.count_current(connection, **which) if page else len(released_versions)
    items = [
        _item(call.links, each) | {"_embedded": placements.parties(call.links, each)} for each in released_versions
    ]
    document = placements.collection(call, _COLLECTION, items, f"Versions supported in {where.display_name} now")
    return call.hal(paging.add(document, call, page, total, {"pacticipant": pacticipant, "version": version}))


@routes.get(urls.RELEASED_VERSION)
def show_released_version(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        released = releases.find(connection, uuid)
    return call.hal(_render(call.links, released))


@routes.patch(urls.RELEASED_VERSION, body=SupportBody)
def update_released_version(call: Call, uuid: str) -> Response:
    currently_supported = call.body(SupportBody, empty=True).currently_supported
    with call.writing() as connection:
        released = releases.find(connection, uuid)
        placements.require_no_return("currentlySupported", currently_supported, "release")
        if currently_supported is False:
            releases.end_support(connection, uuid, call.now())
            released = releases.find(connection, uuid)
    return call.hal(_render(call.links, released))


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
    return _item(links, released) | {"_embedded": placements.surroundings(links, released)}
