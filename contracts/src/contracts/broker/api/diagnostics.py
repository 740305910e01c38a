"""`/diagnostic/status/…`: the health of the broker and its database; `/test/error`: a deliberate failure.

Source: Pact Broker protocol, metrics and health.
"""

from __future__ import annotations

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, JSON, Document, Hal, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import health
from contracts.broker.store.backups import history


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
    document: Document = {"database": database, "_links": {"self": {"href": call.links.to(urls.DEPENDENCIES)}}}
    if problem is None and call.runtime.settings.database_backup_folder:
        document["backup"] = _backup(call)
    return call.hal(document, 200 if problem is None else 503)


def _backup(call: Call) -> Document:
    """The state of scheduled backups; the broker stays in service whatever they do."""
    with call.reading() as connection:
        last, success = history.last(connection), history.last(connection, successful=True)
    runtime = call.runtime
    problem = last and last.problem(runtime.settings.database_backup_cron_schedule, runtime.now())
    return {
        "ok": problem is None,
        "lastSuccessAt": success and timestamp(success.finished_at),
    } | ({"error": {"message": problem}} if problem else {})


@routes.get(urls.TEST_ERROR)
@routes.post(urls.TEST_ERROR, accepts=None)
def fail_on_purpose(call: Call) -> Response:
    raise DeliberateFailure(f"{call.request.method} {urls.TEST_ERROR} always fails")
