"""What came of a step, in a few words, as the step itself says it.

A step writes them as its output `result`, or `reason` where that is why it fails (GITHUB_OUTPUT): later steps of a
workflow, and fake-ci, read them there. A step may fail for another reason than what it wrote as its result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from contracts.ci.gate import Verdict
from contracts.ci.publish import Published
from contracts.verification.verify import Report


RESULT, REASON = "result", "reason"
_HASH = re.compile(r"\b([0-9a-f]{8})(?:[0-9a-f]{56}|[0-9a-f]{32})\b")


def short(text: str) -> str:
    """*text* with the first eight digits of each hash, as people tell commits apart.

    >>> short("version 0123456789012345678901234567890123456789+0a1b2c3d4e5f")
    'version 01234567+0a1b2c3d4e5f'
    """
    return _HASH.sub(r"\1", text)


def write(output: Path, words: str, *, passed: bool) -> None:
    """Write *words* as an output of the step whose GITHUB_OUTPUT is *output*; in one line, whatever they hold."""
    with output.open("a", encoding="utf-8") as file:
        file.write(f"{RESULT if passed else REASON}={' '.join(words.split())}\n")


def of_publishing(published: Published) -> str:
    """What was published."""
    count = len(published.contracts)
    return f"published {'pact' if count == 1 else f'{count} pacts'} of {published.version}"


def of_asking(verdict: Verdict) -> str:
    """The gate's answer, and the first reason where it is no yes."""
    who = f"{verdict.pacticipant} {verdict.version}"
    if verdict.deployable:
        return f"yes: {who} can go to {verdict.environment}"
    word = "unknown" if verdict.deployable is None else "no"
    return f"{word}: {next(iter(verdict.reasons), f'{who} to {verdict.environment}')}"


def of_verifying(report: Report, reasons: Sequence[str] = ()) -> str:
    """How many interactions are verified, with whom; of a failure the first reason."""
    if reasons:
        more = f" (and {len(reasons) - 1} more)" if reasons[1:] else ""
        return f"{reasons[0]}{more}"
    if not report.kept:
        return _nothing(report)
    of = ", ".join(dict.fromkeys(each.consumer for each in report.interactions))
    failing = len(report.interactions) - report.kept
    stops = f"; {failing} pending {'fails' if failing == 1 else 'fail'}, which stops nobody" if failing else ""
    return f"{_count(report.kept)} with {of} verified{stops}"


def verified(report: Report, *, failed: bool) -> str:
    """The heading of a verification's report."""
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
