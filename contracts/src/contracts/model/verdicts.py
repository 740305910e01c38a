"""May it be deployed? Yes, no, or not known: the judgement over the rows of the matrix.

Source: Pact Broker protocol, deployable and counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contracts.model import reasons
from contracts.model.matrix import InEnvironment, LatestBy


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.model.matrix import Ignored, Integration, Question, Resolved, Row
    from contracts.model.notices import Notice
    from contracts.model.reasons import Granted, Reason, Refused, Warned
    from contracts.model.versions import VersionRef


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
    but nobody knows, *unseen* what `unseen` finds where it does not count.
    """

    question: Question
    resolved: Sequence[Resolved]
    integrations: Sequence[Integration]
    rows: Sequence[Row]
    ignored_rows: Sequence[Row] = ()
    unknown_ignored: Sequence[Ignored] = ()
    unseen: Sequence[Row] = ()

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


def unseen(question: Question, resolved: Sequence[Resolved], rows: Sequence[Row]) -> list[Row]:
    """The results that *rows* lack of provider versions that are in an environment beside one that gave a result.

    As with the reference broker the one suffices; where rows stand for several results, nothing is said.
    """
    every_result = question.latest_by in {None, LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION}
    if not every_result or question.successes != {True, False, None}:
        return []
    places: dict[int, dict[int, VersionRef]] = defaultdict(dict)
    for each in resolved:
        if each.version is not None and any(isinstance(one, InEnvironment) for one in each.wanted.criteria):
            places[each.pacticipant_id][each.version.id] = each.version
    seen = {(row.pact_id, row.result.provider_version.id) for row in rows if row.result is not None}
    verified = {row.pact_id: row for row in rows if row.result is not None}
    awaited = [
        replace(row, result=None, awaited=version)
        for row in verified.values()
        for version in places[row.provider_id].values()
        if (row.pact_id, version.id) not in seen
    ]
    return [row for row in awaited if not question.ignores(row)]


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
    if findings.unseen:
        return [reasons.SuccessfulInPart()]
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
    wording = reasons.Wording(findings.resolved)
    yield from (wording.of_unseen(row) for row in findings.unseen)
    specified, others = findings.specified, findings.question.others
    if len(specified) == 1 and (others is None or not others.wanted.criteria):
        yield reasons.NoEnvironmentSpecified()
    wanted = [each.wanted for each in findings.question.selectors]
    if any(not each.anything for each in wanted) and all(each.number is None for each in wanted):
        yield reasons.SelectorWithoutVersionNumber()
