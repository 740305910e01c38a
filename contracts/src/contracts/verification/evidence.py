"""Publishing the results of a run, after it ended, and seeing that they arrived.

A result is published when everything was verified, and not before: a run that is interrupted publishes nothing. Each
pact's results are read before and after, because a broker may answer with success and keep nothing: afterwards there
must be a result for this provider version that was not there before, with the outcome of this run.
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
    """Where results are published, and under which version, branch and build."""

    broker: Broker
    provider: str
    version: str
    branch: str | None
    build_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One pact and what came of its interactions; of a pact that could not be read, of one that stands for it all."""

    planned: Planned
    interactions: tuple[Interaction, ...]

    @property
    def passed(self) -> bool | None:
        """Whether the pact is kept; None if it is not known: it has no interactions, or the verifier came to no end."""
        if not all(each.judged for each in self.interactions):
            return None
        return all(each.success for each in self.interactions) if self.interactions else None


def known(to: Publishing, pacts: Iterable[Pact]) -> frozenset[str]:
    """The URLs of the results that this provider version has for *pacts* already."""
    try:
        to.broker.version(to.provider, to.version)
    except NotFound:
        return frozenset()
    rows = [row for pact in pacts for row in _rows(to, pact)]
    return frozenset(row.verification_url for row in rows if row.verification_url)


def register(to: Publishing) -> None:
    """Register the provider's version, with its branch and build, so that it can be deployed."""
    if to.branch is not None:
        to.broker.add_branch(pacticipant=to.provider, version=to.version, branch=to.branch)
    to.broker.put_version(to.provider, to.version, build_url=to.build_url)


def publish(to: Publishing, verified: Sequence[Verified], *, before: frozenset[str]) -> tuple[str, ...]:
    """Publish the result of each pact whose outcome is known; why one is not in the broker as it should be.

    *before* is what `known` gave before the run.
    """
    judged = [each for each in verified if each.passed is not None and each.planned.pact is not None]
    if not judged:
        return ()
    if to.branch is not None:
        try:
            to.broker.add_branch(pacticipant=to.provider, version=to.version, branch=to.branch)
        except ClientError as error:
            which = f"version {to.version} of {to.provider}"
            return (f"No result was published: {which} could not be put on branch {to.branch!r}. {error}",)
    reasons: list[str] = []
    for each in judged:
        reasons += _published(to, each, before)
    if to.branch is not None and not reasons:
        reasons += _not_on_branch(to, to.branch)
    return tuple(reasons)


def _published(to: Publishing, each: Verified, before: frozenset[str]) -> list[str]:
    pact, what = each.planned.pact, each.planned.what
    if pact is None:
        return []
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
        return [f"The result for {what} was not published: the broker does not hold it. {advice}"]
    if any(row.success is not each.passed for row in new):
        held = "failure" if each.passed else "success"
        return [f"The broker holds a {held} for {what}, which is not this run's result."]
    return []


def _document(to: Publishing, each: Verified) -> JsonObject:
    """A result in the protocol's words. Source: Pact Broker protocol, publishing verification results."""
    result: JsonObject = {
        "success": each.passed is True,
        "providerApplicationVersion": to.version,
        "testResults": result_documents(each.interactions),
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
        f"{branch!r} in the broker: pending pacts and matching branches would go wrong."
    )
    return [reason]
