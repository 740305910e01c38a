"""Clients that wait for a verdict: what they cost others, and how soon they learn of a result."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmark_clients import WaitingClients
from benchmark_loads import load
from benchmark_measuring import Client, Served, percentile, serial
from benchmark_questions import Request
from sqlalchemy import update

from contracts.broker import urls
from contracts.broker.actions import publish
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.database import Connection, Database
from contracts.broker.store.tables import verification_jobs
from contracts.model.jobs import JobState
from contracts.model.publications import Contract, Publication
from contracts.model.seeds import SeedPlan


OTHERS = 4
QUIET_MS = 150.0  # of processor time a second
MOST_SETTLING_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How many *clients* wait, and how long and how often to measure."""

    clients: int = 1_000
    rounds: int = 2
    seconds: float = 6.0
    results: int = 40


class Estate:
    """Consumers of one provider; each needs a result that a verification job promises."""

    def __init__(self, server: Served, database_url: str, consumers: int) -> None:
        self.run = serial()
        self._port = server.port
        self._provider = {"pacticipant": f"waited-for-{self.run}", "version": "1"}
        environment = self._send("POST", urls.ENVIRONMENTS, {"name": f"waiting-{self.run}", "production": False})
        self._send("PUT", urls.expand(urls.VERSION, **self._provider), {})
        deploy = urls.expand(urls.VERSION_DEPLOYMENTS, **self._provider, environment=environment["uuid"])
        self._send("POST", deploy, {})
        database = Database(database_url)
        broker = Runtime(settings=Settings(database_url=database_url), database=database)
        with database.writing() as connection:
            for number in range(consumers):
                publish.publish(broker, connection, self._publication(number), base_url="http://broker")
            _promise_results(connection)
        database.dispose()

    def question(self, number: int) -> str:
        """Return the question of a client that waits for the result of consumer *number*."""
        environment = f"waiting-{self.run}"
        version = f"pacticipant={self._consumer(number)}&version=1"
        return f"{urls.CAN_I_DEPLOY}?{version}&environment={environment}&wait=120"

    def publish_result(self, number: int) -> float:
        """Publish the result of consumer *number*, and return the moment when that was done."""
        names = {"provider": self._provider["pacticipant"], "consumer": self._consumer(number)}
        pact = self._send("GET", urls.expand(urls.PACT, **names, version="1"))
        address = pact["_links"]["pb:publish-verification-results"]["href"].partition(":")[2].partition("/pacts")[2]
        self._send("POST", f"/pacts{address}", {"success": True, "providerApplicationVersion": "1"})
        return time.monotonic()

    def _consumer(self, number: int) -> str:
        return f"waiting-{self.run}-{number}"

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        client = Client(self._port)  # the broker closes a connection that is idle for some seconds
        status, content, _ = client.send(Request(method=method, path=path, body=body))
        if status >= 300:  # noqa: PLR2004, what is no success
            raise RuntimeError(f"{method} {path} answered {status}: {content[:300]!r}")
        return json.loads(content)

    def _publication(self, number: int) -> Publication:
        request = {"description": f"request of {number}", "request": {"method": "GET", "path": "/"}}
        document = {"interactions": [{**request, "response": {"status": 200}}]}
        contract = Contract(provider=self._provider["pacticipant"], text=json.dumps(document), document=document)
        return Publication(consumer=self._consumer(number), version="1", branch="main", tags=(), contracts=(contract,))


def _promise_results(connection: Connection) -> None:
    """Record each open job as requested, as the worker does after it has sent a webhook."""
    job = verification_jobs.c
    deadline = datetime.now(UTC) + timedelta(hours=6)
    values = {"state": JobState.DISPATCHED, "deadline": deadline, "delivery_uuid": job.uuid}
    connection.execute(update(verification_jobs).where(job.state == JobState.NEEDED).values(values))


@dataclass(slots=True, kw_only=True)
class _Others:
    """What other clients measured: the seconds of each request, statuses of errors, and the broker's processor time."""

    seconds: list[float] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def measure(self, server: Served, plan: SeedPlan, seconds: float) -> None:
        """Send a mixed load for *seconds*."""
        before = server.cpu_seconds_of_all()
        taken, failed = load(server, plan, OTHERS, seconds)
        self.cpu_seconds += server.cpu_seconds_of_all() - before
        self.seconds += taken
        self.failures += failed

    def figures(self, circumstances: str) -> list[tuple[str, str]]:
        """Return the figures of these measurements."""
        cpu_ms = self.cpu_seconds / len(self.seconds) * 1000
        return [
            (f"{circumstances}: p50 / p99 ms of {OTHERS} other clients", _p50_p99(self.seconds)),
            (f"{circumstances}: processor time of the broker for each of their requests, ms", f"{cpu_ms:.1f}"),
        ]


def waiting(server: Served, database_url: str, plan: SeedPlan, extent: Extent) -> list[tuple[str, str]]:
    """Measure ordinary requests while nobody waits and while *extent* clients wait, and the delay of a result."""
    _allow_connections(extent.clients)
    estate = Estate(server, database_url, extent.clients)
    questions = [estate.question(number) for number in range(extent.clients)]
    alone, beside = _Others(), _Others()
    early = 0
    idle_ms: list[float] = []
    for _ in range(extent.rounds):  # in turn, because the machine's speed changes
        alone.measure(server, plan, extent.seconds)
        with WaitingClients(server.port, questions) as clients:
            _settle(server)
            idle_ms.append(_processor_ms(server))
            beside.measure(server, plan, extent.seconds)
            early += len(clients.receive(0.1))
        _settle(server)
    if failures := Counter(alone.failures + beside.failures):
        print(f"statuses of errors: {dict(failures)}", file=sys.stderr)
    delays_ms = _delays_ms(server, estate, questions, extent.results)
    count = f"{extent.clients:,} clients wait"
    return [
        *alone.figures("nobody waits"),
        *beside.figures(count),
        (f"{count}, nobody else asks: processor time of the broker, ms a second", f"{min(idle_ms):.0f}"),
        ("errors of other clients: nobody waits / they wait", f"{len(alone.failures)} / {len(beside.failures)}"),
        ("answers before their time", str(early)),
        ("from the published result to the answer: p50 / p99 ms", _p50_p99([each / 1000 for each in delays_ms])),
    ]


def _delays_ms(server: Served, estate: Estate, questions: list[str], results: int) -> list[float]:
    """The times from the response to a published result to the answer of the client that waits for it."""
    delays_ms: list[float] = []
    with WaitingClients(server.port, questions) as clients:
        _settle(server)
        for number in range(results):
            published = estate.publish_result(number)
            answer = clients.wait_for(number, 30)
            if not answer.summary["deployable"]:
                raise RuntimeError(f"the answer to consumer {number} is not yes: {answer.content!r}")
            delays_ms.append(max(0.0, answer.moment - published) * 1000)
    return delays_ms


def _processor_ms(server: Served, seconds: float = 3.0) -> float:
    """The processor time of every process of *server* in a second, while nobody sends requests."""
    before = server.cpu_seconds_of_all()
    time.sleep(seconds)
    return (server.cpu_seconds_of_all() - before) / seconds * 1000


def _settle(server: Served) -> None:
    """Return once the broker has little to do, for two seconds."""
    quiet = 0
    until = time.monotonic() + MOST_SETTLING_SECONDS
    while quiet < 2:  # noqa: PLR2004, seconds
        quiet = quiet + 1 if _processor_ms(server, 1.0) < QUIET_MS else 0
        if time.monotonic() > until:
            raise RuntimeError("the broker does not come to rest")


def _allow_connections(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))


def _p50_p99(seconds: list[float]) -> str:
    return f"{percentile(seconds, 0.5) * 1000:.1f} / {percentile(seconds, 0.99) * 1000:.1f}"
