"""An estate written through the API, and a valid request, for this estate, to every route with a body."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from asgi import Caller, RawRequest

from contracts.broker import urls
from contracts.model import roles
from contracts.model.permissions import WEBHOOKS


JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
WEBHOOK = "0123456789abcdefghijkl"

# the applications have names that every address has to encode
NAMES = {
    "pacticipant": "Web shop/1",
    "consumer": "Web shop/1",
    "provider": "Stock+",
    "version": "1.0+a",
    "branch": "feat/x",
    "tag": "prod",
    "providerTag": "prod",
    "to": "prod",
    "label": "web",
    "relation": "pb:pacts",
}

PACT: dict[str, Any] = {
    "consumer": {"name": NAMES["consumer"]},
    "provider": {"name": NAMES["provider"]},
    "interactions": [
        {
            "description": "a request for stock",
            "providerStates": [{"name": "there is tea", "params": {"id": 1}}],
            "request": {"method": "GET", "path": "/stock", "query": {"q": ["tea"]}, "headers": {"Accept": "*/*"}},
            "response": {"status": 200, "body": [{"name": "tea"}], "matchingRules": {"$.body": {"match": "type"}}},
        }
    ],
    "messages": [{"description": "stock arrived", "contents": {"name": "tea"}, "metaData": {}}],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
SELECTORS = [
    {"mainBranch": True},
    {"deployedOrReleased": True},
    {"matchingBranch": True},
    {"branch": "feat/x", "consumer": NAMES["consumer"], "latest": True},
    {"branch": "none", "fallbackBranch": "feat/x"},
    {"tag": "prod", "latest": True, "fallbackTag": "dev"},
    {"deployed": True, "environment": "production"},
    {"released": True},
    {"latest": True},
]
WEBHOOK_BODY = {
    "description": "tell the build",
    "enabled": True,
    "consumer": {"name": NAMES["consumer"]},
    "provider": {"label": "web"},
    "events": [{"name": "contract_published"}],
    "request": {
        "method": "POST",
        "url": "http://127.0.0.1:9/hook",
        "headers": {"Content-Type": "application/json"},
        "body": {"pact": "${pactbroker.pactUrl}"},
        "username": "ann",
        "password": "secret",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Valid:
    """A request that succeeds, to the route of *template*, with *document* as its body."""

    method: str
    template: str
    document: dict[str, Any]
    content_type: str = JSON

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    def request(self, settled: Settled, content: bytes | None = None) -> RawRequest:
        """Return the request; *content*, if given, replaces its body."""
        return RawRequest(
            method=self.method,
            path=urls.expand(self.template, **settled.names(self.template)).encode(),
            headers=((b"content-type", self.content_type.encode()), (b"accept", b"application/hal+json")),
            content=json.dumps(self.document).encode() if content is None else content,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The names in the estate that a path can contain."""

    shared: dict[str, str]
    uuids: dict[str, str]  # by the beginning of the paths that take it

    def names(self, template: str) -> dict[str, str]:
        """A value for each parameter of *template*."""
        uuid = next((each for beginning, each in self.uuids.items() if template.startswith(beginning)), "")
        return self.shared | {"uuid": uuid}


def published(pact: object = PACT) -> dict[str, Any]:
    """The request body that publishes *pact*."""
    return {
        "pacticipantName": NAMES["consumer"],
        "pacticipantVersionNumber": NAMES["version"],
        "branch": NAMES["branch"],
        "tags": ["prod", "dev"],
        "buildUrl": "http://ci.example.org/1",
        "contracts": [
            {
                "consumerName": NAMES["consumer"],
                "providerName": NAMES["provider"],
                "content": base64.b64encode(json.dumps(pact).encode()).decode(),
                "contentType": "application/json",
                "specification": "pact",
                "onConflict": "overwrite",
            }
        ],
    }


_DETAILS = {
    "name": "Web shop/1",
    "displayName": "The shop",
    "repositoryUrl": "http://git.example.org/shop",
    "repositoryName": "shop",
    "repositoryNamespace": "sales",
    "mainBranch": "main",
}
_VERSION = {"buildUrl": "http://ci.example.org/1", "tags": [{"name": "prod"}]}
_RESULT = {
    "success": True,
    "providerApplicationVersion": "2.0+b",
    "buildUrl": "http://ci.example.org/2",
    "verificationDate": "2026-11-23T08:00:00+01:00",
    "verifiedBy": {"implementation": "Pact-Rust", "version": "1.4.7", "clientLanguage": {"name": "pact-python"}},
    "testResults": [{"interactionId": "1", "success": False, "mismatches": [{"attribute": "body"}]}],
}
_ENVIRONMENT = {
    "name": "production",
    "displayName": "Production",
    "production": True,
    "contacts": [{"name": "Ann", "details": {"emailAddress": "ann@example.org"}}],
}
_STARTED = {
    "providerVersion": NAMES["version"],
    "buildUrl": "http://ci.example.org/2",
    "pacts": [{"consumer": NAMES["consumer"], "sha": "a" * 40}],
}
_SECRET = {"name": "CI_TOKEN", "description": "starts builds", "value": "s3cr3t-value"}
_TOKEN = {"note": "ci", "permissions": [{"role": "publish", "names": ["till"]}], "expiresInDays": 9}
_ENDED = {"currentlyDeployed": False, "currentlySupported": False}
_QUESTION = {
    "providerVersionBranch": "main",
    "providerVersionTags": ["prod"],
    "includePendingStatus": True,
    "includeWipPactsSince": "2020-01-01",
    "consumerVersionSelectors": SELECTORS,
}

VALID = (
    Valid(method="POST", template=urls.PUBLISH_CONTRACTS, document=published()),
    *(
        Valid(method=method, template=template, document=PACT)
        for template in (urls.PACT, urls.PACT_PLURAL_ALIAS, urls.PACT_SINGULAR_ALIAS)
        for method in ("PUT", "PATCH")
    ),
    Valid(method="POST", template=urls.RESULTS, document=_RESULT),
    Valid(method="POST", template=urls.RESULTS_METADATA, document=_RESULT),
    Valid(method="POST", template=urls.VERIFICATION_STARTED, document=_STARTED),
    Valid(method="PUT", template=urls.VERSION, document=_VERSION),
    Valid(method="PATCH", template=urls.VERSION, document=_VERSION, content_type=MERGE_PATCH),
    Valid(method="POST", template=urls.PACTICIPANTS, document=_DETAILS | {"name": "Till"}),
    Valid(method="PUT", template=urls.PACTICIPANT, document=_DETAILS),
    Valid(method="PATCH", template=urls.PACTICIPANT, document=_DETAILS, content_type=MERGE_PATCH),
    Valid(method="POST", template=urls.PACTS_FOR_VERIFICATION, document=_QUESTION),
    Valid(method="POST", template=urls.ENVIRONMENTS, document=_ENVIRONMENT | {"name": "staging"}),
    Valid(method="POST", template=urls.TOKENS, document=_TOKEN),
    Valid(method="POST", template=urls.SYSTEM_ACCOUNTS, document={"name": "ci"}),
    Valid(method="PUT", template=urls.ADMIN_USER, document={"name": "ci", "active": True}),
    Valid(method="PUT", template=urls.ADMIN_USER_ROLES, document={"roles": [roles.uuid_of(WEBHOOKS)]}),
    Valid(method="POST", template=urls.SECRETS, document=_SECRET),
    Valid(method="PUT", template=urls.SECRET, document=_SECRET),
    Valid(method="PUT", template=urls.ENVIRONMENT, document=_ENVIRONMENT),
    Valid(method="POST", template=urls.VERSION_DEPLOYMENTS, document={"applicationInstance": "blue", "target": "b"}),
    Valid(method="PATCH", template=urls.DEPLOYED_VERSION, document=_ENDED, content_type=MERGE_PATCH),
    Valid(method="POST", template=urls.VERSION_RELEASES, document={}),
    Valid(method="PATCH", template=urls.RELEASED_VERSION, document=_ENDED, content_type=MERGE_PATCH),
    Valid(method="PUT", template=urls.WEBHOOK, document=WEBHOOK_BODY),
    Valid(method="POST", template=urls.WEBHOOK_SIGNING_SECRET, document={"oldValidForHours": 1}),
    *(
        Valid(method="POST", template=template, document=WEBHOOK_BODY)
        for template in (
            *(urls.WEBHOOKS, urls.WEBHOOKS_EXECUTE, urls.WEBHOOKS_PAIR),
            *(urls.WEBHOOKS_PROVIDER, urls.WEBHOOKS_CONSUMER, urls.PACT_WEBHOOKS),
        )
    ),
)


def settle(call: Caller) -> Settled:
    """Fill an empty broker with one of everything: a published and verified pact, deployed and released, a webhook."""
    names = dict(NAMES)

    def make(method: str, template: str, document: object = None) -> Any:
        request = RawRequest(
            method=method,
            path=urls.expand(template, **names, uuid=WEBHOOK).encode(),
            headers=((b"content-type", JSON.encode()),) if document is not None else (),
            content=b"" if document is None else json.dumps(document).encode(),
        )
        answered = call(request)
        assert 200 <= answered.status < 300, (request, answered)
        return answered.json()

    make("POST", urls.PUBLISH_CONTRACTS, published())
    make("PUT", urls.PACTICIPANT_LABEL)
    make("PUT", urls.PACTICIPANT_LABEL.replace("{pacticipant}", urls.encode(names["provider"])))
    make("PUT", urls.WEBHOOK, WEBHOOK_BODY)
    make("POST", urls.PUBLISH_CONTRACTS, published())
    environment = make("POST", urls.ENVIRONMENTS, _ENVIRONMENT)["uuid"]
    (item,) = make("POST", urls.PACTS_FOR_VERIFICATION, {"consumerVersionSelectors": [{"latest": True}]})["_embedded"][
        "pacts"
    ]
    sha, metadata = item["_links"]["self"]["href"].rpartition("/pact-version/")[2].split("/metadata/")
    names |= {"environment": environment, "sha": sha, "pactVersion": sha, "metadata": metadata, "other": "1.0+a"}
    number = make("POST", urls.RESULTS_METADATA, _RESULT)["_links"]["self"]["href"].rpartition("/")[2]
    deployed = make("POST", urls.VERSION_DEPLOYMENTS, {})["uuid"]
    released = make("POST", urls.VERSION_RELEASES, {})["uuid"]
    (webhook, *_) = make("GET", urls.PACT_TRIGGERED_WEBHOOKS)["_embedded"]["triggeredWebhooks"]
    triggered = webhook["_links"]["pb:logs"]["href"].split("/")[-2]
    return Settled(
        shared=names | {"number": number},
        uuids={
            "/deployed-versions": deployed,
            "/released-versions": released,
            "/webhooks": WEBHOOK,
            "/triggered-webhooks": triggered,
            "/tokens": make("POST", urls.TOKENS, _TOKEN)["uuid"],
            "/admin": make("POST", urls.SYSTEM_ACCOUNTS, {"name": "deploy"})["uuid"],
            "/secrets": make("POST", urls.SECRETS, _SECRET | {"name": "OTHER"})["uuid"],
        },
    )
