"""May it be deployed? Yes, no, or not known: the judgement over the rows of the matrix.

Source: Pact Broker protocol, deployable and counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.model import reasons


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.model.matrix import Ignored, Integration, Question, Resolved, Row
    from contracts.model.notices import Notice
    from contracts.model.reasons import Granted, Reason, Refused, Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement, with its reasons.

    *deployable* is None where something is not known, which is no yes. *ignored* counts the ignored rows; it is None
    where the question ignores nothing.
    """

    deployable: bool | None
    success: int
    failed: int
    unknown: int
    ignored: int | None
    reasons: tuple[Reason, ...]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The reasons as clients get them."""
        return tuple(reasons.notice(each) for each in self.reasons)

    @property
    def reason(self) -> str:
        """All reasons as one text, a line for each."""
        return "\n".join(dict.fromkeys(str(each) for each in self.reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found for a question: everything that its verdict depends on.

    *rows* are those that count, *ignored_rows* those that the question ignores; *unknown_ignored* is what it ignores
    but nobody knows.
    """

    question: Question
    resolved: Sequence[Resolved]
    integrations: Sequence[Integration]
    rows: Sequence[Row]
    ignored_rows: Sequence[Row] = ()
    unknown_ignored: Sequence[Ignored] = ()

    @property
    def specified(self) -> list[Resolved]:
        """What the question's own selectors stand for."""
        return [each for each in self.resolved if each.specified]

    @property
    def missing(self) -> list[Resolved]:
        """The selectors that stand for no version, unless their application is ignored."""
        ignored = {each.pacticipant for each in self.question.ignored if each.version is None}
        return [each for each in self.specified if each.missing and each.pacticipant not in ignored]

    @property
    def without_a_row(self) -> list[Integration]:
        """The required integrations that no row says anything about."""
        pairs = {row.pair for row in (*self.rows, *self.ignored_rows)}
        return [each for each in self.integrations if each.required and each.pair not in pairs]


def judge(findings: Findings) -> Verdict:
    """Whether what the question is about may be deployed.

    A version that does not exist is a no; anything not known makes the whole not known; then every row must be a
    success. Where there is nothing to keep, the answer is yes.
    """
    unverified = [row for row in findings.rows if row.success is None]
    failed = [row for row in findings.rows if row.success is False]
    without = findings.without_a_row
    deployable: bool | None
    if findings.missing:
        deployable = False
    elif unverified or without:
        deployable = None
    else:
        deployable = not failed
    return Verdict(
        deployable=deployable,
        success=len(findings.rows) - len(unverified) - len(failed),
        failed=len(failed),
        unknown=len(unverified) + len(without),
        ignored=len(findings.ignored_rows) if findings.question.ignored else None,
        reasons=tuple(dict.fromkeys((*_warnings(findings), *_verdict_reasons(findings)))),
    )


def _verdict_reasons(findings: Findings) -> Sequence[Refused] | Sequence[Granted]:
    if refused := list(_refusals(findings)):
        return refused
    return [reasons.Successful() if findings.rows else reasons.NothingMissing()]


def _refusals(findings: Findings) -> Iterator[Refused]:
    if missing := findings.missing:
        # the rows of a version that does not exist say nothing more
        yield from (reasons.SpecifiedVersionDoesNotExist(selector=each) for each in missing)
        return
    wording = reasons.Wording(findings.resolved)
    yield from (wording.of_integration(each) for each in findings.without_a_row)
    yield from (wording.of_row(row) for row in findings.rows if row.success is not True)


def _warnings(findings: Findings) -> Iterator[Warned]:
    yield from (reasons.IgnoredDoesNotExist(ignored=each) for each in findings.unknown_ignored)
    specified, others = findings.specified, findings.question.others
    if len(specified) == 1 and (others is None or not others.wanted.criteria):
        yield reasons.NoEnvironmentSpecified()
    wanted = [each.wanted for each in findings.question.selectors]
    if any(not each.anything for each in wanted) and all(each.number is None for each in wanted):
        yield reasons.SelectorWithoutVersionNumber()
