"""The verdict on a question to the matrix: may the version be deployed? Yes, no, or unknown.

Source: Pact Broker protocol, deployable and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from contracts.model import reasons
from contracts.model.criteria import InEnvironment
from contracts.model.matrix import Ignored, Integration, MatrixQuestion, Resolved
from contracts.model.matrix_rows import LatestBy, Row
from contracts.model.notices import Notice
from contracts.model.reasons import Granted, Reason, Refused, Warned
from contracts.model.versions import VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a yes requires beyond one success for each contract.

    With *every_version*, each provider version in an environment needs a result. Questions about one of
    *attested_environments* need results that trusted builds published.
    """

    every_version: bool = False
    attested_environments: frozenset[str] = frozenset()

    def requires_attestation(self, question: MatrixQuestion) -> bool:
        """Whether *question* is about an environment that requires attested results."""
        filters = [each.version_filter for each in question.selectors]
        filters += [] if question.others is None else [question.others.version_filter]
        return any(not self.attested_environments.isdisjoint(each.environments) for each in filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the version may be deployed, with the counts of rows and the reasons.

    *deployable* is None if a result is missing: clients treat it as a no. *ignored* counts the ignored rows; it is None
    if the question ignores nothing.
    """

    deployable: bool | None
    success: int
    failed: int
    unknown: int
    ignored: int | None
    reasons: tuple[Reason, ...]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The reasons as notices for clients."""
        return tuple(reasons.notice(each) for each in self.reasons)

    @property
    def reason(self) -> str:
        """The reasons as one text, one per line."""
        return "\n".join(dict.fromkeys(str(each) for each in self.reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that the verdict on a question depends on.

    *rows* count; *ignored_rows* are those that the question ignores. *unknown_ignored* are ignore selectors of
    applications or versions that do not exist. *unseen* are missing results that only lead to a warning (see `unseen`).
    """

    question: MatrixQuestion
    resolved: Sequence[Resolved]
    integrations: Sequence[Integration]
    rows: Sequence[Row]
    ignored_rows: Sequence[Row] = ()
    unknown_ignored: Sequence[Ignored] = ()
    unseen: Sequence[Row] = ()

    @property
    def specified(self) -> list[Resolved]:
        """The versions of the question's own selectors."""
        return [each for each in self.resolved if each.specified]

    @property
    def missing(self) -> list[Resolved]:
        """The question's own selectors that match no version, except those of ignored applications."""
        ignored = {each.pacticipant for each in self.question.ignored if each.version is None}
        return [each for each in self.specified if each.missing and each.pacticipant not in ignored]

    @property
    def without_a_row(self) -> list[Integration]:
        """The required integrations without a row."""
        pairs = {row.pair for row in (*self.rows, *self.ignored_rows)}
        return [each for each in self.integrations if each.required and each.pair not in pairs]


def unseen(question: MatrixQuestion, resolved: Sequence[Resolved], rows: Sequence[Row]) -> list[Row]:
    """Return the missing results of provider versions whose sibling in the same environment has a result.

    Several versions of a provider can be in one environment. As in the reference broker, the result of one of them is
    enough; the others lead to a warning. The check needs a row for each result, so there is nothing to return if rows
    are grouped more coarsely or filtered by success.

    Ledger 5, 6 and 7 are in the environment live. Of the five pacts of Till and Kiosk, four have a result:

    >>> from contracts.model.matrix import VersionFilter
    >>> live = VersionFilter(criteria=(InEnvironment(environment="live"),))
    >>> deployed = [resolved(3, live, number, specified=False) for number in (5, 6, 7)]
    >>> five = [
    ...     row(consumer=1, consumer_version=1, provider_version=5),  # 6 and 7 are missing
    ...     row(consumer=1, consumer_version=2, provider_version=6),
    ...     row(consumer=1, consumer_version=2, provider_version=7, success=False),  # a failure is a result too: 5
    ...     row(consumer=2, consumer_version=1, provider_version=4),  # not in live: 5, 6 and 7 are missing
    ...     row(consumer=2, consumer_version=2),  # no result at all: an error of its own, not a warning
    ... ]
    >>> for each in unseen(question(), deployed, five):
    ...     print(each.consumer, each.consumer_version.number, "has no result of Ledger", each.awaited.number)
    Till 1 has no result of Ledger 6
    Till 1 has no result of Ledger 7
    Till 2 has no result of Ledger 5
    Kiosk 1 has no result of Ledger 5
    Kiosk 1 has no result of Ledger 6
    Kiosk 1 has no result of Ledger 7
    """
    every_result = question.latest_by in {None, LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION}
    if not every_result or question.successes != {True, False, None}:
        return []
    places: dict[int, dict[int, VersionRef]] = defaultdict(dict)
    for each in resolved:
        if each.version is not None and any(
            isinstance(criterion, InEnvironment) for criterion in each.version_filter.criteria
        ):
            places[each.pacticipant_id][each.version.id] = each.version
    result_keys = {(row.pact_id, row.result.provider_version.id) for row in rows if row.result is not None}
    verified_rows = {row.pact_id: row for row in rows if row.result is not None}
    missing_results = [
        replace(row, result=None, awaited=version)
        for row in verified_rows.values()
        for version in places[row.provider_id].values()
        if (row.pact_id, version.id) not in result_keys
    ]
    return [row for row in missing_results if not question.ignores(row)]


def judge(findings: Findings) -> Verdict:
    """Return the verdict on *findings*.

    The first rule that applies decides:

    1. A version that does not exist makes it a no.
    2. A missing result makes it unknown, even if another result is a failure.
    3. A failure makes it a no.
    4. Otherwise it is a yes, also if no contract exists.

    The same question with five different findings (`row`, `resolved` and the like are helpers of the tests):

    >>> from contracts.model.criteria import Numbered
    >>> from contracts.model.matrix import VersionFilter
    >>> success, failure = row(provider_version=5), row(provider_version=6, success=False)
    >>> absent = resolved(1, VersionFilter(criteria=(Numbered(number="9"),)))
    >>> def deployable(*rows, resolved=(numbered(1, 1),), integrations=()):
    ...     findings = Findings(question=question(), resolved=resolved, integrations=integrations, rows=rows)
    ...     return judge(findings).deployable
    >>> print(deployable(success, resolved=[absent]))  # rule 1: version 9 of Till does not exist
    False
    >>> print(deployable(success, failure, row(provider=4)))  # rule 2: the pact with Stock has no result
    None
    >>> print(deployable(success, integrations=[integration(provider=4)]))  # rule 2: no row with a required provider
    None
    >>> print(deployable(success, failure))  # rule 3
    False
    >>> print(deployable(success), deployable())  # rule 4
    True True
    """
    missing_rows = [row for row in findings.rows if row.success is None]
    failures = [row for row in findings.rows if row.success is False]
    missing_integrations = findings.without_a_row
    deployable: bool | None
    if findings.missing:
        deployable = False
    elif missing_rows or missing_integrations:
        deployable = None
    else:
        deployable = not failures
    return Verdict(
        deployable=deployable,
        success=len(findings.rows) - len(missing_rows) - len(failures),
        failed=len(failures),
        unknown=len(missing_rows) + len(missing_integrations),
        ignored=len(findings.ignored_rows) if findings.question.ignored else None,
        reasons=tuple(dict.fromkeys((*_warnings(findings), *_verdict_reasons(findings)))),
    )


def _verdict_reasons(findings: Findings) -> Sequence[Refused] | Sequence[Granted]:
    if refusals := list(_refusals(findings)):
        return refusals
    if findings.unseen:
        return [reasons.SuccessfulInPart()]
    return [reasons.Successful() if findings.rows else reasons.NothingMissing()]


def _refusals(findings: Findings) -> Iterator[Refused]:
    if missing := findings.missing:
        # without the version, the missing rows are no further information
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
    if len(specified) == 1 and (others is None or not others.version_filter.criteria):
        yield reasons.NoEnvironmentSpecified()
    filters = [each.version_filter for each in findings.question.selectors]
    if any(not each.anything for each in filters) and all(each.number is None for each in filters):
        yield reasons.SelectorWithoutVersionNumber()
