"""`/integrations`: the pairs of a consumer and a provider, as a list or a graph, and their removal.

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


# the response has no content, so any type that the client accepts will do
_ANYTHING = (HAL, HTML, JSON)


routes = Resources("integrations")


@routes.get(urls.INTEGRATIONS, query=(*queries.texts("q"), *paging.PARAMETERS), provides=(DOT, HAL))
def list_integrations(call: Call) -> Response:
    page = paging.page_of(call)
    value = call.query.get("q")
    q = value if isinstance(value, str) else ""
    with call.reading() as connection:
        if call.media_type == DOT:
            return Response(_graph(integrations.relations(connection)), media_type=DOT)
        relations = integrations.search(connection, q, **paging.limits(page))
        total = integrations.count(connection, q) if page else len(relations)
    return call.hal(paging.add(render(call.links, relations), call, page, total))


@routes.delete(urls.INTEGRATIONS, provides=_ANYTHING)
def delete_integrations(call: Call) -> Response:
    with call.writing() as connection:
        forget.everything(connection)
    return Response(status_code=204)


@routes.delete(urls.INTEGRATION, provides=_ANYTHING)
def delete_integration(call: Call, provider: str, consumer: str) -> Response:
    with call.writing() as connection:
        consuming = pacticipants.find(connection, consumer, "consumer")
        forget.pair(connection, consuming, pacticipants.find(connection, provider, "provider"), call.now())
    return Response(status_code=204)


def render(links: Links, relations: Sequence[Relation]) -> Document:
    """Return the list of *relations*."""
    return {
        "_embedded": {"integrations": [_item(links, each) for each in relations]},
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
    """Return the pairs as a directed graph, in the language of Graphviz."""
    edges = "".join(f"  {_quoted(each.consumer.name)} -> {_quoted(each.provider.name)}\n" for each in relations)
    return f"digraph {{\n{edges}}}\n"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
