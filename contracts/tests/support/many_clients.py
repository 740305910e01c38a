"""Many clients at once, each with its own connection: they publish, verify, read and remove."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


PROVIDERS = ("Ledger", "Stock")
QUESTION = {
    "consumerVersionSelectors": [{"mainBranch": True}],
    "providerVersionBranch": "main",
    "includePendingStatus": True,
    "includeWipPactsSince": "2020-01-01",
}


class Client:
    """One connection to a broker; *answers* has the status of each response, with its text if it is an error."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.base_url = base_url
        self.answers: list[tuple[int, str]] = []
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a request, and return the JSON of its response."""
        headers = {"Accept": "application/hal+json", "Content-Type": "application/json"}
        path = path.removeprefix(self.base_url)
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self.answers.append((answer.status, "" if answer.status < 300 else f"{method} {path}: {text[:300]}"))
        return json.loads(text) if text else None

    def publish(
        self,
        consumer: str,
        number: str,
        content: str,
        providers: Sequence[str] = PROVIDERS,
        tags: Sequence[str] = ("dev",),
    ) -> Any:
        """Publish contracts with *providers*; equal contents are equal contracts."""
        contracts = [
            {
                "consumerName": consumer,
                "providerName": provider,
                "specification": "pact",
                "contentType": "application/json",
                "content": base64.b64encode(document(consumer, provider, content)).decode(),
            }
            for provider in providers
        ]
        body = {
            "pacticipantName": consumer,
            "pacticipantVersionNumber": number,
            "branch": "main",
            "tags": list(tags),
            "contracts": contracts,
        }
        return self.send("POST", "/contracts/publish", body)

    def verify(self, consumer: str, number: str, provider: str, by: str) -> None:
        """Send a result of what a version published; each build sends its own."""
        pact = self.send("GET", f"/pacts/provider/{provider}/consumer/{consumer}/version/{number}")
        assert "_links" in pact, pact
        target = pact["_links"]["pb:publish-verification-results"]["href"]
        build = f"http://ci.example.org/{consumer}/{number}"
        self.send("POST", target, {"success": True, "providerApplicationVersion": by, "buildUrl": build})


@dataclass(kw_only=True, slots=True)
class Remains:
    """The state of a version after everything that was published and removed."""

    providers: set[str] = field(default_factory=lambda: set(PROVIDERS))
    tags: set[str] = field(default_factory=lambda: {"dev", "prod"})
    on_branch: bool = True
    verified: bool = False


def document(consumer: str, provider: str, content: str) -> bytes:
    """A contract."""
    interaction = {"description": content, "request": {"method": "GET", "path": f"/{content}"}}
    return json.dumps(
        {"consumer": {"name": consumer}, "provider": {"name": provider}, "interactions": [interaction]}
    ).encode()


def visit(base_url: str, clients: int, rounds: int) -> list[tuple[int, str]]:
    """Run *clients* at once, half of them for one consumer and the others for one each; return their responses."""

    def one(number: int) -> list[tuple[int, str]]:
        consumer = "Till" if number % 2 else f"Till-{number}"
        providers = PROVIDERS if number % 3 else PROVIDERS[::-1]
        with closing(Client(base_url)) as client:
            for round_ in range(rounds):
                version = f"{round_}.{number}"
                client.publish(consumer, version, f"content {round_}", providers)
                for provider in providers:
                    client.verify(consumer, version, provider, f"build {round_}")
                client.send("POST", f"/pacts/provider/{providers[0]}/for-verification", QUESTION)
                client.send("GET", f"/can-i-deploy?pacticipant={consumer}&version={version}&to=dev")
            return client.answers

    with ThreadPoolExecutor(clients) as pool:
        return [each for answers in pool.map(one, range(clients)) for each in answers]


def rummage(base_url: str, clients: int, rounds: int) -> tuple[dict[str, Remains], list[tuple[int, str]]]:
    """Run *clients* of one consumer at once that remove their versions; return what remains, and the errors.

    The contents are few, so that what one removes another publishes. Every fourth client forgets a pair that the others
    of its kind publish: of Kiosk and Mail.
    """

    def one(number: int) -> tuple[dict[str, Remains], list[tuple[int, str]]]:
        with closing(Client(base_url)) as client:
            work = _forget if number % 4 == 0 else _remove
            left = work(client, number, rounds)
            return left, [each for each in client.answers if each[0] >= 300 and not _forgotten(*each)]

    with ThreadPoolExecutor(clients) as pool:
        done = list(pool.map(one, range(clients)))
    return {key: remains for left, _ in done for key, remains in left.items()}, [
        each for _, bad in done for each in bad
    ]


def _forgotten(status: int, text: str) -> bool:
    """Whether another client forgot the pair first."""
    return status == 404 and text.startswith("DELETE /integrations/")


def _forget(client: Client, number: int, rounds: int) -> dict[str, Remains]:
    for round_ in range(rounds):
        client.publish("Kiosk", f"{number}.{round_}", f"content {round_}", ["Mail"])
        if number % 8 == 0:
            client.send("DELETE", "/integrations/provider/Mail/consumer/Kiosk")
    return {}


def _remove(client: Client, number: int, rounds: int) -> dict[str, Remains]:
    left: dict[str, Remains] = {}
    for round_ in range(rounds):
        version = f"{number}.{round_}"
        ways = (1, -1)[number % 2]
        client.publish("Till", version, f"content {round_ % 3}", PROVIDERS[::ways], ("dev", "prod")[::ways])
        remains = left[version] = Remains()
        if number % 3 == 0:
            client.verify("Till", version, "Ledger", f"build {round_}")
            remains.verified = True
        match (number + round_) % 6:
            case 0:
                client.send("DELETE", f"/pacticipants/Till/versions/{version}")
                del left[version]
            case 1:
                client.send("DELETE", f"/pacticipants/Till/versions/{version}/tags/dev")
                remains.tags.remove("dev")
            case 2:
                client.send("DELETE", f"/pacticipants/Till/branches/main/versions/{version}")
                remains.on_branch = False
            case 3:
                client.send("DELETE", f"/pacts/provider/Stock/consumer/Till/version/{version}")
                remains.providers.remove("Stock")
            case _:
                pass
    return left
