"""Publishes the results of a run after its end, and checks that they arrived.

Results are published only when everything is verified, so an interrupted run publishes nothing. A broker may respond
with success and store nothing, so the results of each pact are read before and after: the broker must then have a new
result for this provider version, with the outcome of this run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata

from contracts.client import Broker, ClientError, NotFound
from contracts.client.documents import Pact, Row
from contracts.client.hal import JsonObject
from contracts.verification.interactions import Interaction, result_documents
from contracts.verification.sources import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """The broker that gets the results, and their version, branch and build."""

    broker: Broker
    provider: str
    version: str
    branch: str | None
    build_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultToPublish:
    """A result to publish: whether the *pact*, which messages call *what*, is honoured."""

    pact: Pact
    what: str
    passed: bool
    test_results: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One pact and the outcomes of its interactions; an unreadable pact has a single one."""

    planned: Planned
    interactions: tuple[Interaction, ...]

    @property
    def passed(self) -> bool | None:
        """Whether the pact is honoured; None if unknown: it has no interactions, or the verifier did not finish."""
        if not all(each.judged for each in self.interactions):
            return None
        return all(each.success for each in self.interactions) if self.interactions else None

    @property
    def outcome(self) -> ResultToPublish | None:
        """The result to publish; None if the outcome is unknown, or the pact is not one of a broker."""
        if self.passed is None or self.planned.pact is None:
            return None
        tests = tuple(result_documents(self.interactions))
        return ResultToPublish(pact=self.planned.pact, what=self.planned.what, passed=self.passed, test_results=tests)


def earlier_results(to: Publishing, pacts: Iterable[Pact]) -> frozenset[str]:
    """Return the URLs of the results that this provider version already has for *pacts*."""
    try:
        to.broker.version(to.provider, to.version)
    except NotFound:
        return frozenset()
    rows = [row for pact in pacts for row in _rows(to, pact)]
    return frozenset(row.verification_url for row in rows if row.verification_url)


def report_start(to: Publishing, pacts: Sequence[Pact]) -> tuple[str, ...]:
    """Report to the broker that this build verifies *pacts*, so that it does not request the results again.

    The run does not depend on it: if the broker refuses, return a note for people.
    """
    try:
        to.broker.report_start(pacts, provider_version=to.version, build_url=to.build_url)
    except ClientError as error:
        return (f"The broker was not informed that this build started, so it may request the results again. {error}",)
    return ()


def register(to: Publishing) -> None:
    """Register the provider's version, with its branch and build, so that it can be deployed."""
    if to.branch is not None:
        to.broker.add_branch(pacticipant=to.provider, version=to.version, branch=to.branch)
    to.broker.put_version(to.provider, to.version, build_url=to.build_url)


def publish(to: Publishing, outcomes: Sequence[ResultToPublish], *, before: frozenset[str]) -> tuple[str, ...]:
    """Publish the *outcomes*; return the reasons why one is not in the broker.

    *before* is the return value of `earlier_results` before the run.
    """
    if not outcomes:
        return ()
    if to.branch is not None:
        try:
            to.broker.add_branch(pacticipant=to.provider, version=to.version, branch=to.branch)
        except ClientError as error:
            which = f"version {to.version} of {to.provider}"
            return (f"No result was published: {which} could not be put on branch {to.branch!r}. {error}",)
    reasons: list[str] = []
    for each in outcomes:
        reasons += _published(to, each, before)
    if to.branch is not None and not reasons:
        reasons += _not_on_branch(to, to.branch)
    return tuple(reasons)


def _published(to: Publishing, each: ResultToPublish, before: frozenset[str]) -> list[str]:
    pact, what = each.pact, each.what
    try:
        to.broker.publish_result(pact, _document(to, each))
        new = [row for row in _rows(to, pact) if row.verification_url not in before]
        if not new:
            # the pact may have been merged or replaced during the run: its result is that of an earlier revision
            new = [row for row in _of(to, pact, _every_revision(to, pact)) if row.verification_url not in before]
    except ClientError as error:
        return [f"The result for {what} was not published. {error}"]
    if not new:
        advice = "Check that the credentials may write, and the broker's log."
        return [f"The result for {what} was not published: the broker does not have it. {advice}"]
    if any(row.success is not each.passed for row in new):
        opposite = "failure" if each.passed else "success"
        return [f"The broker has a {opposite} for {what}, which is not the result of this run."]
    return []


def _document(to: Publishing, each: ResultToPublish) -> JsonObject:
    """Return a result as the protocol writes it. Source: Pact Broker protocol, publishing verification results."""
    result: JsonObject = {
        "success": each.passed,
        "providerApplicationVersion": to.version,
        "testResults": list(each.test_results),
        "verifiedBy": {"implementation": "pact-contracts", "version": metadata.version("pact-contracts")},
    }
    return result | ({"buildUrl": to.build_url} if to.build_url else {})


def _rows(to: Publishing, pact: Pact) -> list[Row]:
    return _of(to, pact, to.broker.results_of(pact))


def _every_revision(to: Publishing, pact: Pact) -> tuple[Row, ...]:
    selectors = [{"pacticipant": pact.consumer, "version": pact.consumer_version}]
    if pact.provider != pact.consumer:
        selectors.append({"pacticipant": pact.provider})
    return to.broker.matrix(selectors).rows


def _of(to: Publishing, pact: Pact, rows: Iterable[Row]) -> list[Row]:
    return [
        row
        for row in rows
        if (row.consumer, row.consumer_version) == (pact.consumer, pact.consumer_version)
        and (row.provider, row.provider_version) == (to.provider, to.version)
        and row.verification_url is not None
    ]


def _not_on_branch(to: Publishing, branch: str) -> list[str]:
    if branch in to.broker.version(to.provider, to.version).branches:
        return []
    reason = (
        f"The results were published, but version {to.version} of {to.provider} is not on branch "
        f"{branch!r} in the broker, so pending pacts and matching branches would be wrong."
    )
    return [reason]
