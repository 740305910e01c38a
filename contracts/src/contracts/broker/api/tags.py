"""The tags of a version.

Source: Pact Broker protocol, tags.
"""

from __future__ import annotations

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import remove as removing
from contracts.broker.actions import tag as tagging
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import pacticipants, tags, versions
from contracts.broker.urls import Links
from contracts.model.tags import Tag


routes = Resources("tags")


@routes.put(urls.VERSION_TAG)
def add_tag(call: Call, pacticipant: str, version: str, tag: str) -> Response:
    with call.writing() as connection:
        owner = pacticipants.ensure(connection, pacticipant, call.now())
        tagged, _ = versions.ensure(connection, owner.id, version, call.now())
        new_tags = tagging.add(call.runtime, connection, owner, tagged, [tag], deploys=True, base_url=call.links.base)
        added = tags.find(connection, tagged.id, tag)
        document = _render(call.links, pacticipant, version, added)
        location = document["_links"]["self"]["href"] if new_tags else None
        return call.hal(document, 201 if new_tags else 200, location=location)


@routes.get(urls.VERSION_TAG)
def show_tag(call: Call, pacticipant: str, version: str, tag: str) -> Response:
    with call.reading() as connection:
        existing = tags.find(connection, versions.find_of(connection, pacticipant, version).id, tag)
    return call.hal(_render(call.links, pacticipant, version, existing))


@routes.delete(urls.VERSION_TAG)
def remove_tag(call: Call, pacticipant: str, version: str, tag: str) -> Response:
    with call.writing() as connection:
        tagged = versions.find_of(connection, pacticipant, version)
        tags.find(connection, tagged.id, tag)
        removing.tag(connection, tagged, tag)
    return Response(status_code=204)


def _render(links: Links, pacticipant: str, version: str, tag: Tag) -> Document:
    here = {"pacticipant": pacticipant, "version": version}
    return {
        "name": tag.name,
        "createdAt": timestamp(tag.created_at),
        "_links": {
            "self": link(links.to(urls.VERSION_TAG, tag=tag.name, **here), "Tag", tag.name),
            "version": link(links.to(urls.VERSION, **here), "Version", version),
            "pacticipant": link(links.to(urls.PACTICIPANT, pacticipant=pacticipant), "Pacticipant", pacticipant),
        },
    }
