"""`/pacticipants`: the applications that have contracts with each other.

Source: Pact Broker protocol, pacticipants.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import branch as branching
from contracts.broker.actions import remove as removing
from contracts.broker.api import paging, queries, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import JSON, MERGE_PATCH, Document, curies, link, present, timestamp
from contracts.broker.api.labels import label_item
from contracts.broker.api.resources import Resources
from contracts.broker.store import deployments, labels, pacticipants, versions
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.deployments import DeployedVersion
from contracts.model.pacticipants import Details, Pacticipant
from contracts.model.versions import Version


class DetailsBody(Body):
    """The details of a pacticipant; a name in the body is ignored in favour of the path's."""

    display_name: rules.Line | None = Field(default=None, alias="displayName")
    repository_url: rules.SingleLine | None = Field(default=None, alias="repositoryUrl")
    repository_name: rules.SingleLine | None = Field(default=None, alias="repositoryName")
    repository_namespace: rules.SingleLine | None = Field(default=None, alias="repositoryNamespace")
    main_branch: rules.Word | None = Field(default=None, alias="mainBranch")

    def details(self) -> Details:
        """Return the details; None for absent ones."""
        return Details(**{name: getattr(self, name) for name in DetailsBody.model_fields})

    def merged(self, existing: Pacticipant) -> Details:
        """Return the details of *existing* with those in the body in their place."""
        present_names = self.model_fields_set
        sources = {name: self if name in present_names else existing for name in DetailsBody.model_fields}
        return Details(**{name: getattr(source, name) for name, source in sources.items()})


class PacticipantBody(DetailsBody):
    """A new pacticipant."""

    name: rules.Name


routes = Resources("pacticipants")


@routes.get(urls.PACTICIPANTS, query=(*queries.texts("q"), *paging.PARAMETERS))
def list_pacticipants(call: Call) -> Response:
    page, q = paging.page_of(call), queries.text(call.query, "q")
    with call.reading() as connection:
        listed = pacticipants.search(connection, q, **paging.limits(page))
        total = pacticipants.count(connection, q) if page else len(listed)
        document = _collection(call.links, connection, listed)
    return call.hal(paging.add(document, call, page, total))


@routes.post(urls.PACTICIPANTS, body=PacticipantBody)
def create_pacticipant(call: Call) -> Response:
    body = call.body(PacticipantBody)
    with call.writing() as connection:
        pacticipant, created = pacticipants.create(connection, body.name, body.details(), call.now())
        document = render(call.links, pacticipant, ()) if created else _items(call.links, connection, [pacticipant])[0]
    return call.hal(document, 201, location=address(call.links, pacticipant.name))


@routes.get(urls.PACTICIPANTS_WITH_LABEL, query=paging.PARAMETERS)
def list_pacticipants_with_label(call: Call, label: str) -> Response:
    page = paging.page_of(call)
    with call.reading() as connection:
        listed = pacticipants.with_label(connection, label, **paging.limits(page))
        total = pacticipants.count_with_label(connection, label) if page else len(listed)
        document = _collection(call.links, connection, listed)
    return call.hal(paging.add(document, call, page, total))


@routes.get(urls.PACTICIPANT)
def show_pacticipant(call: Call, pacticipant: str) -> Response:
    with call.reading() as connection:
        existing = pacticipants.find(connection, pacticipant)
        return call.hal(_whole(call.links, connection, existing), revision=existing.revision)


@routes.put(urls.PACTICIPANT, body=DetailsBody)
def replace_pacticipant(call: Call, pacticipant: str) -> Response:
    body = call.body(DetailsBody)
    with call.writing() as connection:
        existing = _to_change(call, connection, pacticipants.find(connection, pacticipant))
        changed = _change(call, connection, existing, body.details())
        return call.hal(_whole(call.links, connection, changed, newest_first=True), revision=changed.revision)


@routes.patch(urls.PACTICIPANT, body=DetailsBody, accepts=(JSON, MERGE_PATCH))
def merge_pacticipant(call: Call, pacticipant: str) -> Response:
    body = call.body(DetailsBody)
    with call.writing() as connection:
        if (existing := pacticipants.get(connection, pacticipant)) is None:
            call.require_revision("")
            created, _ = pacticipants.create(connection, pacticipant, body.details(), call.now())
            document = _whole(call.links, connection, created)
            return call.hal(document, 201, location=address(call.links, pacticipant))
        existing = _to_change(call, connection, existing)
        changed = _change(call, connection, existing, body.merged(existing))
        return call.hal(_whole(call.links, connection, changed, newest_first=True), revision=changed.revision)


@routes.delete(urls.PACTICIPANT)
def delete_pacticipant(call: Call, pacticipant: str) -> Response:
    with call.writing() as connection:
        removing.pacticipant(connection, pacticipants.find(connection, pacticipant))
    return Response(status_code=204)


def _to_change(call: Call, connection: Connection, existing: Pacticipant) -> Pacticipant:
    """Return *existing*, locked and read again if the client requires a revision, which it must have."""
    if call.requires_revision():
        pacticipants.lock(connection, existing.id)
        existing = pacticipants.find(connection, existing.name)
        call.require_revision(existing.revision)
    return existing


def _change(call: Call, connection: Connection, existing: Pacticipant, details: Details) -> Pacticipant:
    """Replace the details of a pacticipant; the head of another main branch needs results."""
    changed = pacticipants.replace(connection, existing.id, existing.name, details, call.now())
    if changed.main_branch != existing.main_branch:
        branching.need_results_of_main_branch(call.runtime, connection, changed, base_url=call.links.base)
    return changed


def address(links: Links, pacticipant: str) -> str:
    """Return the URL of a pacticipant."""
    return links.to(urls.PACTICIPANT, pacticipant=pacticipant)


def render(links: Links, pacticipant: Pacticipant, label_names: Sequence[str]) -> Document:
    """Return *pacticipant* as HAL, with its labels."""
    here = {"pacticipant": pacticipant.name}
    all_versions = links.to(urls.VERSIONS, **here)
    return present(
        {
            "name": pacticipant.name,
            "displayName": pacticipant.display_name,
            "repositoryUrl": pacticipant.repository_url,
            "repositoryName": pacticipant.repository_name,
            "repositoryNamespace": pacticipant.repository_namespace,
            "mainBranch": pacticipant.main_branch,
            "updatedAt": timestamp(pacticipant.updated_at)
            if pacticipant.updated_at != pacticipant.created_at
            else None,
            "createdAt": timestamp(pacticipant.created_at),
            "_embedded": {"labels": [label_item(links, pacticipant.name, each) for each in label_names]},
            "_links": {
                "self": link(address(links, pacticipant.name)),
                "pb:versions": link(all_versions),
                "pb:branches": link(links.to(urls.BRANCHES, **here)),
                "pb:version": link(links.to(urls.VERSION, **here), "Get, create or delete a version", templated=True),
                "pb:version-tag": link(
                    links.to(urls.VERSION_TAG, **here), "Get, create or delete a tag of a version", templated=True
                ),
                "pb:branch-version": link(
                    links.to(urls.BRANCH_VERSION, **here), "Get a version on a branch, or add one to it", templated=True
                ),
                "pb:label": link(
                    links.to(urls.PACTICIPANT_LABEL, **here), "Get, create or delete a label", templated=True
                ),
                "versions": link(all_versions, "Deprecated, use pb:versions"),
                "pb:can-i-deploy-badge": link(
                    links.to(urls.CAN_I_DEPLOY_TAG_BADGE, **here).replace("{to}", "{environmentTag}"),
                    "Badge: whether the latest version with a tag can be deployed",
                    templated=True,
                ),
                "pb:can-i-deploy-branch-to-environment-badge": link(
                    links.to(urls.CAN_I_DEPLOY_BRANCH_BADGE, **here),
                    "Badge: whether the head of a branch can be deployed to an environment",
                    templated=True,
                ),
                "curies": curies(links.base, "pacticipant"),
            },
        }
    )


def _whole(links: Links, connection: Connection, pacticipant: Pacticipant, *, newest_first: bool = False) -> Document:
    """Return the document of one pacticipant, with its latest version and its deployments.

    The oldest deployment comes first. In the response to a change, the deployments of the newest version come first,
    and the newest of each version (*newest_first*). The reference broker has the same order.
    """
    document = _items(links, connection, [pacticipant])[0]
    deployed = deployments.current(connection, pacticipant=pacticipant.name)
    by_version = sorted(deployed, key=lambda each: each.version_id, reverse=True)
    in_order = by_version if newest_first else reversed(deployed)
    document["_links"]["pb:deployed-environments"] = [deployed_link(links, each) for each in in_order]
    return document


def _latest(links: Links, pacticipant: Pacticipant, version: Version) -> Document:
    href = links.to(urls.VERSION, pacticipant=pacticipant.name, version=version.number)
    item = {"number": version.number, "_links": {"self": link(href, "Version", version.number)}}
    deprecated = "DEPRECATED - please use latestVersion"
    return {"latestVersion": item, "latest-version": {**item, "title": "Latest version", "name": deprecated}}


def deployed_link(links: Links, deployed: DeployedVersion) -> Document:
    """Return the link to a deployment, as its pacticipant and its version have it."""
    name = deployed.environment.display_name
    document = link(links.to(urls.DEPLOYED_VERSION, uuid=deployed.uuid), f"Version deployed to {name}", name) | {
        "currently_deployed": deployed.currently_deployed
    }
    if deployed.target is not None:
        document["application_instance"] = deployed.target
    return document


def _collection(links: Links, connection: Connection, listed: Sequence[Pacticipant]) -> Document:
    items = _items(links, connection, listed)
    deprecated = "DEPRECATED - please use pb:pacticipants"
    return {
        "_embedded": {"pacticipants": items},
        "pacticipants": [{**each, "title": "Deprecated, use _embedded.pacticipants"} for each in items],
        "_links": {
            "self": link(links.to(urls.PACTICIPANTS)),
            "pb:pacticipants-with-label": link(
                links.to(urls.PACTICIPANTS_WITH_LABEL), "Pacticipants with a label", templated=True
            ),
            "pb:pacticipants": [link(address(links, each.name), each.display_name, each.name) for each in listed],
            "pacticipants": [link(address(links, each.name), each.display_name, deprecated) for each in listed],
        },
    }


def _items(links: Links, connection: Connection, listed: Sequence[Pacticipant]) -> list[Document]:
    ids = [each.id for each in listed]
    label_names, latest = labels.of_pacticipants(connection, ids), versions.latest_of(connection, ids)
    items = []
    for each in listed:
        item = render(links, each, label_names.get(each.id, ()))
        if (version := latest.get(each.id)) is not None:
            item["_embedded"] |= _latest(links, each, version)
        items.append(item)
    return items
