"""Differences between two versions of a pact, as text.

Source: Pact Broker protocol, diffs.
"""

from __future__ import annotations

import json

from starlette.responses import PlainTextResponse, Response

from contracts.broker import urls
from contracts.broker.api import queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import TEXT
from contracts.broker.api.pacts import pact_url
from contracts.broker.api.resources import Resources
from contracts.broker.store import pacts
from contracts.broker.store.database import Connection
from contracts.model import diffs
from contracts.model.pacts import Pact


_RAW = queries.texts("raw")


routes = Resources("pacts")


@routes.get(urls.DIFF_PREVIOUS_DISTINCT, query=_RAW, provides=(TEXT,))
def diff_with_previous_distinct_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    with call.reading() as connection:
        pact = pacts.find(connection, provider, consumer, version)
        return _response(call, connection, pacts.get_previous_distinct(connection, pact), pact)


@routes.get(urls.DIFF_VERSION, query=_RAW, provides=(TEXT,))
def diff_with_pact_of_version(call: Call, provider: str, consumer: str, version: str, other: str) -> Response:
    with call.reading() as connection:
        pact = pacts.find(connection, provider, consumer, version)
        return _response(call, connection, pacts.get(connection, provider, consumer, other), pact)


@routes.get(urls.DIFF_PACT_VERSION, query=_RAW, provides=(TEXT,))
def diff_with_pact_content(call: Call, provider: str, consumer: str, sha: str, pactVersion: str) -> Response:  # noqa: N803, the path's own word
    with call.reading() as connection:
        pact = pacts.find_by_sha(connection, provider, consumer, sha)
        return _response(call, connection, pacts.get_by_sha(connection, provider, consumer, pactVersion), pact)


def _response(call: Call, connection: Connection, old: Pact | None, new: Pact) -> Response:
    """Respond with the differences from *old* to *new*; the protocol has no error for a missing *old*."""
    if old is None:
        return PlainTextResponse(
            f"There is nothing to compare the {new.name} with: no such, different version exists.\n"
        )
    whole = call.query.get("raw") == "true"
    documents = [json.loads(pacts.content(connection, each.pact_version_id)) for each in (old, new)]
    difference = diffs.diff(documents[0], documents[1], whole=whole) or "Nothing that is compared differs."
    versions = f"{old.consumer_version.number} ({old.created_at:%Y-%m-%d}) to {new.consumer_version.number}"
    heading = f"{new.consumer.name} and {new.provider.name}: from version {versions} ({new.created_at:%Y-%m-%d})"
    links = f"Links\n  old: {pact_url(call.links, old)}\n  new: {pact_url(call.links, new)}"
    return PlainTextResponse(f"{heading}\n\n{difference}\n\n{links}\n")
