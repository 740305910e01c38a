"""What pipelines and people ask of a broker over an estate of `contracts.model.seeds`: the requests that are measured.

Each asks about something that has the same size in a small estate and in a large one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from contracts.broker import urls
from contracts.model import seeds
from contracts.model.seeds import Pair, Revision, SeedPlan


HAL = "application/hal+json, application/json"
HTML = "text/html"
BROWSER = "text/html, */*;q=0.8"
"""As HTML, for paths without a page of their own, which show their document."""
PRODUCTION = ("environment", "production")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as it is sent."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    accept: str = HAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question: its *request* for each *serial* number, because each write has to be a new one."""

    name: str
    request: Callable[[str], Request]
    statements: int
    """The most that it may take, whatever the size of the estate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """The estate's applications that the questions are about."""

    plan: SeedPlan

    @property
    def newest(self) -> str:
        """The newest version of every consumer."""
        return f"1.{self.plan.rounds}"

    @property
    def build(self) -> str:
        """The newest deployed version of every provider."""
        return f"2.{self.plan.rounds}.0"

    @property
    def pair(self) -> Pair:
        """A consumer of the popular provider."""
        return Pair(consumer=self.plan.consumers[0], provider=self.plan.popular)


def reads(plan: SeedPlan) -> list[Question]:
    """The questions that change nothing."""
    estate = Subjects(plan=plan)
    pair, popular, portal = estate.pair, plan.popular, plan.portal
    names = {"provider": pair.provider, "consumer": pair.consumer}
    single = {"provider": plan.backends[0]}

    def verification(name: str, provider: Mapping[str, str], statements: int, **more: str) -> Question:
        body: dict[str, Any] = {
            "providerVersionBranch": "main",
            "includePendingStatus": True,
            "consumerVersionSelectors": [{"mainBranch": True}, {"deployedOrReleased": True}, {"matchingBranch": True}],
            **more,
        }
        return _posted(name, urls.expand(urls.PACTS_FOR_VERIFICATION, **provider), body, statements)

    def deploy(name: str, application: str, version: str, statements: int = 9) -> Question:
        selected = [("pacticipant", application), ("version", version), PRODUCTION]
        return _got(name, urls.CAN_I_DEPLOY, statements, *selected)

    def matrix(name: str, statements: int, *selected: tuple[str, str]) -> Question:
        return _got(name, urls.MATRIX, statements, *selected, ("latestby", "cvpv"))

    this = [("q[][pacticipant]", pair.consumer), ("q[][version]", estate.newest)]
    return [
        verification("for-verification, one consumer", single, 6),
        verification("for-verification, one consumer, WIP", single, 7, includeWipPactsSince="2020-01-01"),
        verification("for-verification, 300 consumers", {"provider": popular}, 6),
        verification(
            "for-verification, 300 consumers, WIP", {"provider": popular}, 7, includeWipPactsSince="2020-01-01"
        ),
        deploy("can-i-deploy, 4 providers", pair.consumer, estate.newest),
        deploy("can-i-deploy, 300 providers", portal, estate.newest),
        deploy("can-i-deploy, 300 consumers", popular, estate.build, 10),
        matrix("matrix, one version", 8, *this),
        matrix("matrix, one application", 8, ("q[][pacticipant]", pair.consumer)),
        matrix("matrix, two versions", 8, *this, ("q[][pacticipant]", popular), ("q[][version]", estate.build)),
        _got("pact of a version", urls.expand(urls.PACT, **names, version=estate.newest), 2),
        _got("pact, latest", urls.expand(urls.PACT_LATEST, **names), 2),
        _got("pact, latest of main", urls.expand(urls.PACT_BRANCH_LATEST, **names, branch="main"), 2),
        _got("result, latest", urls.expand(urls.PACT_RESULT_LATEST, **names, version=estate.newest), 3),
        _got(
            "results of a version",
            urls.expand(urls.CONSUMER_VERSION_RESULTS, consumer=pair.consumer, version=estate.newest),
            4,
        ),
        _got("badge", urls.expand(urls.PACT_BADGE, **names), 2, accept="image/svg+xml"),
        _got("application", urls.expand(urls.PACTICIPANT, pacticipant=popular), 5),
        _got("application's version", urls.expand(urls.VERSION, pacticipant=popular, version=estate.build), 10),
        _got("versions, a page", urls.expand(urls.VERSIONS, pacticipant=popular), 11, ("size", "20"), ("page", "1")),
        _got("integrations, a page", urls.INTEGRATIONS, 2, ("size", "20"), ("page", "1")),
        _got("dashboard, a page", urls.DASHBOARD, 6, ("size", "20"), ("page", "1")),
        _got("application page", urls.expand(urls.PACTICIPANT, pacticipant=popular), 21, accept=HTML),
        _got("branch page", urls.expand(urls.BRANCH_VERSIONS, pacticipant=popular, branch="main"), 8, accept=HTML),
        _got("jobs page", urls.VERIFICATION_JOBS, 2, accept=HTML),
        _got("jobs page, of an application", urls.VERIFICATION_JOBS, 2, ("pacticipant", popular), accept=HTML),
        _got(
            "version page",
            urls.expand(urls.VERSION, pacticipant=popular, version=estate.build),
            12,
            accept=HTML,
        ),
        _got(
            "can-i-deploy page",
            urls.CAN_I_DEPLOY,
            10,
            ("pacticipant", pair.consumer),
            ("version", estate.newest),
            PRODUCTION,
            accept=HTML,
        ),
        _got(
            "can-i-deploy page, 300 missing results",
            urls.CAN_I_DEPLOY,
            15,
            ("pacticipant", portal),
            ("version", f"1.{plan.rounds - 1}"),
            PRODUCTION,
            accept=HTML,
        ),
        _got("network page", urls.RELATIONSHIPS, 1, accept=HTML),
        _got("network page, around one", urls.expand(urls.GROUP, pacticipant=popular), 2, accept=HTML),
        _got(
            "network page, everything connected",
            urls.expand(urls.GROUP, pacticipant=popular),
            2,
            ("steps", "connected"),
            accept=HTML,
        ),
        _got("document page, applications", urls.PACTICIPANTS, 4, accept=BROWSER),
        _got("document page, integrations", urls.INTEGRATIONS, 2, accept=BROWSER),
        _got("document page, latest pacts", urls.PACTS_LATEST, 2, accept=BROWSER),
        _got(
            "document page, latest pacts of a provider",
            urls.expand(urls.PROVIDER_PACTS_LATEST, provider=popular),
            3,
            accept=BROWSER,
        ),
        _got("webhooks page", urls.WEBHOOKS, 4, accept=HTML),
        _got("audit page", urls.AUDIT, 1, accept=HTML),
        _got("environments page", urls.ENVIRONMENTS, 8, accept=HTML),
        _got("result page", urls.expand(urls.PACT_RESULT_LATEST, **names, version=estate.newest), 9, accept=HTML),
        _got("contract page", urls.expand(urls.PACT_LATEST, **names), 9, accept=HTML),
        _got("changes page", urls.expand(urls.DIFF_PREVIOUS_DISTINCT, **names, version=estate.newest), 4, accept=HTML),
        _got(
            "comparison page",
            urls.expand(urls.COMPARE, pacticipant=pair.consumer, version=estate.newest, other=estate.newest),
            10,
            accept=HTML,
        ),
        _got("matrix page", urls.expand(urls.MATRIX_PAIR, **names), 12, accept=HTML),
        _got(
            "overview page, failed in production by label",
            urls.INDEX,
            7,
            ("state", "failed"),
            ("group", "label"),
            PRODUCTION,
            accept=HTML,
        ),
        _got("overview page, by label", urls.INDEX, 6, ("group", "label"), accept=HTML),
        _got("overview page, by provider", urls.INDEX, 5, ("group", "provider"), accept=HTML),
        _got("overview page", urls.INDEX, 5, accept=HTML),
    ]


def writes(plan: SeedPlan) -> list[Question]:
    """The reports of a pipeline, new each time."""
    estate = Subjects(plan=plan)
    others = (each for each in plan.pairs if each.consumer == estate.pair.consumer and each != estate.pair)
    first = [estate.pair, *others]

    def publish(serial: str, count: int, feature: int) -> Request:
        return _publication(first[:count], f"x-{serial}", Revision(generation=plan.rounds, feature=feature))

    def result(serial: str) -> Request:
        revision = Revision(generation=plan.rounds, feature=0)
        return _result(estate.pair, revision, f"x-{serial}")

    def tag(serial: str) -> Request:
        path = urls.expand(urls.VERSION_TAG, pacticipant=plan.popular, version=f"x-{serial}", tag="dev")
        return Request(method="PUT", path=path, body={})

    return [
        Question(name="publish 1 contract, unchanged", request=lambda each: publish(each, 1, 0), statements=15),
        Question(
            name="publish 1 contract, changed", request=lambda each: publish(each, 1, _number(each)), statements=16
        ),
        Question(
            name="publish 3 contracts, changed", request=lambda each: publish(each, 3, _number(each)), statements=16
        ),
        Question(name="verification result", request=result, statements=12),
        Question(name="tag", request=tag, statements=13),
    ]


def _got(name: str, path: str, statements: int, *query: tuple[str, str], accept: str = HAL) -> Question:
    request = Request(method="GET", path=f"{path}?{urlencode(query)}" if query else path, accept=accept)
    return Question(name=name, request=lambda _: request, statements=statements)


def _posted(name: str, path: str, body: Mapping[str, Any], statements: int) -> Question:
    return Question(name=name, request=lambda _: Request(method="POST", path=path, body=body), statements=statements)


def _publication(pairs: list[Pair], number: str, revision: Revision) -> Request:
    body = {
        "pacticipantName": pairs[0].consumer,
        "pacticipantVersionNumber": number,
        "branch": "main",
        "buildUrl": f"https://ci.example.org/{number}",
        "contracts": [
            {
                "consumerName": pair.consumer,
                "providerName": pair.provider,
                "specification": "pact",
                "contentType": "application/json",
                "content": base64.b64encode(seeds.text(pair, revision).encode()).decode(),
            }
            for pair in pairs
        ],
    }
    return Request(method="POST", path=urls.PUBLISH_CONTRACTS, body=body)


def _result(pair: Pair, revision: Revision, number: str) -> Request:
    from contracts.model import contents  # noqa: PLC0415

    sha = contents.sha(json.loads(seeds.text(pair, revision)))
    path = urls.expand(urls.RESULTS, provider=pair.provider, consumer=pair.consumer, sha=sha)
    tests = [{"interactionDescription": "a request", "success": True, "mismatches": [], "exceptions": []}]
    body = {"success": True, "providerApplicationVersion": number, "testResults": tests}
    return Request(method="POST", path=path, body=body)


def _number(serial: str) -> int:
    return int(serial, 36)
