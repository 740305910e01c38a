"""A fake broker that serves pacts and stores results, and lets a test replace each step."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from fake_broker import Answer, FakeBroker, Received


PROVIDER = "products-api"


def interaction(description, path="/products/10", states=(), status=200, **more):
    return {
        "_id": description.replace(" ", "-"),
        "type": "Synchronous/HTTP",
        "description": description,
        "pending": False,
        "providerStates": [{"name": name, "params": params} for name, params in states],
        "request": {"method": "GET", "path": path, **more.pop("request", {})},
        "response": {"status": status},
        **more,
    }


def pact(*interactions, consumer="web", provider=PROVIDER):
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": list(interactions),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }


class VerifyingBroker(FakeBroker):
    """Serves the added pacts; `on` replaces a step."""

    def __init__(self) -> None:
        super().__init__()
        self.pacts: dict[str, tuple[dict, bool, str]] = {}  # by name: document, pending, consumer version
        self.results: list[tuple[str, str, bool]] = []  # name of the pact, provider version, success
        self.branches: dict[str, list[str]] = {}
        self.publishing_works = True
        self.takes_starts = False  # an addition of our broker
        self.with_index()

    def add(self, document: dict, *, pending: bool = False, version: str = "c1") -> str:
        """Serve this pact under the name of its consumer, with the version unless it is c1."""
        consumer = document["consumer"]["name"]
        name = consumer if version == "c1" else f"{consumer}-{version}"
        self.pacts[name] = (document, pending, version)
        return f"{self.base_url}/pacts/{name}"

    def answer_to(self, received: Received) -> Answer | None:
        if (received.method, received.path) in self.answers:
            return super().answer_to(received)
        self.requests.append(received)
        for (method, pattern), answer in _ROUTES.items():
            match = re.fullmatch(pattern, received.path)
            if method == received.method and match:
                return answer(self, received, *map(unquote, match.groups()))
        return Answer(404, {"error": "nothing here"})

    def _listed(self, _received: Received) -> Answer:
        if not self.pacts:
            return Answer(404, {"error": "no such provider"})
        items = [
            {
                "shortDescription": "latest",
                "verificationProperties": {
                    "pending": pending,
                    "notices": [{"when": "before_verification", "text": "Please verify."}],
                },
                "_links": {"self": {"href": f"{self.base_url}/pacts/{name}", "name": name}},
            }
            for name, (_, pending, _) in self.pacts.items()
        ]
        href = f"{self.base_url}/pacts/provider/{PROVIDER}/for-verification"
        return Answer(document={"_embedded": {"pacts": items}, "_links": {"self": {"href": href}}})

    def _pact(self, _received: Received, name: str) -> Answer:
        document, _, version = self.pacts[name]
        links = {
            "pb:consumer-version": {"href": "/x", "name": version},
            "pb:provider": {"href": f"/pacticipants/{PROVIDER}", "name": document["provider"]["name"]},
            "pb:publish-verification-results": {"href": f"/pacts/{name}/results"},
            "pb:matrix-for-consumer-version": {"href": f"/matrix/{name}"},
        }
        if self.takes_starts:
            links["pb:pact-version"] = {"href": "/x", "name": f"sha-{name}"}
            links["pb:verification-started"] = {"href": "/started"}
        return Answer(document={**document, "_links": links})

    def _pacticipant(self, _received: Received) -> Answer:
        href = f"{self.base_url}/pacticipants/{PROVIDER}/branches/{{branch}}/versions/{{version}}"
        return Answer(document={"name": PROVIDER, "_links": {"pb:branch-version": {"href": href, "templated": True}}})

    def _on_branch(self, _received: Received, branch: str, version: str) -> Answer:
        self.branches.setdefault(version, []).append(branch)
        return Answer(201, {"name": branch})

    def _version(self, received: Received, version: str) -> Answer:
        exists = version in self.branches or any(version == v for _, v, _ in self.results)
        if received.method == "PATCH":
            self.branches.setdefault(version, [])
        elif not exists:
            return Answer(404, {"error": "no such version"})
        branches = [{"name": name} for name in self.branches.get(version, [])]
        return Answer(document={"number": version, "_embedded": {"branchVersions": branches}})

    def _result(self, received: Received, name: str) -> Answer:
        result = json.loads(received.body)
        self.results.append((name, result["providerApplicationVersion"], result["success"]))
        return Answer(201, result)

    def _matrix(self, _received: Received, name: str) -> Answer:
        document, _, consumer_version = self.pacts[name]
        rows = [
            {
                "consumer": {"name": document["consumer"]["name"], "version": {"number": consumer_version}},
                "provider": {"name": PROVIDER, "version": {"number": version}},
                "pact": None,
                "verificationResult": {"success": success, "_links": {"self": {"href": f"/results/{number}"}}},
            }
            for number, (of, version, success) in enumerate(self.results)
            if of == name
        ]
        summary = {"deployable": None, "reason": "not asked"}
        return Answer(document={"summary": summary, "matrix": rows})


_ROUTES = {
    ("POST", "/started"): lambda *_: Answer(200, {}),
    ("GET", f"/pacts/provider/{PROVIDER}/for-verification"): VerifyingBroker._listed,
    ("POST", f"/pacts/provider/{PROVIDER}/for-verification"): VerifyingBroker._listed,
    ("GET", "/pacts/([^/]+)"): VerifyingBroker._pact,
    ("GET", f"/pacticipants/{PROVIDER}"): VerifyingBroker._pacticipant,
    ("PUT", f"/pacticipants/{PROVIDER}/branches/([^/]+)/versions/([^/]+)"): VerifyingBroker._on_branch,
    ("GET", f"/pacticipants/{PROVIDER}/versions/([^/]+)"): VerifyingBroker._version,
    ("PATCH", f"/pacticipants/{PROVIDER}/versions/([^/]+)"): VerifyingBroker._version,
    ("POST", "/pacts/([^/]+)/results"): VerifyingBroker._result,
    ("GET", "/matrix/([^/]+)"): VerifyingBroker._matrix,
}
