"""Every question about the estate of a broker; the responses of a broker and its copy are equal."""

from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import quote

import requests


# which consumer versions are meant, by ids of the database
_METADATA = re.compile(r"/metadata/[^/\"]+")
_HAL = {"Accept": "application/hal+json, application/json, */*"}
_PACTS_FOR_VERIFICATION = (
    {"includePendingStatus": True, "providerVersionBranch": "main", "includeWipPactsSince": "2020-01-01"},
    {"includePendingStatus": True, "providerVersionBranch": "new", "includeWipPactsSince": "2020-01-01"},
    {"includePendingStatus": True, "providerVersionTags": ["dev", "prod"], "includeWipPactsSince": "2020-01-01"},
    {"includePendingStatus": True, "consumerVersionSelectors": [{"mainBranch": True}, {"deployedOrReleased": True}]},
    {"consumerVersionSelectors": [{"tag": "dev", "latest": True}, {"branch": "feat/x"}, {"tag": "prod"}]},
)


def answers(base_url: str) -> dict[str, Any]:
    """Return the response to each question, without the broker's own URL."""
    with requests.Session() as session:
        session.headers.update(_HAL)
        asking = _Asking(base_url, session)
        asking.everything()
        return asking.answers


class _Asking:
    def __init__(self, base_url: str, session: requests.Session) -> None:
        self._base_url = base_url
        self._session = session
        self.answers: dict[str, Any] = {}

    def everything(self) -> None:
        names = [each["name"] for each in self._get("/pacticipants")["_embedded"]["pacticipants"]]
        environments = [each["name"] for each in self._get("/environments")["_embedded"]["environments"]]
        self._get("/integrations")["_embedded"]["integrations"].sort(key=str)  # by dates that no broker shows
        for path in ("/dashboard", "/pacts/latest", "/labels", "/webhooks"):
            self._get(path)
        for href in self.answers["/webhooks"]["_links"]["pb:webhooks"]:
            self._get(href["href"])
        for environment in self.answers["/environments"]["_embedded"]["environments"]:
            for links in environment["_links"].values():
                self._get(links["href"])
        for name in names:
            self._ask_about(name, environments)
        for consumer, provider in itertools.product(names, names):
            self._ask_about_pair(consumer, provider)

    def _ask_about(self, name: str, environments: list[str]) -> None:
        path = f"/pacticipants/{quote(name, safe='')}"
        for below in ("", "/latest-version", "/main-branch/can-i-merge/badge"):
            self._get(f"{path}{below}")
        branches = [each["name"] for each in self._get(f"{path}/branches")["_embedded"]["branches"]]
        for branch in branches:
            here = f"{path}/branches/{quote(branch, safe='')}/latest-version"
            for each in environments:
                self._get(f"{here}/can-i-deploy/to-environment/{each}")
                self._get(f"{here}/can-i-deploy/to-environment/{each}/badge")
        for version in self._get(f"{path}/versions")["_embedded"]["versions"]:
            self._ask_about_version(name, version["number"], environments)
        for body in _PACTS_FOR_VERIFICATION:
            self._post(f"/pacts/provider/{quote(name, safe='')}/for-verification", body)

    def _ask_about_version(self, name: str, number: str, environments: list[str]) -> None:
        version = self._get(f"/pacticipants/{quote(name, safe='')}/versions/{number}")
        self._get(f"/verification-results/consumer/{quote(name, safe='')}/version/{number}/latest")
        for relation in ("pb:pact-versions", "pb:deployed-environments", "pb:released-environments"):
            for link in version["_links"].get(relation, ()):
                self._get(link["href"])
        for relation in ("branchVersions", "tags"):
            for each in version["_embedded"][relation]:
                self._get(each["_links"]["self"]["href"])
        question = f"/can-i-deploy?pacticipant={quote(name, safe='')}&version={number}"
        for each in environments:
            self._get(f"{question}&environment={each}")
        for tag in ("dev", "prod"):
            self._get(f"{question}&to={tag}")
        main = f"q[][pacticipant]={quote(name, safe='')}&q[][version]={number}&mainBranch=true&latest=true"
        self._get(f"/matrix?{main}&latestby=cvp")

    def _ask_about_pair(self, consumer: str, provider: str) -> None:
        pair = f"provider/{quote(provider, safe='')}/consumer/{quote(consumer, safe='')}"
        for below in (
            "/latest",
            "/latest/dev",
            "/branch/main/latest",
            "/latest/badge",
            "/latest-untagged",
            "/versions",
        ):
            self._get(f"/pacts/{pair}{below}")
        self._get(f"/matrix/{pair}?limit=1000")
        pairs = f"q[][pacticipant]={quote(consumer, safe='')}&q[][pacticipant]={quote(provider, safe='')}"
        rows = self._get(f"/matrix?{pairs}&limit=1000") if consumer != provider else {}
        for row in rows.get("matrix", ()):
            if row["verificationResult"]:
                self._get(row["verificationResult"]["_links"]["self"]["href"])

    def _get(self, address: str) -> Any:
        path = address.removeprefix("<base>")
        if path not in self.answers:
            self.answers[path] = self._read(self._session.get(f"{self._base_url}{path}"))
        return self.answers[path]

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self.answers[f"{path} {body}"] = self._read(self._session.post(f"{self._base_url}{path}", json=body))

    def _read(self, response: requests.Response) -> Any:
        text = _METADATA.sub("/metadata/…", response.text.replace(self._base_url, "<base>"))
        response._content = text.encode()
        if "json" not in response.headers["Content-Type"]:
            return response.status_code, text
        answer = response.json()
        for row in answer.get("matrix", ()):
            row.pop("verificationJob", None)  # what one broker still has to do
        return answer
