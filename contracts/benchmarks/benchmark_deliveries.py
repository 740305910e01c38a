"""The time until a webhook arrives at a host that responds, alone and beside hosts that do not respond."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmark_measuring import percentile

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import deliveries, migrations, pacticipants, webhooks
from contracts.broker.store.database import Database
from contracts.broker.store.deliveries import NewDelivery
from contracts.broker.webhooks import http as _http  # noqa: F401, the time to load it is not measured
from contracts.broker.webhooks.worker import Worker
from contracts.model.webhooks import CONTRACT_PUBLISHED, NewWebhook, Webhook, WebhookRequest


QUEUED = 1000
LOADS = ((0, 0), (1, QUEUED), (16, QUEUED))
"""The numbers of hosts that do not respond, and of the deliveries that wait for each."""
EVENTS = 40


def table(url: str) -> list[tuple[str, str]]:
    """Return a row for each of the loads: how long 40 webhooks, one after another, took to arrive."""
    rows = []
    for hanging, queued in LOADS:
        seconds = delays(url, hanging=hanging, queued=queued)
        hosts = f"{hanging} hosts" if hanging != 1 else "1 host"
        name = f"beside {hosts} without a response, {queued:,} deliveries each" if hanging else "alone"
        figures = (seconds[0], percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds))
        rows.append((f"{name}: first, p50, p95, longest: ms", " / ".join(f"{each * 1000:.0f}" for each in figures)))
    return rows


def delays(url: str, *, hanging: int, queued: int, events: int = EVENTS) -> list[float]:
    """Return the seconds from each of *events* until its webhook arrives; the first comes when the worker starts.

    *queued* deliveries for each of *hanging* hosts wait in the outbox before it.
    """
    database = Database(url)
    migrations.prepare(database)
    settings = Settings(webhook_host_whitelist=("127.0.0.1",), webhook_scheme_whitelist=("http",))
    runtime = Runtime(settings=settings, database=database)
    with ExitStack() as stack:
        stack.callback(database.dispose)
        arrivals, target = stack.enter_context(_responding())
        silent = [_webhook(runtime, stack.enter_context(_silent())) for _ in range(hanging)]
        _queue(runtime, [each for each in silent for _ in range(queued)])
        healthy = _webhook(runtime, target)
        worker = Worker(runtime)
        stack.callback(lambda: _cleared(runtime))
        stack.callback(worker.stop)
        seconds = []
        for number in range(events):
            began = time.monotonic()
            _queue(runtime, [healthy])
            if number == 0:
                worker.start()
            worker.wake()
            arrivals.acquire(timeout=60)
            seconds.append(time.monotonic() - began)
        return seconds


@contextmanager
def _responding() -> Iterator[tuple[threading.Semaphore, str]]:
    """A host that responds at once, and counts the requests."""
    arrivals = threading.Semaphore(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            arrivals.release()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield arrivals, f"http://127.0.0.1:{server.server_address[1]}/hook"
        server.shutdown()


@contextmanager
def _silent() -> Iterator[str]:
    """A host that accepts connections, and never responds."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"


def _webhook(runtime: Runtime, url: str) -> Webhook:
    request = WebhookRequest(method="POST", url=url, body={"event": "${pactbroker.eventName}"})
    new = NewWebhook(
        description=None, enabled=True, consumer=None, provider=None, request=request, events=(CONTRACT_PUBLISHED,)
    )
    with runtime.database.writing() as connection:
        return webhooks.create(connection, runtime.token(), new, runtime.now())


def _queue(runtime: Runtime, hooks: list[Webhook]) -> None:
    """Put a delivery of each webhook into the outbox, in this order."""
    now = runtime.now()
    with runtime.database.writing() as connection:
        ids = [pacticipants.ensure(connection, name, now).id for name in ("Till", "Ledger")]
        new = [
            NewDelivery(
                uuid=runtime.uuid(),
                webhook_id=each.id,
                webhook_uuid=each.uuid,
                event_name=CONTRACT_PUBLISHED,
                consumer_id=ids[0],
                provider_id=ids[1],
                pact_publication_id=None,
                verification_id=None,
                parameters={"eventName": CONTRACT_PUBLISHED},
            )
            for each in hooks
        ]
        deliveries.add(connection, new, now)


def _cleared(runtime: Runtime) -> None:
    """Remove the webhooks and their deliveries, so that the next load begins without them."""
    with runtime.database.writing() as connection:
        for name in ("webhooks", "triggered_webhooks"):
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608, names of ours
