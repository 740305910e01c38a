"""`/integrations`: the pairs of applications, listed, drawn as a graph, and forgotten.

Source: Pact Broker protocol, integrations.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import forget
from contracts.broker.api import paging, queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import DOT, HAL, HTML, JSON, Document, link
from contracts.broker.api.resources import Resources
from contracts.broker.store import integrations, pacticipants
from contracts.broker.urls import Links
from contracts.model.network import Relation


# nothing is answered but that it is done: whatever the client takes will do
_ANYTHING = (HAL, HTML, JSON)


routes = Resources("integrations")


@routes.get(urls.INTEGRATIONS, query=(*queries.texts("q"), *paging.PARAMETERS), provides=(DOT, HAL))
def list_integrations(call: Call) -> Response:
    page = paging.asked(call)
    given = call.query.get("q")
    q = given if isinstance(given, str) else ""
    with call.reading() as connection:
        if call.media_type == DOT:
            return Response(_graph(integrations.relations(connection)), media_type=DOT)
        found = integrations.search(connection, q, **paging.limits(page))
        total = integrations.count(connection, q) if page else len(found)
    return call.hal(paging.add(render(call.links, found), call, page, total))


@routes.delete(urls.INTEGRATIONS, provides=_ANYTHING)
def delete_integrations(call: Call) -> Response:
    with call.writing() as connection:
        forget.everything(connection)
    return Response(status_code=204)


@routes.delete(urls.INTEGRATION, provides=_ANYTHING)
def delete_integration(call: Call, provider: str, consumer: str) -> Response:
    with call.writing() as connection:
        first = pacticipants.find(connection, consumer, "consumer")
        forget.pair(connection, first, pacticipants.find(connection, provider, "provider"), call.now())
    return Response(status_code=204)


def render(links: Links, found: Sequence[Relation]) -> Document:
    """The list of the pairs *found*."""
    return {
        "_embedded": {"integrations": [_item(links, each) for each in found]},
        "_links": {"self": link(links.to(urls.INTEGRATIONS), "Integrations")},
    }


def _item(links: Links, relation: Relation) -> Document:
    consumer, provider = relation.consumer.name, relation.provider.name
    pair = {"provider": provider, "consumer": consumer}
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "_links": {
            "pb:dashboard": link(links.to(urls.DASHBOARD_PAIR, **pair), "Dashboard of the pair"),
            "pb:matrix": link(links.to(urls.MATRIX_PAIR, **pair), "Matrix of the pair"),
            "pb:group": link(links.to(urls.PACTICIPANT, pacticipant=consumer), "Consumer"),
            "pb:delete_integration": link(links.to(urls.INTEGRATION, **pair), "DELETE this to forget the pair"),
        },
    }


def _graph(relations: Sequence[Relation]) -> str:
    """The pairs as a directed graph, in the language of Graphviz."""
    edges = "".join(f"  {_quoted(each.consumer.name)} -> {_quoted(each.provider.name)}\n" for each in relations)
    return f"digraph {{\n{edges}}}\n"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
