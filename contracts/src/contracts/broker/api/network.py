"""`/relationships` and `/groups/…`: the network of applications, as CSV.

Source: Pact Broker protocol, network CSV.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import CSV
from contracts.broker.api.resources import Resources
from contracts.broker.store import integrations, pacticipants
from contracts.model import network
from contracts.model.errors import InvalidFields
from contracts.model.network import Relation


_MOST = queries.Parameter(name="maxPacticipants", schema=queries.COUNT)


routes = Resources("network")


@routes.get(urls.RELATIONSHIPS, provides=(CSV,))
def list_relationships(call: Call) -> Response:
    with call.reading() as connection:
        relations = integrations.relations(connection)
    return _answer(relations)


@routes.get(urls.GROUP, query=(_MOST,), provides=(CSV,))
def list_relationships_of_group(call: Call, pacticipant: str) -> Response:
    most = _most(call)
    with call.reading() as connection:
        found = pacticipants.find(connection, pacticipant)
        relations = network.group(integrations.relations(connection), found.id, most)
    return _answer(relations)


def _most(call: Call) -> int | None:
    given = call.query.get(_MOST.name)
    if given is None:
        return None
    if problem := queries.count_problem(given):
        raise InvalidFields({_MOST.name: [problem]})
    return int(given)


def _answer(relations: Sequence[Relation]) -> Response:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(network.table(relations))
    return Response(text.getvalue(), media_type=CSV)
