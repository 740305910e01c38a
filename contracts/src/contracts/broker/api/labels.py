"""`/labels`, and the labels of a pacticipant: words that group applications.

Source: Pact Broker protocol, labels.
"""

from __future__ import annotations

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import paging
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import labels, pacticipants
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.errors import NotFound
from contracts.model.pacticipants import Label


routes = Resources("labels")


@routes.get(urls.LABELS, query=paging.PARAMETERS)
def list_labels(call: Call) -> Response:
    page = paging.page_of(call)
    with call.reading() as connection:
        names = labels.names(connection, **paging.limits(page))
        total = labels.count(connection) if page else len(names)
    document = {
        "_embedded": {"labels": [{"name": each} for each in names]},
        "_links": {"self": link(call.links.to(urls.LABELS), "Labels")},
    }
    return call.hal(paging.add(document, call, page, total))


@routes.put(urls.PACTICIPANT_LABEL)
def add_label(call: Call, pacticipant: str, label: str) -> Response:
    with call.writing() as connection:
        pacticipant_id = pacticipants.ensure(connection, pacticipant, call.now()).id
        created = labels.add(connection, pacticipant_id, label, call.now())
        added = labels.find(connection, pacticipant_id, label)
        location = address(call.links, pacticipant, label) if created else None
        return call.hal(_render(call.links, pacticipant, added), 201 if created else 200, location=location)


@routes.get(urls.PACTICIPANT_LABEL)
def show_label(call: Call, pacticipant: str, label: str) -> Response:
    with call.reading() as connection:
        existing = labels.find(connection, _pacticipant_id(connection, pacticipant, label), label)
    return call.hal(_render(call.links, pacticipant, existing))


@routes.delete(urls.PACTICIPANT_LABEL)
def remove_label(call: Call, pacticipant: str, label: str) -> Response:
    with call.writing() as connection:
        pacticipant_id = _pacticipant_id(connection, pacticipant, label)
        labels.find(connection, pacticipant_id, label)
        labels.remove(connection, pacticipant_id, label)
    return Response(status_code=204)


def address(links: Links, pacticipant: str, label: str) -> str:
    """Return the URL of a label of a pacticipant."""
    return links.to(urls.PACTICIPANT_LABEL, pacticipant=pacticipant, label=label)


def label_item(links: Links, pacticipant: str, label: str) -> Document:
    """Return a label as its pacticipant embeds it."""
    return {"name": label, "_links": {"self": link(address(links, pacticipant, label), "Label", label)}}


def _render(links: Links, pacticipant: str, label: Label) -> Document:
    return {
        "name": label.name,
        "createdAt": timestamp(label.created_at),
        "_links": {
            "self": link(address(links, pacticipant, label.name), "Label", label.name),
            "pacticipant": link(links.to(urls.PACTICIPANT, pacticipant=pacticipant), "Pacticipant", pacticipant),
        },
    }


def _pacticipant_id(connection: Connection, name: str, label: str) -> int:
    if (pacticipant := pacticipants.get(connection, name)) is None:
        raise NotFound(f"The label '{label}' of '{name}' does not exist, because the pacticipant does not exist")
    return pacticipant.id
