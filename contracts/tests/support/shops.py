"""The contracts of a small shop, in every state that a page shows: the data of the browser tests and the screenshots.

It is written through the API of a running broker, as pipelines write it. The web shop and the mobile app call the
catalogue and the checkout; the checkout calls payments and orders; the mailer reads the messages of orders.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import requests


PRODUCT = {
    "description": "a request for a product",
    "providerStates": [{"name": "a product exists", "params": {"id": 10}}],
    "request": {"method": "GET", "path": "/products/10", "headers": {"Accept": "application/json"}},
    "response": {
        "status": 200,
        "headers": {"Content-Type": "application/json"},
        "body": {"id": 10, "name": "Teapot", "price": {"amount": "19.50", "currency": "EUR"}, "tags": ["kitchen"]},
        "matchingRules": {
            "body": {
                "$.id": {"matchers": [{"match": "integer"}]},
                "$.name": {"matchers": [{"match": "type"}]},
                "$.price.amount": {"matchers": [{"match": "regex", "regex": r"\d+\.\d\d"}]},
                "$.tags": {"matchers": [{"match": "type", "min": 1}]},
            },
            "header": {"Content-Type": {"matchers": [{"match": "regex", "regex": "application/json.*"}]}},
        },
        "generators": {"body": {"$.id": {"type": "RandomInt", "min": 1, "max": 1000}}},
    },
}
NO_PRODUCT = {
    "description": "a request for a product",
    "providerStates": [{"name": "no product exists"}],
    "request": {"method": "GET", "path": "/products/11"},
    "response": {"status": 404},
}
PAYMENT = {
    "description": "a request to pay",
    "providerStates": [{"name": "the card is accepted"}],
    "request": {
        "method": "POST",
        "path": "/payments",
        "headers": {"Content-Type": "application/json"},
        "body": {"amount": "19.50", "currency": "EUR"},
    },
    "response": {"status": 201, "body": {"id": "p-7", "state": "accepted"}},
}
ORDER = {
    "description": "a request to place an order",
    "request": {"method": "POST", "path": "/orders", "body": {"product": 10}},
    "response": {"status": 201, "body": {"id": 4711}},
}
ORDER_PLACED = {
    "description": "an order is placed",
    "providerStates": [{"name": "an order exists"}],
    "contents": {"event": "placed", "order": 4711, "customer": "lin@example.com"},
    "metadata": {"contentType": "application/json"},
    "matchingRules": {"body": {"$.order": {"matchers": [{"match": "integer"}], "combine": "AND"}}},
}


def segment(name: str) -> str:
    """Return *name* as a segment of a path."""
    return quote(name, safe="")


class Shop:
    """The shop's pipelines, publishing to the broker at *base_url* with *request*, by default over the network."""

    def __init__(self, base_url: str, request: Callable[..., Any] | None = None) -> None:
        self.base_url = base_url
        self.environments: dict[str, str] = {}
        self._request = request or partial(requests.Session().request, timeout=60)

    def open(self, *, webhooks: bool = True) -> None:
        """Write everything; without *webhooks* nothing is sent."""
        for name, production in (("staging", False), ("production", True)):
            body = {"name": name, "displayName": name.capitalize(), "production": production}
            self.environments[name] = self._send("POST", "/environments", body)["uuid"]
        if webhooks:
            self._webhook("catalogue", "http://127.0.0.1:9/repos/shop/catalogue/dispatches")
        self._catalogue()
        self._checkout()
        self._mailer()
        self._send("PUT", "/pacticipants/orders/versions/7.1.0/tags/release", {})
        self._send("PUT", "/pacticipants/catalogue/labels/team-browse", {})
        self._send("PUT", "/pacticipants/web-shop/labels/team-browse", {})
        self._send("PUT", "/pacticipants/payments/labels/team-money", {})

    def configure(self) -> None:
        """Create a token and a secret, as administrators do."""
        permissions = [{"role": "publish", "names": ["catalogue"]}]
        self._send("POST", "/tokens", {"note": "the pipeline of catalogue", "permissions": permissions})
        secret = {"name": "GITHUB_TOKEN", "description": "starts builds", "value": "of the shop"}
        self._send("POST", "/secrets", secret)

    def _catalogue(self) -> None:
        """Verified and deployed; then the mobile app's next version fails."""
        self.publish("web-shop", "catalogue", "1.8.0", [PRODUCT, NO_PRODUCT])
        self.publish("mobile-app", "catalogue", "5.2.0", [PRODUCT])
        for consumer, version in (("web-shop", "1.8.0"), ("mobile-app", "5.2.0")):
            self.verify(consumer, version, "catalogue", "2.3.1")
        self.deploy("catalogue", "2.3.1", "staging", "production")
        self.deploy("web-shop", "1.8.0", "staging", "production")
        self.deploy("mobile-app", "5.2.0", "production")
        renamed = json.loads(json.dumps(PRODUCT))
        renamed["response"]["body"]["price"] = {"amount": "19.50", "unit": "EUR"}
        self.publish("mobile-app", "catalogue", "5.3.0", [renamed])
        mismatches = [
            {"attribute": "body", "identifier": "$.price", "description": "Expected the key unit, but it was missing"},
            {"attribute": "status", "expected": 200, "actual": 500},
        ]
        self.verify("mobile-app", "5.3.0", "catalogue", "2.4.0", mismatches=mismatches)
        self.publish("web-shop", "catalogue", "1.9.0-search", [PRODUCT, NO_PRODUCT, ORDER], branch="search")

    def _checkout(self) -> None:
        self.publish("web-shop", "checkout", "1.8.0", [ORDER])
        self.verify("web-shop", "1.8.0", "checkout", "3.0.0")
        self.deploy("checkout", "3.0.0", "staging", "production")
        self.publish("checkout", "payments", "3.0.0", [PAYMENT])
        self.publish("checkout", "orders", "3.0.0", [ORDER])
        self.verify("checkout", "3.0.0", "payments", "0.9.4")
        self.verify("checkout", "3.0.0", "orders", "7.1.0")
        self.deploy("payments", "0.9.4", "production")
        self.deploy("orders", "7.1.0", "production")
        dearer = json.loads(json.dumps(PAYMENT))
        dearer["request"]["body"]["reference"] = "4711"
        self.publish("checkout", "payments", "3.1.0", [PAYMENT, dearer | {"description": "a request with a reference"}])

    def _mailer(self) -> None:
        self.publish("mailer", "orders", "0.4.0", [ORDER_PLACED], messages=True)
        self.verify("mailer", "0.4.0", "orders", "7.1.0")

    def publish(
        self,
        consumer: str,
        provider: str,
        version: str,
        interactions: list[Any],
        *,
        branch: str = "main",
        messages: bool = False,
    ) -> None:
        """Publish a contract of a consumer's version."""
        document = {
            "consumer": {"name": consumer},
            "provider": {"name": provider},
            ("messages" if messages else "interactions"): interactions,
            "metadata": {"pactSpecification": {"version": "3.0.0"}},
        }
        content = base64.b64encode(json.dumps(document).encode()).decode()
        body = {
            "pacticipantName": consumer,
            "pacticipantVersionNumber": version,
            "branch": branch,
            "buildUrl": f"https://ci.example.com/{segment(consumer)}/builds/{segment(version)}",
            "contracts": [
                {
                    "consumerName": consumer,
                    "providerName": provider,
                    "specification": "pact",
                    "contentType": "application/json",
                    "content": content,
                }
            ],
        }
        self._send("POST", "/contracts/publish", body)

    def verify(
        self, consumer: str, version: str, provider: str, by: str, *, mismatches: list[dict[str, Any]] | None = None
    ) -> None:
        """Publish a provider's result; with *mismatches* it failed."""
        self._send("PUT", f"/pacticipants/{segment(provider)}/branches/main/versions/{segment(by)}", {})
        pair = f"/pacts/provider/{segment(provider)}/consumer/{segment(consumer)}"
        pact = self._send("GET", f"{pair}/version/{segment(version)}")
        tests = [
            {
                "interactionId": each["_id"],
                "interactionDescription": each["description"],
                "success": mismatches is None,
                **({"mismatches": mismatches} if mismatches else {}),
            }
            for each in pact.get("interactions", pact.get("messages", ()))
        ]
        result = {
            "success": mismatches is None,
            "providerApplicationVersion": by,
            "buildUrl": f"https://ci.example.com/{segment(provider)}/builds/{segment(by)}",
            "testResults": tests,
        }
        self._send("POST", pact["_links"]["pb:publish-verification-results"]["href"], result)

    def deploy(self, application: str, version: str, *environments: str) -> None:
        """Record the deployment of a version."""
        for environment in environments:
            uuid = self.environments[environment]
            path = f"/pacticipants/{application}/versions/{version}/deployed-versions/environment/{uuid}"
            self._send("POST", path, {})

    def read(self, path: str) -> Any:
        """Return the document at a *path*."""
        return self._send("GET", path)

    def _webhook(self, provider: str, url: str) -> None:
        body = {
            "description": f"Verify changed contracts of {provider}",
            "provider": {"name": provider},
            "events": [{"name": "contract_requiring_verification_published"}],
            "request": {
                "method": "POST",
                "url": url,
                "body": {"event_type": "contract_requiring_verification_published"},
            },
        }
        self._send("POST", "/pacticipants", {"name": provider, "mainBranch": "main"})
        self._send("POST", "/webhooks", body)

    def _send(self, method: str, path: str, body: object = None) -> Any:
        url = path if path.startswith("http") else f"{self.base_url}{path}"
        response = self._request(method, url, json=body)
        assert response.status_code < 400, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None
