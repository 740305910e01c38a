"""Other measurements than single questions: many clients at once, a contract of an unusual size, memory."""

from __future__ import annotations

import base64
import json
import random
import threading
import time
from collections.abc import Mapping
from typing import Any

from benchmark_measuring import Client, Served, percentile, serial
from benchmark_questions import Request, reads, writes

from contracts.broker import urls
from contracts.model.seeds import SeedPlan


INTERACTIONS = 2_000
_CONTRACT_BYTES = 15_000_000
_WEIGHTS = {
    "for-verification, one consumer": 15,
    "for-verification, one consumer, WIP": 15,
    "can-i-deploy, 4 providers": 30,
    "publish 1 contract, unchanged": 10,
    "publish 3 contracts, changed": 5,
    "verification result": 20,
    "badge": 5,
}


def mixed(server: Served, plan: SeedPlan, clients: int, seconds: float) -> list[tuple[str, str]]:
    """*clients* at once, each of which sends its next request when the last is answered."""
    taken, failed = load(server, plan, clients, seconds)
    what = f"mixed load, {clients} clients"
    return [
        (f"{what}: answers a second", f"{len(taken) / seconds:.0f}"),
        (f"{what}: p50 / p95 ms", f"{percentile(taken, 0.5) * 1000:.0f} / {percentile(taken, 0.95) * 1000:.0f}"),
        (f"{what}: errors", str(len(failed))),
    ]


def load(server: Served, plan: SeedPlan, clients: int, seconds: float) -> tuple[list[float], list[int]]:
    """The seconds of each request of a mixed load, and the statuses of those that failed."""
    questions = {each.name: each for each in (*reads(plan), *writes(plan))}
    taken: list[float] = []
    failed: list[int] = []
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        chance, connection = random.Random(number), Client(server.port)  # noqa: S311, chance that can be repeated
        while time.monotonic() < until:
            (name,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
            status, _, took = connection.send(questions[name].request(f"{serial()}{number:03}"))
            taken.append(took)
            if status >= 300:  # noqa: PLR2004, what is no success
                failed.append(status)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return taken, failed


def large_contract(server: Served) -> list[tuple[str, str]]:
    """A contract of 15 MB and 2,000 interactions: published twice, its difference, and its pages, in seconds."""
    names = {"provider": "large-provider", "consumer": "large-consumer"}
    client, run = Client(server.port), serial()
    measurements = []
    for number in ("1", "2"):
        request = Request(method="POST", path=urls.PUBLISH_CONTRACTS, body=_publication(f"{run}-{number}", number))
        measurements.append((f"publish a contract of 15 MB, version {number}: s", _seconds(client, request)))
    pact = urls.expand(urls.PACT, **names, version=f"{run}-2")
    difference = urls.expand(urls.DIFF_PREVIOUS_DISTINCT, **names, version=f"{run}-2")
    measurements += [
        ("the contract: s", _seconds(client, Request(method="GET", path=pact))),
        ("its difference: s", _seconds(client, Request(method="GET", path=difference, accept="text/plain"))),
        ("its page: s", _seconds(client, Request(method="GET", path=pact, accept="text/html"))),
        ("the page of its changes: s", _seconds(client, Request(method="GET", path=difference, accept="text/html"))),
    ]
    return measurements


def _seconds(client: Client, request: Request) -> str:
    status, content, took = client.send(request)
    if status >= 300:  # noqa: PLR2004, what is no success
        raise RuntimeError(f"{request.method} {request.path} answered {status}: {content[:300]!r}")
    return f"{took:.2f}"


def _publication(version: str, mark: str) -> Mapping[str, Any]:
    items = [
        {"id": number, "name": f"item {number:06}"} for number in range((_CONTRACT_BYTES // INTERACTIONS - 250) // 35)
    ]
    document = {
        "consumer": {"name": "large-consumer"},
        "provider": {"name": "large-provider"},
        "interactions": [
            {
                "description": f"request {number}",
                "request": {"method": "GET", "path": f"/items/{number}"},
                "response": {"status": 200, "body": {"mark": mark if number % 100 == 0 else "", "items": items}},
            }
            for number in range(INTERACTIONS)
        ],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    contract = {
        "consumerName": "large-consumer",
        "providerName": "large-provider",
        "specification": "pact",
        "contentType": "application/json",
        "content": base64.b64encode(json.dumps(document).encode()).decode(),
    }
    return {
        "pacticipantName": "large-consumer",
        "pacticipantVersionNumber": version,
        "branch": "main",
        "contracts": [contract],
    }
