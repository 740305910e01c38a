"""A question to the matrix with the versions that its selectors select, and the pairs that have a pact.

However large the response is, this takes at most four statements: the ids of names, the versions of the selectors, the
pairs, and the versions of the applications that no selector names. `Resolution.rows` adds one for each call.
Source: Pact Broker protocol, matrix and can-i-deploy (algorithm).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from contracts.broker.store.database import Connection
from contracts.broker.store.matrix import pairs, rows, versions
from contracts.broker.store.matrix.versions import Ids, VersionQuery
from contracts.model.criteria import Numbered
from contracts.model.errors import InvalidQuery
from contracts.model.matrix import Counterexample, Ignored, Integration, Limit, MatrixQuestion, Resolved, VersionFilter
from contracts.model.matrix_rows import Row
from contracts.model.versions import VersionRef


class UnknownNames(InvalidQuery):
    """A question names *pacticipants* that do not exist, or an *environment* that does not exist as its scope."""

    def __init__(self, names: Sequence[str], environment: str | None) -> None:
        problems = [f"There is no application named '{each}' in this broker: check the spelling" for each in names]
        if environment is not None:
            problems.append(f"There is no environment named '{environment}' in this broker: check the spelling")
        super().__init__(problems)
        self.pacticipants = tuple(names)
        self.environment = environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A *question* with what it is about: *specified* by its selectors, *inferred* from its scope.

    *unknown_ignored* are its ignore selectors of applications or versions that do not exist.
    """

    connection: Connection
    question: MatrixQuestion
    specified: Sequence[Resolved]
    integrations: Sequence[Integration]
    inferred: Sequence[Resolved] = ()
    ignored_pacticipant_ids: frozenset[int] = frozenset()
    ignored_version_ids: frozenset[int] = frozenset()
    unknown_ignored: Sequence[Ignored] = field(default=())

    @property
    def resolved(self) -> list[Resolved]:
        """Every version that counts."""
        return [*self.specified, *self.inferred]

    @property
    def limit(self) -> Limit | None:
        """The limit of the response; None for all rows."""
        return self.question.most_rows(self.resolved)

    def rows(self) -> list[Row]:
        """The rows of the question, within its limit; one statement."""
        return self._rows(self.limit)

    def everything(self) -> list[Row]:
        """The rows of the question without a limit; one statement."""
        return self._rows(None)

    def counterexample(self) -> list[Row]:
        """The newest row, of all without a limit, that contradicts a yes; empty if there is none. One statement."""
        return self._rows(
            Counterexample(
                successes=self.question.successes,
                ignored_pacticipant_ids=self.ignored_pacticipant_ids,
                ignored_version_ids=self.ignored_version_ids,
            )
        )

    def count(self, most: int) -> int:
        """The number of results, and of pacts without one, counted up to *most*; one statement."""
        return rows.count_between(self.connection, self.resolved, self._pairs, most=most)

    @property
    def _pairs(self) -> set[tuple[int, int]]:
        return {each.pair for each in self.integrations}

    def _rows(self, cut: Limit | Counterexample | None) -> list[Row]:
        latest_by = self.question.latest_by
        if len(resolved := self.resolved) > 1:
            return rows.between(self.connection, resolved, self._pairs, latest_by=latest_by, cut=cut)
        (only,) = resolved
        if only.missing:
            return []
        return rows.around(
            self.connection,
            pacticipant_id=only.pacticipant_id,
            version_id=None if only.version is None else only.version.id,
            latest_by=latest_by,
            cut=cut,
        )


def resolve(connection: Connection, question: MatrixQuestion, *, with_scope: bool = True) -> Resolution:
    """Resolve *question*; without *with_scope*, only its own selectors.

    Raises:
        UnknownNames: if an application of a selector does not exist, or the environment of the scope.
    """
    ids = _ids(connection, question)
    ignored = [each for each in question.ignored if each.pacticipant in ids.pacticipants]
    specified, ignored_versions = _specified(connection, question, ids, [each for each in ignored if each.version])
    integrations = _integrations(connection, question, specified)
    unknown_ignored = [each for each in question.ignored if each not in ignored]
    return Resolution(
        connection=connection,
        question=question,
        specified=specified,
        integrations=integrations,
        inferred=_inferred(connection, question, specified, integrations, ids) if with_scope else (),
        ignored_pacticipant_ids=frozenset(ids.pacticipants[each.pacticipant] for each in ignored if not each.version),
        ignored_version_ids=frozenset(version.id for refs in ignored_versions.values() for version in refs),
        unknown_ignored=[*unknown_ignored, *(each for each, refs in ignored_versions.items() if not refs)],
    )


def unknown_names(connection: Connection, names: Sequence[str], environment: str | None) -> UnknownNames | None:
    """The applications *names* and the *environment* that do not exist; None if all exist."""
    ids = versions.ids_of(connection, set(names), [] if environment is None else [environment])
    return _unknown(ids, names, environment)


def _unknown(ids: Ids, names: Sequence[str], environment: str | None) -> UnknownNames | None:
    unknown = [each for each in dict.fromkeys(names) if each not in ids.pacticipants]
    absent = environment if environment not in {None, *ids.environments} else None
    return UnknownNames(unknown, absent) if unknown or absent is not None else None


def _ids(connection: Connection, question: MatrixQuestion) -> Ids:
    """The ids of the names in *question*; one statement."""
    names = [each.pacticipant for each in question.selectors]
    filters = [each.version_filter for each in question.selectors]
    scope = None
    if question.others is not None:
        scope = question.others.environment
        filters.append(question.others.version_filter)
    environments = {name for each in filters for name in each.environments}
    ids = versions.ids_of(connection, {*names, *(each.pacticipant for each in question.ignored)}, environments)
    if (unknown := _unknown(ids, names, scope)) is not None:
        raise unknown
    return ids


def _specified(
    connection: Connection, question: MatrixQuestion, ids: Ids, ignored: Sequence[Ignored]
) -> tuple[list[Resolved], dict[Ignored, list[VersionRef]]]:
    """The versions of the question's selectors, and those of the *ignored* versions; one statement."""
    narrow = [each for each in question.selectors if not each.version_filter.anything]
    queries = [_query(ids, each.pacticipant, each.version_filter) for each in narrow]
    queries += [
        _query(ids, each.pacticipant, VersionFilter(criteria=(Numbered(number=each.version or ""),)))
        for each in ignored
    ]
    refs = [[version for _, version in each] for each in versions.find_versions(connection, queries, ids.environments)]
    of_selectors = iter(refs)
    specified: list[Resolved] = []
    for selector in question.selectors:
        pacticipant_id, version_filter = ids.pacticipants[selector.pacticipant], selector.version_filter
        selected = [] if version_filter.anything else next(of_selectors)
        specified += _resolved(pacticipant_id, selector.pacticipant, version_filter, selected, specified=True)
    return specified, dict(zip(ignored, refs[len(narrow) :], strict=True))


def _query(ids: Ids, pacticipant: str, version_filter: VersionFilter) -> VersionQuery:
    return VersionQuery(version_filter=version_filter, pacticipants={ids.pacticipants[pacticipant]: pacticipant})


def _resolved(
    pacticipant_id: int, name: str, version_filter: VersionFilter, refs: Sequence[VersionRef], *, specified: bool
) -> Iterable[Resolved]:
    """What one selector selects: each version of *refs*; without any, every version or none."""
    for version in refs or (None,):
        yield Resolved(
            pacticipant_id=pacticipant_id,
            pacticipant=name,
            version_filter=version_filter,
            specified=specified,
            version=version,
        )


def _integrations(connection: Connection, question: MatrixQuestion, specified: Sequence[Resolved]) -> list[Integration]:
    find = pairs.integrations_around
    if question.others is None and len(specified) != 1:
        find = pairs.integrations_between
    return find(
        connection,
        consumer_version_ids=[each.version.id for each in specified if each.version is not None],
        consumer_ids=[each.pacticipant_id for each in specified if each.anything],
        provider_ids={each.pacticipant_id for each in specified},
    )


def _inferred(
    connection: Connection,
    question: MatrixQuestion,
    specified: Sequence[Resolved],
    integrations: Sequence[Integration],
    ids: Ids,
) -> list[Resolved]:
    """The versions in the scope, of every application that has a pact with a specified one; one statement."""
    if question.others is None:
        return []
    others: dict[int, str] = {}
    for each in integrations:
        others |= {each.consumer_id: each.consumer, each.provider_id: each.provider}
    for each_specified in specified:
        others.pop(each_specified.pacticipant_id, None)
    if not others:
        return []
    numbers = dict(question.others.replaced)
    replaced = {pacticipant_id: name for pacticipant_id, name in others.items() if name in numbers}
    filters = {name: VersionFilter(criteria=(Numbered(number=numbers[name]),)) for name in replaced.values()}
    usual = {pacticipant_id: name for pacticipant_id, name in others.items() if pacticipant_id not in replaced}
    queries = [VersionQuery(version_filter=question.others.version_filter, pacticipants=usual)]
    queries += [
        VersionQuery(version_filter=filters[name], pacticipants={pacticipant_id: name})
        for pacticipant_id, name in replaced.items()
    ]
    refs: dict[int, list[VersionRef]] = {pacticipant_id: [] for pacticipant_id in others}
    for versions_of_query in versions.find_versions(connection, queries, ids.environments):
        for pacticipant_id, version in versions_of_query:
            refs[pacticipant_id].append(version)
    return [
        each
        for pacticipant_id, name in others.items()
        for each in _resolved(
            pacticipant_id,
            name,
            filters.get(name, question.others.version_filter),
            refs[pacticipant_id],
            specified=False,
        )
    ]
