"""The versions of a pacticipant: single ones, and those of a branch, a tag or an environment.

Source: Pact Broker protocol, versions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import remove as removing
from contracts.broker.api import paging, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import MERGE_PATCH, Document, curies, link, present, timestamp
from contracts.broker.api.pacticipants import deployed_link
from contracts.broker.api.pacts import pact_link
from contracts.broker.api.resources import Resources
from contracts.broker.store import (
    branches,
    deployments,
    environments,
    pacticipants,
    pacts,
    releases,
    tags,
    versions,
)
from contracts.broker.store.database import Connection
from contracts.broker.store.versions import Which
from contracts.broker.urls import Links
from contracts.model.deployments import DeployedVersion, ReleasedVersion
from contracts.model.errors import NotFound
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import Pact
from contracts.model.versions import Version, VersionDetails


# versions of a statement: PostgreSQL takes 65,535 parameters, and some statements use each version twice
_CHUNK_SIZE = 10_000


class TagBody(Body):
    """A tag of a version."""

    name: rules.Name


class VersionBody(Body):
    """A version; a number in the body is ignored in favour of the path's."""

    build_url: rules.SingleLine | None = Field(default=None, alias="buildUrl")
    tags: list[TagBody] | None = None


routes = Resources("versions")


@routes.get(urls.VERSIONS, query=paging.PARAMETERS)
def list_versions(call: Call, pacticipant: str) -> Response:
    with call.reading() as connection:
        owner = pacticipants.find(connection, pacticipant)
        return _list(call, connection, pacticipant, versions.of_pacticipant(owner.id))


@routes.get(urls.BRANCH_VERSIONS, query=paging.PARAMETERS)
def list_versions_of_branch(call: Call, pacticipant: str, branch: str) -> Response:
    with call.reading() as connection:
        owner = _owner(connection, pacticipant)
        branch_id = branches.find(connection, owner.id, branch).id
        return _list(call, connection, pacticipant, versions.on_branch(branch_id))


@routes.get(urls.TAG_VERSIONS, query=paging.PARAMETERS)
def list_versions_with_tag(call: Call, pacticipant: str, tag: str) -> Response:
    with call.reading() as connection:
        owner = _owner(connection, pacticipant)
        if versions.latest_with_tag(connection, owner.id, tag) is None:
            raise NotFound(f"No version of '{pacticipant}' has the tag '{tag}'")
        return _list(call, connection, pacticipant, versions.with_tag(owner.id, tag))


@routes.get(urls.ENVIRONMENT_VERSIONS, query=paging.PARAMETERS)
def list_versions_in_environment(call: Call, pacticipant: str, environment: str) -> Response:
    with call.reading() as connection:
        owner = pacticipants.find(connection, pacticipant)
        place = environments.find(connection, environment)
        return _list(call, connection, pacticipant, versions.of_environment(owner.id, place.id))


@routes.get(urls.LATEST_VERSION)
def show_latest_version(call: Call, pacticipant: str) -> Response:
    return _one(call, pacticipant, versions.latest)


@routes.get(urls.LATEST_TAGGED_VERSION)
def show_latest_tagged_version(call: Call, pacticipant: str, tag: str) -> Response:
    return _one(call, pacticipant, lambda connection, owner: versions.latest_with_tag(connection, owner, tag))


@routes.get(urls.LATEST_BRANCH_VERSION)
def show_branch_head(call: Call, pacticipant: str, branch: str) -> Response:
    return _one(call, pacticipant, lambda connection, owner: versions.branch_head(connection, owner, branch))


@routes.get(urls.VERSION)
def show_version(call: Call, pacticipant: str, version: str) -> Response:
    with call.reading() as connection:
        existing = versions.find_of(connection, pacticipant, version)
        return call.hal(_whole(call.links, connection, pacticipant, existing))


@routes.put(urls.VERSION, body=VersionBody)
def replace_version(call: Call, pacticipant: str, version: str) -> Response:
    return _change(call, pacticipant, version, call.body(VersionBody, empty=True), merge=False)


@routes.patch(urls.VERSION, body=VersionBody, accepts=(MERGE_PATCH,))
def merge_version(call: Call, pacticipant: str, version: str) -> Response:
    return _change(call, pacticipant, version, call.body(VersionBody, empty=True), merge=True)


@routes.delete(urls.VERSION)
def delete_version(call: Call, pacticipant: str, version: str) -> Response:
    with call.writing() as connection:
        removing.version(connection, versions.find_of(connection, pacticipant, version))
    return Response(status_code=204)


def _change(call: Call, pacticipant: str, number: str, body: VersionBody, *, merge: bool) -> Response:
    """Create or replace a version; *merge* keeps what the body leaves out."""
    with call.writing() as connection:
        owner = pacticipants.ensure(connection, pacticipant, call.now())
        version, created = versions.ensure(connection, owner.id, number, call.now())
        if not merge or "build_url" in body.model_fields_set:
            version = versions.set_build_url(connection, version.id, body.build_url, call.now())
        if body.tags is not None:
            tags.replace(connection, owner.id, version.id, [each.name for each in body.tags], call.now())
        return call.hal(_whole(call.links, connection, pacticipant, version), 201 if created else 200)


def _one(call: Call, pacticipant: str, get: Callable[[Connection, int], Version | None]) -> Response:
    with call.reading() as connection:
        owner = pacticipants.get(connection, pacticipant)
        version = get(connection, owner.id) if owner else None
        if version is None:
            raise NotFound(f"There is no such version of '{pacticipant}'")
        document = _whole(call.links, connection, pacticipant, version)
    document["_links"]["self"]["href"] = call.links.base + str(call.request.scope["path"])
    return call.hal(document)


def _owner(connection: Connection, pacticipant: str) -> Pacticipant:
    """Return the owner of a branch or tag; without one, the list itself does not exist.

    Raises:
        NotFound: if it does not exist.
    """
    if (owner := pacticipants.get(connection, pacticipant)) is None:
        raise NotFound(f"There is no pacticipant named '{pacticipant}'")
    return owner


def _list(call: Call, connection: Connection, pacticipant: str, which: Which) -> Response:
    page = paging.page_of(call)
    listed = versions.search(connection, which, **paging.limits(page))
    total = versions.count(connection, which) if page else len(listed)
    links = call.links
    chunks = (listed[start : start + _CHUNK_SIZE] for start in range(0, len(listed), _CHUNK_SIZE))
    items = [item for chunk in chunks for item in _items(links, connection, pacticipant, chunk)]
    owner = link(links.to(urls.PACTICIPANT, pacticipant=pacticipant), pacticipant)
    version_links = [link(address(links, pacticipant, each.number), _dated(each)) for each in listed]
    document: Document = {
        "_embedded": {"versions": items},
        "_links": {
            "self": link(call.url, f"Versions of {pacticipant}"),
            "pb:pacticipant": owner,
            "pb:versions": version_links,
            "pacticipant": owner,
            "versions": version_links,
        },
    }
    return call.hal(paging.add(document, call, page, total))


def _items(links: Links, connection: Connection, pacticipant: str, listed: Sequence[Version]) -> list[Document]:
    ids = [each.id for each in listed]
    details = versions.details(connection, ids)
    published = pacts.of_versions(connection, ids)
    deployed, released = deployments.of_versions(connection, ids), releases.of_versions(connection, ids)
    items = []
    for each in listed:
        item = render(links, pacticipant, each, details[each.id], published.get(each.id, ()))
        places = _places(links, deployed.get(each.id, ()), released.get(each.id, ()))
        item["_links"] |= {relation: links_to_places for relation, links_to_places in places.items() if links_to_places}
        items.append(item)
    return items


def address(links: Links, pacticipant: str, number: str) -> str:
    """Return the URL of a version."""
    return links.to(urls.VERSION, pacticipant=pacticipant, version=number)


def _dated(version: Version) -> str:
    return f"Version {version.number} - {version.created_at:%d/%m/%Y}"


def render(
    links: Links, pacticipant: str, version: Version, details: VersionDetails, published: Sequence[Pact]
) -> Document:
    """Return *version* as HAL, with its branches, its tags and the pacts that it *published*."""
    here = {"pacticipant": pacticipant, "version": version.number}
    return present(
        {
            "number": version.number,
            "buildUrl": version.build_url,
            "createdAt": timestamp(version.created_at),
            "updatedAt": timestamp(version.updated_at) if version.updated_at != version.created_at else None,
            "_embedded": {
                "branchVersions": [
                    {
                        "name": each.name,
                        "latest": each.latest,
                        "_links": {
                            "self": link(
                                links.to(urls.BRANCH_VERSION, branch=each.name, **here), "Branch version", each.name
                            )
                        },
                    }
                    for each in details.branches
                ],
                "tags": [
                    {
                        "name": each.name,
                        "_links": {"self": link(links.to(urls.VERSION_TAG, tag=each.name, **here), "Tag", each.name)},
                    }
                    for each in details.tags
                ],
            },
            "_links": {
                "self": link(address(links, pacticipant, version.number), "Version", version.number),
                "pb:pacticipant": link(links.to(urls.PACTICIPANT, pacticipant=pacticipant), "Pacticipant", pacticipant),
                "pb:tag": link(
                    links.to(urls.VERSION_TAG, **here), "Get, create or delete a tag of this version", templated=True
                ),
                "pb:latest-verification-results-where-pacticipant-is-consumer": link(
                    links.to(urls.CONSUMER_VERSION_RESULTS, consumer=pacticipant, version=version.number),
                    "Latest results of the pacts of this version",
                ),
                "pb:verification-jobs": link(
                    f"{links.to(urls.VERIFICATION_JOBS)}?{urlencode(here)}", "Verification jobs of this version"
                ),
                "pb:pact-versions": [pact_link(links, each) for each in published],
                "curies": curies(links.base, "version"),
            },
        }
    )


def _whole(links: Links, connection: Connection, pacticipant: str, version: Version) -> Document:
    """Return the document of one version, with the links that record its deployment and release."""
    details = versions.details(connection, [version.id])[version.id]
    published = pacts.of_versions(connection, [version.id]).get(version.id, ())
    document = render(links, pacticipant, version, details, published)
    deployed = deployments.of_versions(connection, [version.id]).get(version.id, ())
    released = releases.of_versions(connection, [version.id]).get(version.id, ())
    places = environments.all(connection)
    here = {"pacticipant": pacticipant, "version": version.number}
    document["_links"] |= _places(links, deployed, released) | {
        f"pb:record-{verb}": [
            link(links.to(template, environment=each.uuid, **here), f"Record {verb} to {each.display_name}", each.name)
            for each in places
        ]
        for verb, template in (("deployment", urls.VERSION_DEPLOYMENTS), ("release", urls.VERSION_RELEASES))
    }
    return document


def _places(links: Links, deployed: Sequence[DeployedVersion], released: Sequence[ReleasedVersion]) -> Document:
    """Return the links to all deployments and releases of a version, the oldest first."""
    return {
        "pb:deployed-environments": [deployed_link(links, each) for each in deployed],
        "pb:released-environments": [
            link(
                links.to(urls.RELEASED_VERSION, uuid=each.uuid),
                f"Version released to {each.environment.display_name}",
                each.environment.display_name,
            )
            | {"currently_supported": each.currently_supported}
            for each in released
        ],
    }
