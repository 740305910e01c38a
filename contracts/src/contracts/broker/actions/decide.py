"""May it be deployed? Every question to the matrix is answered here; nothing is changed.

However large the answer, at most five statements: names, the versions that selectors stand for, pairs, the versions of
those not named, and rows; two more where these are limited.
Source: Pact Broker protocol, matrix and can-i-deploy (algorithm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.broker.store import branches, environments, pacticipants, versions
from contracts.broker.store.database import Connection
from contracts.broker.store.matrix import rows as matrix_rows
from contracts.broker.store.matrix import versions as matrix
from contracts.broker.store.matrix.versions import Known, VersionQuery
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import InvalidQuery, NotFound
from contracts.model.matrix import (
    Counterexample,
    Ignored,
    Integration,
    LatestBy,
    Limit,
    Question,
    Resolved,
    Row,
    Scope,
    Selector,
    VersionFilter,
    group,
    in_order,
)
from contracts.model.pacticipants import Pacticipant
from contracts.model.verdicts import Findings, Verdict, judge, unseen
from contracts.model.versions import VersionRef


class Absent(NotFound):
    """What a question starts from does not exist; *what* is the word for it, such as branch."""

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verdict and the rows it rests on, in the order in which they are shown; ignored rows do not count."""

    rows: Sequence[Row]
    ignored_rows: Sequence[Row]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The rows of a question without a verdict, in the order in which they are shown.

    *total* is how many there are, of which a limit shows some; *missing* are the selectors that stand for no version.
    """

    rows: Sequence[Row]
    total: int
    missing: Sequence[Resolved]


class UnknownNames(InvalidQuery):
    """A question names *pacticipants* that there are not, or an *environment* as its scope."""

    def __init__(self, names: Sequence[str], environment: str | None) -> None:
        problems = [f"There is no application named '{each}' in this broker: check the spelling" for each in names]
        if environment is not None:
            problems.append(f"There is no environment named '{environment}' in this broker: check the spelling")
        super().__init__(problems)
        self.pacticipants = tuple(names)
        self.environment = environment


def to_environment(name: str) -> Scope:
    """The scope of a deployment to an environment: what is there now."""
    return Scope(version_filter=VersionFilter(criteria=(InEnvironment(environment=name),)))


def to_tag(name: str) -> Scope:
    """The scope of a deployment to where the latest versions with a tag are."""
    return Scope(version_filter=VersionFilter(criteria=(Tagged(tag=name),), latest=True))


def to_main_branch() -> Scope:
    """The scope of a merge: the heads of the other applications' main branches."""
    return Scope(version_filter=VersionFilter(criteria=(OnMainBranch(),), latest=True))


def can_i_deploy(
    connection: Connection, selector: Selector, scope: Scope, ignored: Sequence[Ignored] = (), *, strict: bool = False
) -> Answer:
    """Whether the version that *selector* stands for works with everything in *scope*; *strict* is as in `answer`.

    Raises:
        UnknownNames: if there is no such application or environment.
    """
    one_of_each = LatestBy.CONSUMER_VERSION_AND_PROVIDER
    every_version = LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION
    return answer(
        connection,
        Question(
            selectors=(selector,),
            others=scope,
            latest_by=one_of_each if scope.environment is None else every_version,
            ignored=tuple(ignored),
        ),
        strict=strict,
    )


def from_tag(connection: Connection, pacticipant: str, tag: str, to: str) -> Answer:
    """Whether the latest version with *tag* can go where the latest versions with the tag *to* are.

    Raises:
        Absent: if there is no such pacticipant, or no version with the tag.
    """
    application = _pacticipant(connection, pacticipant)
    if versions.latest_with_tag(connection, application.id, tag) is None:
        what, message = "version", f"There is no version of {pacticipant} with the tag '{tag}'"
        raise Absent(what, message)
    selector = Selector(pacticipant=pacticipant, version_filter=VersionFilter(criteria=(Tagged(tag=tag),), latest=True))
    return can_i_deploy(connection, selector, to_tag(to))


def from_branch(
    connection: Connection, pacticipant: str, branch: str, environment: str, *, strict: bool = False
) -> Answer:
    """Whether the head of *branch* can go to the environment of that name; *strict* is as in `answer`.

    Raises:
        Absent: if there is no such pacticipant, branch, version on it, or environment.
    """
    application = _pacticipant(connection, pacticipant)
    if (found := branches.get(connection, application.id, branch)) is None:
        what, message = "branch", f"There is no branch '{branch}' of {pacticipant}"
        raise Absent(what, message)
    if found.head_version_id is None:
        what, message = "version", f"There is no version of {pacticipant} on the branch '{branch}'"
        raise Absent(what, message)
    if environments.get_by_name(connection, environment) is None:
        what, message = "environment", f"There is no environment named '{environment}'"
        raise Absent(what, message)
    selector = Selector(
        pacticipant=pacticipant, version_filter=VersionFilter(criteria=(OnBranch(branch=branch),), latest=True)
    )
    return can_i_deploy(connection, selector, to_environment(environment), strict=strict)


def can_i_merge(connection: Connection, pacticipant: str) -> Answer:
    """Whether the head of a main branch works with the heads of the others' main branches.

    Raises:
        Absent: if there is no such pacticipant, or no version on its main branch.
    """
    application = _pacticipant(connection, pacticipant)
    main = application.main_branch and branches.get(connection, application.id, application.main_branch)
    if not main or main.head_version_id is None:
        what, message = "main branch version", f"There is no version of {pacticipant} on its main branch"
        raise Absent(what, message)
    selector = Selector(pacticipant=pacticipant, version_filter=VersionFilter(criteria=(OnMainBranch(),), latest=True))
    return can_i_deploy(connection, selector, to_main_branch())


def unknown_names(connection: Connection, names: Sequence[str], environment: str | None) -> UnknownNames | None:
    """Which of these names there are not; None when there are all of them."""
    known = matrix.known(connection, set(names), [] if environment is None else [environment])
    return _unknown(known, names, environment)


def answer(connection: Connection, question: Question, *, strict: bool = False) -> Answer:
    """The rows that *question* asks for, and their verdict.

    A limit leaves out rows, but it makes no yes: what is yes in part only is held against the row that says otherwise.
    Of several provider versions in an environment one result suffices, with a warning; a *strict* answer awaits all.

    Raises:
        UnknownNames: if there is no application, or environment of its scope, that it names.
    """
    known = _known(connection, question)
    specified, unknown_ignored = _specified(connection, question, known)
    integrations = _integrations(connection, question, specified)
    resolved = [*specified, *_inferred(connection, question, specified, integrations, known)]
    limit = question.most_rows(resolved)
    rows = _rows(connection, question, resolved, integrations, limit)
    considered, ignored = _sorted(question, rows)
    awaited = unseen(question, resolved, [*considered, *ignored])
    if strict:
        considered, awaited = in_order([*considered, *awaited]), []

    def judged(considered: Sequence[Row]) -> Answer:
        findings = Findings(
            question=question,
            resolved=resolved,
            integrations=integrations,
            rows=considered,
            ignored_rows=ignored,
            unknown_ignored=unknown_ignored,
            unseen=awaited,
        )
        return Answer(rows=considered, ignored_rows=ignored, verdict=judge(findings))

    found = judged(considered)
    if limit is None or not found.verdict.deployable or not question.may_be_cut(resolved, len(rows)):
        return found
    against = _rows(connection, question, resolved, integrations, Counterexample(question=question))
    return judged(in_order([*considered, *against])) if against else found


def between(connection: Connection, question: Question, *, count_to: int) -> Listing:
    """The rows that *question* asks for among the applications that it names, counted up to *count_to*.

    As in a strict answer, each version that is in an environment has a row: one without a result where it gave none.

    Raises:
        UnknownNames: if there is no application that it names.
    """
    known = _known(connection, question)
    resolved, _ = _specified(connection, question, known)
    integrations = _integrations(connection, question, resolved)
    limit = question.most_rows(resolved)
    rows, _ = _sorted(question, _rows(connection, question, resolved, integrations, limit))
    awaited = unseen(question, resolved, rows)
    pairs = {each.pair for each in integrations}
    counted = matrix_rows.count_between(connection, resolved, pairs, latest_by=question.latest_by, most=count_to)
    return Listing(
        rows=in_order([*rows, *awaited]),
        total=counted + len(awaited),
        missing=[each for each in resolved if each.missing],
    )


def _sorted(question: Question, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that count and those that are ignored, one of each group, of the results that the question asks for."""
    considered: list[Row] = []
    ignored: list[Row] = []
    for row in in_order(row for row in group(rows, question.latest_by) if row.success in question.successes):
        (ignored if question.ignores(row) else considered).append(row)
    return considered, ignored


def _pacticipant(connection: Connection, name: str) -> Pacticipant:
    if (found := pacticipants.get(connection, name)) is None:
        what, message = "pacticipant", f"There is no pacticipant named '{name}'"
        raise Absent(what, message)
    return found


def _unknown(known: Known, names: Sequence[str], environment: str | None) -> UnknownNames | None:
    unknown = [each for each in dict.fromkeys(names) if each not in known.pacticipants]
    absent = environment if environment not in {None, *known.environments} else None
    return UnknownNames(unknown, absent) if unknown or absent is not None else None


def _known(connection: Connection, question: Question) -> Known:
    """What there is of the names in *question*; one statement."""
    named = [each.pacticipant for each in question.selectors]
    version_filter = [each.version_filter for each in question.selectors]
    scope = None
    if question.others is not None:
        scope = question.others.environment
        version_filter.append(question.others.version_filter)
    places = {name for each in version_filter for name in each.environments}
    known = matrix.known(connection, {*named, *(each.pacticipant for each in question.ignored)}, places)
    if (unknown := _unknown(known, named, scope)) is not None:
        raise unknown
    return known


def _specified(connection: Connection, question: Question, known: Known) -> tuple[list[Resolved], list[Ignored]]:
    """What the question's selectors stand for, and what it ignores though nobody knows it; one statement."""
    selectors = list(question.selectors)
    versions_ignored = [each for each in question.ignored if each.version and each.pacticipant in known.pacticipants]
    selectors += [
        Selector(
            pacticipant=each.pacticipant, version_filter=VersionFilter(criteria=(Numbered(number=each.version or ""),))
        )
        for each in versions_ignored
    ]
    narrowed = [each for each in selectors if not each.version_filter.anything]
    asked = [
        VersionQuery(
            version_filter=each.version_filter, pacticipants={known.pacticipants[each.pacticipant]: each.pacticipant}
        )
        for each in narrowed
    ]
    found = iter(matrix.find_versions(connection, asked, known.environments))
    resolved: list[Resolved] = []
    for selector in question.selectors:
        meant = [] if selector.version_filter.anything else [version for _, version in next(found)]
        pacticipant_id = known.pacticipants[selector.pacticipant]
        resolved += _resolved(pacticipant_id, selector.pacticipant, selector.version_filter, meant, specified=True)
    unknown = [each for each in question.ignored if each.pacticipant not in known.pacticipants]
    unknown += [each for each in versions_ignored if not next(found)]
    return resolved, unknown


def _resolved(
    pacticipant_id: int, name: str, version_filter: VersionFilter, meant: Sequence[VersionRef], *, specified: bool
) -> list[Resolved]:
    """What one selector stands for: each of the versions *meant*, or where there are none, any or none."""
    return [
        Resolved(
            pacticipant_id=pacticipant_id,
            pacticipant=name,
            version_filter=version_filter,
            specified=specified,
            version=version,
        )
        for version in meant or (None,)
    ]


def _integrations(connection: Connection, question: Question, specified: Sequence[Resolved]) -> list[Integration]:
    find = matrix.integrations_around
    if question.others is None and len(specified) != 1:
        find = matrix.integrations_between
    return find(
        connection,
        consumer_version_ids=[each.version.id for each in specified if each.version is not None],
        consumer_ids=[each.pacticipant_id for each in specified if each.anything],
        provider_ids={each.pacticipant_id for each in specified},
    )


def _inferred(
    connection: Connection,
    question: Question,
    specified: Sequence[Resolved],
    integrations: Sequence[Integration],
    known: Known,
) -> list[Resolved]:
    """The versions that count of every application that the specified ones have a pact with; one statement."""
    if question.others is None:
        return []
    named = {each.pacticipant_id for each in specified}
    others: dict[int, str] = {}
    for each in integrations:
        others |= {each.consumer_id: each.consumer, each.provider_id: each.provider}
    others = {pacticipant_id: name for pacticipant_id, name in others.items() if pacticipant_id not in named}
    if not others:
        return []
    version_filter = question.others.version_filter
    (found,) = matrix.find_versions(
        connection, [VersionQuery(version_filter=version_filter, pacticipants=others)], known.environments
    )
    counting: dict[int, list[VersionRef]] = {pacticipant_id: [] for pacticipant_id in others}
    for pacticipant_id, version in found:
        counting[pacticipant_id].append(version)
    return [
        each
        for pacticipant_id, name in others.items()
        for each in _resolved(pacticipant_id, name, version_filter, counting[pacticipant_id], specified=False)
    ]


def _rows(
    connection: Connection,
    question: Question,
    resolved: Sequence[Resolved],
    integrations: Sequence[Integration],
    cut: Limit | Counterexample | None,
) -> list[Row]:
    if len(resolved) == 1:
        (only,) = resolved
        if only.missing:
            return []
        return matrix_rows.around(
            connection,
            pacticipant_id=only.pacticipant_id,
            version_id=None if only.version is None else only.version.id,
            latest_by=question.latest_by,
            cut=cut,
        )
    return matrix_rows.between(
        connection, resolved, {each.pair for each in integrations}, latest_by=question.latest_by, cut=cut
    )
