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


_MAXIMUM = queries.Parameter(name="maxPacticipants", schema=queries.COUNT)


routes = Resources("network")


@routes.get(urls.RELATIONSHIPS, provides=(CSV,))
def list_relationships(call: Call) -> Response:
    with call.reading() as connection:
        relations = integrations.relations(connection)
    return _response(relations)


@routes.get(urls.GROUP, query=(_MAXIMUM,), provides=(CSV,))
def list_relationships_of_group(call: Call, pacticipant: str) -> Response:
    maximum = _maximum(call)
    with call.reading() as connection:
        member = pacticipants.find(connection, pacticipant)
        relations = network.group(integrations.relations(connection), member.id, maximum)
    return _response(relations)


def _maximum(call: Call) -> int | None:
    value = call.query.get(_MAXIMUM.name)
    if value is None:
        return None
    if problem := queries.count_problem(value):
        raise InvalidFields({_MAXIMUM.name: [problem]})
    return int(value)


def _response(relations: Sequence[Relation]) -> Response:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(network.table(relations))
    return Response(text.getvalue(), media_type=CSV)
