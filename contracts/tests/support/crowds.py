"""Many clients at once: each publishes, verifies and asks, on a connection of its own."""

from __future__ import annotations

import base64
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit


if TYPE_CHECKING:
    from collections.abc import Sequence


PROVIDERS = ("Ledger", "Stock")
QUESTION = {
    "consumerVersionSelectors": [{"mainBranch": True}],
    "providerVersionBranch": "main",
    "includePendingStatus": True,
    "includeWipPactsSince": "2020-01-01",
}


class Client:
    """One kept-alive connection to a broker; *answers* are the status of every answer, with its text if it is bad."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.base_url = base_url
        self.answers: list[tuple[int, str]] = []
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def send(self, method: str, path: str, body: object = None) -> Any:
        """The JSON that is answered."""
        headers = {"Accept": "application/hal+json", "Content-Type": "application/json"}
        path = path.removeprefix(self.base_url)
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self.answers.append((answer.status, "" if answer.status < 300 else f"{method} {path}: {text[:300]}"))
        return json.loads(text) if text else None

    def publish(self, consumer: str, number: str, content: str, providers: Sequence[str] = PROVIDERS) -> Any:
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
            "tags": ["dev"],
            "contracts": contracts,
        }
        return self.send("POST", "/contracts/publish", body)

    def verify(self, consumer: str, number: str, provider: str, by: str) -> None:
        """Send a result of what a version published."""
        pact = self.send("GET", f"/pacts/provider/{provider}/consumer/{consumer}/version/{number}")
        target = pact["_links"]["pb:publish-verification-results"]["href"]
        self.send("POST", target, {"success": True, "providerApplicationVersion": by})


def document(consumer: str, provider: str, content: str) -> bytes:
    """A contract."""
    interaction = {"description": content, "request": {"method": "GET", "path": f"/{content}"}}
    return json.dumps(
        {"consumer": {"name": consumer}, "provider": {"name": provider}, "interactions": [interaction]}
    ).encode()


def visit(base_url: str, clients: int, rounds: int) -> list[tuple[int, str]]:
    """*clients* at once: half of them build one consumer, the others one each; the answers that they had."""

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
