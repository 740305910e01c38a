"""A broker, a provider with a URL, and the steps of a consumer's and a provider's build with the official clients."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from dataclasses import dataclass

import requests
from pact import Verifier

from contracts.testing import RunningBroker


PROVIDER = "Product Catalogue/1"  # a name that every link has to encode
BUILD = "https://ci.example.org/builds/7"
BRANCH = "feat/x y"
LONG_AGO = "2020-01-01"


@dataclass(frozen=True, slots=True)
class Loop:
    """A broker, and the steps of a consumer's and a provider's build."""

    running: RunningBroker
    provider_url: str

    def get(self, path: str) -> requests.Response:
        """Return a document of the broker."""
        return requests.get(self.running.base_url + path, timeout=60)

    def publish(
        self, consumer: str, version: str, path: str, *, branch: str = "main", tags: tuple[str, ...] = ()
    ) -> None:
        """Publish the contract of a consumer that requests *path*."""
        interaction = {
            "description": f"a request for {path}",
            "request": {"method": "GET", "path": path},
            "response": {"status": 200, "body": {"name": "tea"}},
        }
        content = {
            "consumer": {"name": consumer},
            "provider": {"name": PROVIDER},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "3.0.0"}},
        }
        contract = {
            "consumerName": consumer,
            "providerName": PROVIDER,
            "specification": "pact",
            "contentType": "application/json",
            "content": base64.b64encode(json.dumps(content).encode()).decode(),
        }
        body = {
            "pacticipantName": consumer,
            "pacticipantVersionNumber": version,
            "branch": branch,
            "tags": tags,
            "contracts": [contract],
        }
        response = requests.post(f"{self.running.base_url}/contracts/publish", json=body, timeout=60)
        assert response.status_code == 200, response.text

    def verifier(self, version: str, *, branch: str | None = BRANCH, tags: tuple[str, ...] = ()) -> Verifier:
        """A verifier of the provider that publishes its results as *version*."""
        verifier = Verifier(PROVIDER, host="127.0.0.1").add_transport(url=self.provider_url)
        return verifier.set_publish_options(version, url=BUILD, branch=branch, tags=list(tags))

    def from_broker(self, verifier: Verifier, *, wip: bool = False, **selector: object) -> dict[str, object]:
        """Verify the pacts of *selector*, with pending status, and return the verifier's own results."""
        builder = verifier.broker_source(self.running.base_url, selector=True).provider_branch(BRANCH).include_pending()
        if wip:
            builder = builder.include_wip_since(LONG_AGO)
        return self.run(builder.consumer_version(**selector).build())

    def run(self, verifier: Verifier) -> dict[str, object]:
        """Verify, and return the verifier's own results."""
        with suppress(RuntimeError):  # how it says that a verification failed: its results say more
            verifier.verify()
        return verifier.results

    def latest(self, consumer: str, version: str) -> dict[str, object]:
        """Return the broker's latest result for the pact of a consumer version."""
        path = (
            f"/pacts/provider/Product%20Catalogue%2F1/consumer/{consumer}/version/{version}/verification-results/latest"
        )
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.json()
