"""The versions that the selectors of a question select.

Statements are built once for each form of a question: to build one costs more than to run it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never

from sqlalchemy import Select, Text, and_, bindparam, func, literal, select, union_all

from contracts.broker.store import deployments
from contracts.broker.store.database import Connection
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    environments,
    pacticipants,
    tag_heads,
    tags,
    versions,
)
from contracts.model.criteria import Criterion, InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import VersionFilter
from contracts.model.versions import VersionRef


_Query = Select[*tuple[Any, ...]]

Form = tuple[tuple[type[Criterion], ...], bool]
"""Everything that the text of a selector's statement depends on: the kinds of criteria, and whether only the latest
version counts."""

_MOST_CACHED = 4
"""Statements of more selectors, which have no end of forms, are built each time."""

NAMES = union_all(
    select(literal("pacticipant").label("kind"), pacticipants.c.name, pacticipants.c.id).where(
        among(pacticipants.c.name, "pacticipants")
    ),
    select(literal("environment").label("kind"), environments.c.name, environments.c.id).where(
        among(environments.c.name, "environments")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The ids, by name, of the applications and environments that exist."""

    pacticipants: Mapping[str, int]
    environments: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionQuery:
    """The versions to find of some applications: their names by id."""

    version_filter: VersionFilter
    pacticipants: Mapping[int, str]

    @property
    def form(self) -> Form:
        """The form of its statement."""
        return tuple(type(each) for each in self.version_filter.criteria), self.version_filter.latest


def ids_of(connection: Connection, pacticipant_names: Collection[str], environment_names: Collection[str]) -> Ids:
    """Return the ids of the applications and environments that exist with these names; one statement."""
    parameters = {"pacticipants": list(pacticipant_names), "environments": list(environment_names)}
    ids: dict[str, dict[str, int]] = {"pacticipant": {}, "environment": {}}
    for row in connection.execute(NAMES, parameters):
        ids[row.kind][row.name] = row.id
    return Ids(pacticipants=ids["pacticipant"], environments=ids["environment"])


def find_versions(
    connection: Connection, queries: Sequence[VersionQuery], environment_ids: Mapping[str, int]
) -> list[list[tuple[int, VersionRef]]]:
    """Return the versions of each of *queries*, oldest first, each with its application's id; one statement.

    *environment_ids* has the ids of environments by name; an environment without an id has no versions.
    """
    versions_found: list[list[tuple[int, VersionRef]]] = [[] for _ in queries]
    if not queries:
        return versions_found
    forms = tuple(each.form for each in queries)
    build = statement if len(forms) <= _MOST_CACHED else statement.__wrapped__
    parameters = dict(_parameters(queries, environment_ids))
    for pacticipant_id, version_id, number, place in connection.execute(build(forms), parameters).all():
        name = queries[place].pacticipants[pacticipant_id]
        versions_found[place].append((pacticipant_id, VersionRef(id=version_id, pacticipant=name, number=number)))
    return versions_found


@lru_cache(maxsize=256)
def statement(forms: tuple[Form, ...]) -> _Query:
    """The statement of selectors of these *forms*, which are parts of one UNION ALL."""
    parts = [_part(form, place).add_columns(literal(place).label("place")) for place, form in enumerate(forms)]
    selected = union_all(*parts).cte("selected_versions")
    return select(selected).order_by(selected.c.place, selected.c.id)


def _parameters(
    queries: Sequence[VersionQuery], environment_ids: Mapping[str, int]
) -> Iterator[tuple[str, str | list[int] | None]]:
    for place, query in enumerate(queries):
        yield f"ids_{place}", list(query.pacticipants)
        for criterion in query.version_filter.criteria:
            yield _name(type(criterion), place), _value(criterion, environment_ids)


def _value(criterion: Criterion, environment_ids: Mapping[str, int]) -> str | list[int] | None:
    """The value of the parameter of *criterion*, see `_parameter`."""
    match criterion:
        case Numbered(number=number):
            return number
        case Tagged(tag=tag):
            return tag
        case OnBranch(branch=branch):
            return branch
        case OnMainBranch():
            return None
        case InEnvironment(environment=environment):
            return [environment_ids[environment]] if environment and environment in environment_ids else []
        case _:
            assert_never(criterion)


def _part(form: Form, place: int) -> _Query:
    """The versions that one selector selects; the names of its parameters end with its *place*."""
    criteria, latest = form
    ids = f"ids_{place}"
    query = select(versions.c.pacticipant_id, versions.c.id, versions.c.number)
    if latest and not criteria:
        # reads the end of an index for each application, however many versions it has
        query = query.join(pacticipants, pacticipants.c.id == versions.c.pacticipant_id)
        return query.where(among(pacticipants.c.id, ids), versions.c.id == _greatest())
    if latest and criteria == (Tagged,):
        query = query.join(tag_heads, tag_heads.c.version_id == versions.c.id)
        return query.where(among(tag_heads.c.pacticipant_id, ids), tag_heads.c.name == _parameter(Tagged, place))
    for criterion in criteria:
        query = _meeting(query, criterion, place, head=latest)
    query = query.where(among(versions.c.pacticipant_id, ids))
    if not latest or OnBranch in criteria or OnMainBranch in criteria:
        return query
    greatest = query.with_only_columns(func.max(versions.c.id)).group_by(versions.c.pacticipant_id)
    return select(versions.c.pacticipant_id, versions.c.id, versions.c.number).where(versions.c.id.in_(greatest))


def _parameter(criterion: type[Criterion], place: int) -> Any:
    return bindparam(_name(criterion, place), type_=Text())


def _name(criterion: type[Criterion], place: int) -> str:
    return f"{criterion.__name__}_{place}"


def _greatest() -> Any:
    inner = versions.alias("inner_versions")
    return (
        select(func.max(inner.c.id))
        .where(inner.c.pacticipant_id == pacticipants.c.id)
        .correlate(pacticipants)
        .scalar_subquery()
    )


def _meeting(query: _Query, criterion: type[Criterion], place: int, *, head: bool) -> _Query:
    """*query* of versions, limited to those that meet *criterion*; with *head*, to the heads of branches."""
    ids, value = f"ids_{place}", _parameter(criterion, place)
    if criterion is Numbered:
        return query.where(versions.c.number == value)
    if criterion is Tagged:
        joined = query.join(tags, tags.c.version_id == versions.c.id)
        return joined.where(among(tags.c.pacticipant_id, ids), tags.c.name == value)
    if criterion is InEnvironment:
        present = deployments.present(environment_ids=_name(criterion, place), pacticipant_ids=ids).cte(
            f"present_{place}"
        )
        return query.join(present, present.c.version_id == versions.c.id)
    branch = branches.alias(criterion.__name__)
    if head:
        query = query.join(branch, branch.c.head_version_id == versions.c.id)
    else:
        member = branch_versions.alias(f"{criterion.__name__}_versions")
        query = query.join(member, member.c.version_id == versions.c.id)
        query = query.join(branch, branch.c.id == member.c.branch_id)
    query = query.where(among(branch.c.pacticipant_id, ids))
    if criterion is OnBranch:
        return query.where(branch.c.name == value)
    owner = pacticipants.alias("owner")
    return query.join(owner, and_(owner.c.id == branch.c.pacticipant_id, owner.c.main_branch == branch.c.name))
