"""Whether published results have arrived: the broker is asked, because the verifier does not say.

The verifier logs a refused result (401, 404, an answer it cannot read, a branch that could not be
set) and reports success. So each pact's results are read before and after the run: afterwards there
must be one for this provider version that was not there before, with the outcome of this run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.client import NotFound


if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.client import Broker
    from contracts.client.documents import Pact, Row
    from contracts.pipeline.interactions import Verified


def known(broker: Broker, pacts: Iterable[Pact], *, provider: str, version: str) -> frozenset[str]:
    """The URLs of the results that this provider *version* has for *pacts* already."""
    try:
        broker.version(provider, version)
    except NotFound:
        return frozenset()
    rows = [row for pact in pacts for row in _rows(broker, pact, provider, version)]
    return frozenset(row.verification_url for row in rows if row.verification_url)


def unpublished(
    broker: Broker,
    verified: Iterable[Verified],
    *,
    provider: str,
    version: str,
    branch: str | None,
    before: frozenset[str],
) -> tuple[str, ...]:
    """Why each result that should be in the broker now is not as it should be; empty if all are.

    *before* is what `known` gave before the run.
    """
    reasons: list[str] = []
    for each in verified:
        pact, what = each.expected.pact, each.expected.what
        if pact is None:
            continue
        new = [row for row in _rows(broker, pact, provider, version) if row.verification_url not in before]
        if not new:
            hint = "" if pact.takes_results else " (The broker takes no results for it.)"
            reasons.append(
                f"The result for {what} was not published: the broker does not hold it.{hint} Check "
                "that the credentials may write, and the broker's log."
            )
        elif any(row.success is not each.passed for row in new):
            held = "failure" if each.passed else "success"
            reasons.append(f"The broker holds a {held} for {what}, which is not this run's result.")
    if branch is not None and not reasons:
        reasons += _not_on_branch(broker, provider, version, branch)
    return tuple(reasons)


def _rows(broker: Broker, pact: Pact, provider: str, version: str) -> list[Row]:
    return [
        row
        for row in broker.results_of(pact)
        if (row.consumer, row.consumer_version) == (pact.consumer, pact.consumer_version)
        and (row.provider, row.provider_version) == (provider, version)
        and row.verification_url is not None
    ]


def _not_on_branch(broker: Broker, provider: str, version: str, branch: str) -> list[str]:
    if branch in broker.version(provider, version).branches:
        return []
    reason = (
        f"The results were published, but version {version} of {provider} is not on branch "
        f"{branch!r} in the broker: pending pacts and matching branches would go wrong."
    )
    return [reason]
