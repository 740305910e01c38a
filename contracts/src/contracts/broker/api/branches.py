"""The branches of a pacticipant, and the versions on them.

Source: Pact Broker protocol, branches.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import branch as branching
from contracts.broker.actions import remove as removing
from contracts.broker.api import paging, queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import branches, pacticipants, versions
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.branches import Branch, BranchVersion
from contracts.model.errors import NotFound


routes = Resources("branches")


@routes.get(urls.BRANCHES, query=(*queries.texts("q"), *paging.PARAMETERS))
def list_branches(call: Call, pacticipant: str) -> Response:
    page, q = paging.page_of(call, always=True), queries.text(call.query, "q")
    with call.reading() as connection:
        owner = pacticipants.find(connection, pacticipant)
        page_branches = branches.search(connection, owner.id, q, **paging.limits(page))
        total = branches.count(connection, owner.id, q)
    document = {
        "_embedded": {"branches": [_render(call.links, pacticipant, each) for each in page_branches]},
        "_links": {
            "self": link(call.url, f"Branches of {pacticipant}"),
            "pb:branches": [
                link(address(call.links, pacticipant, each.name), name=each.name) for each in page_branches
            ],
        },
    }
    return call.hal(paging.add(document, call, page, total))


@routes.delete(urls.BRANCHES, query=queries.texts("exclude[]"))
def delete_branches(call: Call, pacticipant: str) -> Response:
    excluded = call.query.get("exclude", [])
    exceptions = [each for each in excluded if isinstance(each, str)] if isinstance(excluded, list) else []
    with call.writing() as connection:
        owner = pacticipants.find(connection, pacticipant)
        exceptions += [owner.main_branch] if owner.main_branch and owner.main_branch not in exceptions else []
        count = branches.remove_others(connection, owner.id, exceptions)
        return call.hal({"notices": [{"type": "success", "text": _summary(pacticipant, count, exceptions)}]}, 202)


@routes.get(urls.BRANCH)
def show_branch(call: Call, pacticipant: str, branch: str) -> Response:
    with call.reading() as connection:
        existing = _find(connection, pacticipant, branch)
    return call.hal(_render(call.links, pacticipant, existing))


@routes.delete(urls.BRANCH)
def delete_branch(call: Call, pacticipant: str, branch: str) -> Response:
    with call.writing() as connection:
        branches.remove(connection, _find(connection, pacticipant, branch).id)
    return Response(status_code=204)


@routes.put(urls.BRANCH_VERSION)
def add_version_to_branch(call: Call, pacticipant: str, branch: str, version: str) -> Response:
    with call.writing() as connection:
        owner = pacticipants.ensure(connection, pacticipant, call.now())
        added, _ = versions.ensure(connection, owner.id, version, call.now())
        created = branching.add_version(call.runtime, connection, owner, added, branch, base_url=call.links.base)
        membership = branches.find_version(connection, branches.find(connection, owner.id, branch).id, added.id)
        document = _render_version(call.links, pacticipant, branch, version, membership)
        location = document["_links"]["self"]["href"] if created else None
        return call.hal(document, 201 if created else 200, location=location)


@routes.get(urls.BRANCH_VERSION)
def show_branch_version(call: Call, pacticipant: str, branch: str, version: str) -> Response:
    with call.reading() as connection:
        membership = _find_version(connection, pacticipant, branch, version)
    return call.hal(_render_version(call.links, pacticipant, branch, version, membership))


@routes.delete(urls.BRANCH_VERSION)
def remove_version_from_branch(call: Call, pacticipant: str, branch: str, version: str) -> Response:
    with call.writing() as connection:
        membership = _find_version(connection, pacticipant, branch, version)
        removing.branch_version(connection, membership.branch_id, membership.version_id)
    return Response(status_code=204)


def _find(connection: Connection, pacticipant: str, branch: str) -> Branch:
    if (owner := pacticipants.get(connection, pacticipant)) is None:
        raise NotFound(
            f"The branch '{branch}' of '{pacticipant}' does not exist, because the pacticipant does not exist"
        )
    return branches.find(connection, owner.id, branch)


def _find_version(connection: Connection, pacticipant: str, branch: str, version: str) -> BranchVersion:
    existing = versions.find_of(connection, pacticipant, version)
    branch_id = branches.find(connection, existing.pacticipant_id, branch).id
    return branches.find_version(connection, branch_id, existing.id)


def _summary(pacticipant: str, count: int, exceptions: Collection[str]) -> str:
    remaining = f"; those kept: {', '.join(exceptions)}" if exceptions else ""
    return f"Removed {count} branch{'' if count == 1 else 'es'} of {pacticipant}{remaining}"


def address(links: Links, pacticipant: str, branch: str) -> str:
    """Return the URL of a branch."""
    return links.to(urls.BRANCH, pacticipant=pacticipant, branch=branch)


def _render(links: Links, pacticipant: str, branch: Branch) -> Document:
    latest = links.to(urls.LATEST_BRANCH_VERSION, pacticipant=pacticipant, branch=branch.name)
    return present(
        {
            "name": branch.name,
            "createdAt": timestamp(branch.created_at),
            "updatedAt": timestamp(branch.updated_at) if branch.updated_at != branch.created_at else None,
            "_links": {
                "self": link(address(links, pacticipant, branch.name), "Branch"),
                "pb:latest-version": link(latest, "Latest version on the branch"),
            },
        }
    )


def _render_version(links: Links, pacticipant: str, branch: str, version: str, membership: BranchVersion) -> Document:
    here = {"pacticipant": pacticipant, "version": version}
    return {
        "createdAt": timestamp(membership.created_at),
        "_links": {
            "self": link(links.to(urls.BRANCH_VERSION, branch=branch, **here), "Branch version"),
            "pb:branch": link(address(links, pacticipant, branch), "Branch", branch),
            "pb:version": link(links.to(urls.VERSION, **here), "Version", version),
        },
    }
