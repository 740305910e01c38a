"""The outcome of a workflow step in a few words.

A step writes it to GITHUB_OUTPUT as `result`, or as `reason` if it fails because of it. Later steps of the workflow and
fake-ci read it there. A step with a `result` may still fail for another reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from contracts.ci.explanations import explain
from contracts.ci.gate import Decision
from contracts.ci.publish import PublishedPacts
from contracts.verification.reports import Report


RESULT, REASON = "result", "reason"
_NUMBER = re.compile(r"^Result \d+ is a failure: ")  # of a row in the table, which is not shown here
_HASH = re.compile(r"\b([0-9a-f]{8})(?:[0-9a-f]{56}|[0-9a-f]{32})\b")


def short(text: str) -> str:
    """Return *text* with each hash shortened to its first eight digits.

    >>> short("version 0123456789012345678901234567890123456789+0a1b2c3d4e5f")
    'version 01234567+0a1b2c3d4e5f'
    """
    return _HASH.sub(r"\1", text)


def write(output: Path, words: str, *, passed: bool) -> None:
    """Write *words* in one line to *output*, the GITHUB_OUTPUT of the step."""
    with output.open("a", encoding="utf-8") as file:
        file.write(f"{RESULT if passed else REASON}={' '.join(words.split())}\n")


def of_publishing(published: PublishedPacts) -> str:
    """Describe a publication."""
    count = len(published.contracts)
    return f"published {'pact' if count == 1 else f'{count} pacts'} of {published.version}"


def of_asking(verdict: Decision) -> str:
    """Describe the gate's answer; if it is not a yes, with the first reason."""
    if verdict.deployable:
        return f"yes: {verdict.question.brief(allowed=True)}"
    word = "unknown" if verdict.deployable is None else "no"
    reason = next(iter(verdict.reasons), verdict.question.brief(allowed=False))
    return f"{word}: {_NUMBER.sub('', reason)}"


def of_verifying(report: Report, reasons: Sequence[str] = ()) -> str:
    """Describe a verification: how many interactions of which consumers; for a failure the first reason."""
    if reasons:
        more = f" (and {len(reasons) - 1} more)" if reasons[1:] else ""
        failures = {each.failure: explain(each, provider=report.provider) for each in report.interactions}
        return f"{failures.get(reasons[0], reasons[0])}{more}"
    if not report.kept:
        return _nothing(report)
    of = ", ".join(dict.fromkeys(each.consumer for each in report.interactions))
    failing = len(report.interactions) - report.kept
    stops = f"; {failing} pending {'fails' if failing == 1 else 'fail'}, which blocks nobody" if failing else ""
    return f"{_count(report.kept)} with {of} verified{stops}"


def verified(report: Report, *, failed: bool) -> str:
    """Return the heading of a verification's report."""
    published = "; results are published" if report.published else ""
    of = f"{report.kept} of {len(report.interactions)} interactions as agreed{published}"
    if failed:
        outcome = of if report.interactions else "nothing was verified"
        return f"Verification of {report.provider} failed: {outcome}"
    if report.kept:
        return f"Verification of {report.provider} passed: {of}"
    return f"Verification of {report.provider}: {_nothing(report)}{published}"


def _nothing(report: Report) -> str:
    failing = len(report.interactions)
    if not failing:
        return "nothing to verify yet"
    return (
        f"nothing that counts was verified: {_count(failing)} of pending pacts failed, "
        "and pending pacts do not fail the build"
    )


def _count(number: int) -> str:
    return f"{number} {'interaction' if number == 1 else 'interactions'}"
