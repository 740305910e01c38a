"""`/diagnostic/status/…`: the health of the broker and its database; `/test/error`: a deliberate failure.

Source: Pact Broker protocol, metrics and health.
"""

from __future__ import annotations

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, JSON, Hal
from contracts.broker.api.resources import Resources
from contracts.broker.store import health


class DeliberateFailure(Exception):
    """A request to see how the broker responds to an unexpected failure, and logs it."""


routes = Resources("diagnostics")


@routes.get(urls.HEARTBEAT, provides=(HAL, JSON))
def show_heartbeat(call: Call) -> Response:
    document = {"ok": True, "_links": {"self": {"href": call.links.to(urls.HEARTBEAT)}}}
    return Hal(document, media_type=call.media_type)


@routes.get(urls.DEPENDENCIES, provides=(HAL, JSON))
def show_dependencies(call: Call) -> Response:
    if (problem := health.problem(call.runtime.database)) is not None:
        call.runtime.outages.report(f"{urls.DEPENDENCIES}: {problem}")
    database = {"ok": problem is None} | ({"error": {"message": problem}} if problem else {})
    links = {"self": {"href": call.links.to(urls.DEPENDENCIES)}}
    return call.hal({"database": database, "_links": links}, 200 if problem is None else 503)


@routes.get(urls.TEST_ERROR)
@routes.post(urls.TEST_ERROR, accepts=None)
def fail_on_purpose(call: Call) -> Response:
    raise DeliberateFailure(f"{call.request.method} {urls.TEST_ERROR} always fails")
