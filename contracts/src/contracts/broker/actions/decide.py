"""Can it be deployed? Every question to the matrix is answered here; nothing is changed.

At most five statements, however large the response is; two more if a limit may have removed rows.
Source: Pact Broker protocol, matrix and can-i-deploy (algorithm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.broker.actions.resolution import Resolution, resolve
from contracts.broker.actions.resolution import UnknownNames as UnknownNames  # noqa: PLC0414, for callers
from contracts.broker.actions.resolution import unknown_names as unknown_names  # noqa: PLC0414, for callers
from contracts.broker.store import attestations, branches, environments, pacticipants, versions
from contracts.broker.store.database import Connection
from contracts.model.attestations import Attestation
from contracts.model.criteria import InEnvironment, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import NotFound
from contracts.model.matrix import Ignored, MatrixQuestion, Resolved, Scope, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy, Result, Row, group, in_order
from contracts.model.pacticipants import Pacticipant
from contracts.model.verdicts import Findings, Policy, Verdict, judge, unseen


_ONE_IS_ENOUGH = Policy()


class Absent(NotFound):
    """What a question starts from does not exist; *what* is the word for it, such as branch."""

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verdict and its rows, in the order of the response; ignored rows do not count.

    *resolved* are the versions that the question is about.
    """

    rows: Sequence[Row]
    ignored_rows: Sequence[Row]
    verdict: Verdict
    resolved: Sequence[Resolved]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The rows of a question without a verdict, in the order of the page.

    *total* is their number without a limit; *missing* are the selectors that no version matches.
    """

    rows: Sequence[Row]
    total: int
    missing: Sequence[Resolved]


def to_environment(name: str) -> Scope:
    """The scope of a deployment to an environment: what is there now."""
    return Scope(version_filter=VersionFilter(criteria=(InEnvironment(environment=name),)))


def to_tag(name: str) -> Scope:
    """The scope of a deployment to a tag: the latest versions with it."""
    return Scope(version_filter=VersionFilter(criteria=(Tagged(tag=name),), latest=True))


def to_main_branch() -> Scope:
    """The scope of a merge: the heads of the other applications' main branches."""
    return Scope(version_filter=VersionFilter(criteria=(OnMainBranch(),), latest=True))


def can_i_deploy(
    connection: Connection,
    selector: Selector,
    scope: Scope,
    ignored: Sequence[Ignored] = (),
    *,
    policy: Policy = _ONE_IS_ENOUGH,
) -> Answer:
    """Return whether the version of *selector* works with everything in *scope*, by *policy*.

    Raises:
        UnknownNames: if the application or the environment does not exist.
    """
    one_of_each = LatestBy.CONSUMER_VERSION_AND_PROVIDER
    every_version = LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION
    return answer(
        connection,
        MatrixQuestion(
            selectors=(selector,),
            others=scope,
            latest_by=one_of_each if scope.environment is None else every_version,
            ignored=tuple(ignored),
        ),
        policy=policy,
    )


def from_tag(connection: Connection, pacticipant: str, tag: str, to: str) -> Answer:
    """Return whether the latest version with *tag* works with the latest versions with the tag *to*.

    Raises:
        Absent: if the pacticipant or a version with the tag does not exist.
    """
    application = _pacticipant(connection, pacticipant)
    if versions.latest_with_tag(connection, application.id, tag) is None:
        raise Absent("version", f"{pacticipant} has no version with the tag '{tag}'")
    selector = Selector(pacticipant=pacticipant, version_filter=VersionFilter(criteria=(Tagged(tag=tag),), latest=True))
    return can_i_deploy(connection, selector, to_tag(to))


def from_branch(
    connection: Connection, pacticipant: str, branch: str, environment: str, *, policy: Policy = _ONE_IS_ENOUGH
) -> Answer:
    """Return whether the head of *branch* can be deployed to *environment*, by *policy*.

    Raises:
        Absent: if the pacticipant, the branch, a version on it or the environment does not exist.
    """
    application = _pacticipant(connection, pacticipant)
    if (existing := branches.get(connection, application.id, branch)) is None:
        raise Absent("branch", f"There is no branch '{branch}' of {pacticipant}")
    if existing.head_version_id is None:
        raise Absent("version", f"{pacticipant} has no version on the branch '{branch}'")
    if environments.get_by_name(connection, environment) is None:
        raise Absent("environment", f"There is no environment named '{environment}'")
    selector = Selector(
        pacticipant=pacticipant, version_filter=VersionFilter(criteria=(OnBranch(branch=branch),), latest=True)
    )
    return can_i_deploy(connection, selector, to_environment(environment), policy=policy)


def can_i_merge(connection: Connection, pacticipant: str) -> Answer:
    """Return whether the head of a main branch works with the heads of the main branches of other applications.

    Raises:
        Absent: if the pacticipant or a version on its main branch does not exist.
    """
    application = _pacticipant(connection, pacticipant)
    main = application.main_branch and branches.get(connection, application.id, application.main_branch)
    if not main or main.head_version_id is None:
        raise Absent("main branch version", f"{pacticipant} has no version on its main branch")
    selector = Selector(pacticipant=pacticipant, version_filter=VersionFilter(criteria=(OnMainBranch(),), latest=True))
    return can_i_deploy(connection, selector, to_main_branch())


def answer(connection: Connection, question: MatrixQuestion, *, policy: Policy = _ONE_IS_ENOUGH) -> Answer:
    """Return the rows that *question* asks for, and their verdict.

    A limit removes rows, but it never makes a verdict a yes: if the rows within the limit make a yes, a counterexample
    among all rows decides.
    If several versions of a provider are in an environment, the result of one of them is enough, with a warning, unless
    *policy* requires one of each. If it requires attested results, another success is as good as none; this takes one
    more statement, and two if there is a limit.

    Raises:
        UnknownNames: if an application of a selector does not exist, or the environment of the scope.
    """
    resolution = resolve(connection, question)
    rows = resolution.rows()
    considered, ignored = _sorted(question, rows)
    attested_only = policy.requires_attestation(question)
    if attested_only:
        considered = _with_attestations(connection, considered)
    missing_results = unseen(question, resolution.resolved, [*considered, *ignored])
    warnings = [] if policy.every_version else missing_results
    if policy.every_version:
        considered = in_order([*considered, *missing_results])

    verdict_on = _Judge(resolution=resolution, ignored_rows=ignored, unseen=warnings)
    response = verdict_on(considered)
    if resolution.limit is None or not response.verdict.deployable:
        return response
    if attested_only:
        everything, _ = _sorted(question, resolution.everything())
        counterexample = [row for row in _with_attestations(connection, everything) if not row.success][:1]
    elif not question.may_be_cut(resolution.resolved, len(rows)):
        return response
    else:
        counterexample = resolution.counterexample()
    return verdict_on(in_order([*considered, *counterexample])) if counterexample else response


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """The verdict on a question, given the rows that count."""

    resolution: Resolution
    ignored_rows: Sequence[Row]
    unseen: Sequence[Row]

    def __call__(self, rows: Sequence[Row]) -> Answer:
        findings = Findings(
            question=self.resolution.question,
            resolved=self.resolution.resolved,
            integrations=self.resolution.integrations,
            rows=rows,
            ignored_rows=self.ignored_rows,
            unknown_ignored=self.resolution.unknown_ignored,
            unseen=self.unseen,
        )
        resolved = findings.resolved
        return Answer(rows=rows, ignored_rows=self.ignored_rows, verdict=judge(findings), resolved=resolved)


def between(connection: Connection, question: MatrixQuestion, *, count_to: int) -> Listing:
    """Return the results among the applications that *question* names, counted up to *count_to*.

    Each provider version that is in an environment has a row, also without a result.

    Raises:
        UnknownNames: if an application of a selector does not exist.
        ValueError: if the question groups its rows.
    """
    if question.latest_by is not None:
        raise ValueError("A listing has every result. Leave out latest_by")
    resolution = resolve(connection, question, with_scope=False)
    rows, _ = _sorted(question, resolution.rows())
    missing_results = unseen(question, resolution.resolved, rows)
    return Listing(
        rows=in_order([*rows, *missing_results]),
        total=resolution.count(count_to) + len(missing_results),
        missing=[each for each in resolution.resolved if each.missing],
    )


def _sorted(question: MatrixQuestion, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that count and those that the question ignores: one of each group, with the results it asks for."""
    considered: list[Row] = []
    ignored: list[Row] = []
    for row in in_order(row for row in group(rows, question.latest_by) if row.success in question.successes):
        (ignored if question.ignores(row) else considered).append(row)
    return considered, ignored


def _with_attestations(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Return *rows*, whose results say whether they are attested; one statement."""
    builds = attestations.attested(connection, {row.result.id for row in rows if row.result is not None})
    return [
        row if row.result is None else replace(row, result=_with_build(row.result, builds.get(row.result.id)))
        for row in rows
    ]


def _with_build(result: Result, build: Attestation | None) -> Result:
    return replace(result, attested=build is not None, attestation=build)


def _pacticipant(connection: Connection, name: str) -> Pacticipant:
    if (pacticipant := pacticipants.get(connection, name)) is None:
        raise Absent("pacticipant", f"There is no pacticipant named '{name}'")
    return pacticipant
