"""What a question to the matrix is about, in SQL: versions that selectors stand for, and the pairs they touch.

The rows are found by `contracts.broker.store.matrix.rows`. Statements are built once for each form of question and
kept: building one costs more than running it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import Select, Text, and_, bindparam, false, func, literal, select, true, union_all

from contracts.broker.store import deployments
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    environments,
    integrations,
    pact_publications,
    pacticipants,
    tag_heads,
    tags,
    versions,
)
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import Integration
from contracts.model.versions import VersionRef


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from contracts.model.criteria import Criterion
    from contracts.model.matrix import VersionFilter

    _Query = Select[*tuple[Any, ...]]
    _Form = tuple[tuple[type[Criterion], ...], bool]
    """What the text of a statement depends on: the kinds of criteria, and whether only the latest counts."""


_MOST_KEPT = 4  # longer statements, of which there is no end of forms, are built each time

_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")


_NAMES = union_all(
    select(literal("pacticipant").label("kind"), pacticipants.c.name, pacticipants.c.id).where(
        among(pacticipants.c.name, "pacticipants")
    ),
    select(literal("environment"), environments.c.name, environments.c.id).where(
        among(environments.c.name, "environments")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The applications and environments that exist of some names: ids by name."""

    pacticipants: Mapping[str, int]
    environments: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionQuery:
    """The versions to find of some applications, which have ids and names."""

    version_filter: VersionFilter
    pacticipants: Mapping[int, str]


def known(connection: Connection, pacticipant_names: Collection[str], environment_names: Collection[str]) -> Known:
    """Which of these names there are."""
    parameters = {"pacticipants": list(pacticipant_names), "environments": list(environment_names)}
    ids: dict[str, dict[str, int]] = {"pacticipant": {}, "environment": {}}
    for row in connection.execute(_NAMES, parameters):
        ids[row.kind][row.name] = row.id
    return Known(pacticipants=ids["pacticipant"], environments=ids["environment"])


def find_versions(
    connection: Connection, asked: Sequence[VersionQuery], environment_ids: Mapping[str, int]
) -> list[list[tuple[int, VersionRef]]]:
    """The versions that each of *asked* stands for, with their applications' ids, oldest first; one statement.

    An environment that is not among *environment_ids*, by name, holds nothing.
    """
    found: list[list[tuple[int, VersionRef]]] = [[] for _ in asked]
    if not asked:
        return found
    forms = tuple(
        (tuple(type(each) for each in one.version_filter.criteria), one.version_filter.latest) for one in asked
    )
    parameters: dict[str, Any] = {}
    for place, one in enumerate(asked):
        parameters[f"ids_{place}"] = list(one.pacticipants)
        for each in one.version_filter.criteria:
            parameters[_name(type(each), place)] = _value(each, environment_ids)
    build = _versions if len(forms) <= _MOST_KEPT else _versions.__wrapped__
    for pacticipant_id, version_id, number, place in connection.execute(build(forms), parameters).all():
        name = asked[place].pacticipants[pacticipant_id]
        found[place].append((pacticipant_id, VersionRef(id=version_id, pacticipant=name, number=number)))
    return found


def integrations_around(
    connection: Connection,
    *,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """The pairs that applications are in: as consumers by the pacts they have, as providers by any; one statement.

    As consumers they are given by their versions, or in *consumer_ids* without one: then by all pacts they ever had.
    These pairs are required.
    """
    return _integrations(connection, _pairs_around(), consumer_version_ids, consumer_ids, provider_ids)


def integrations_between(
    connection: Connection,
    *,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """The pairs, all of them required, of consumers as in `integrations_around` with these providers."""
    # picked here: with the condition in the statement, SQLite would begin with all pacts of the providers
    pairs = _integrations(connection, _pairs_of_consumers(), consumer_version_ids, consumer_ids, ())
    return [each for each in pairs if each.provider_id in provider_ids]


def _integrations(
    connection: Connection,
    statement: _Query,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """The pairs that *statement* finds; of a pair that is there twice, required wins."""
    parameters = {
        "consumer_version_ids": list(consumer_version_ids),
        "consumer_ids": list(consumer_ids),
        "provider_ids": list(provider_ids),
    }
    found: dict[tuple[int, int], Integration] = {}
    for consumer_id, consumer, provider_id, provider, required in connection.execute(statement, parameters).all():
        integration = Integration(
            consumer_id=consumer_id,
            consumer=consumer,
            provider_id=provider_id,
            provider=provider,
            required=bool(required),
        )
        if integration.required or integration.pair not in found:
            found[integration.pair] = integration
    return list(found.values())


@cache
def _pairs_around() -> _Query:
    as_provider = select(integrations.c.consumer_id, integrations.c.provider_id, false().label("required"))
    return _with_names(*_as_consumers(), as_provider.where(among(integrations.c.provider_id, "provider_ids")))


@cache
def _pairs_of_consumers() -> _Query:
    return _with_names(*_as_consumers())


def _as_consumers() -> tuple[_Query, _Query]:
    """The pairs of the pacts of consumer versions, and those of consumers that ever had a pact."""
    by_version = (
        select(pact_publications.c.consumer_id, pact_publications.c.provider_id, true().label("required"))
        .where(among(pact_publications.c.consumer_version_id, "consumer_version_ids"), pact_publications.c.latest)
        .distinct()
    )
    has_pact = (  # an integration outlives its pacts
        select(pact_publications.c.id)
        .where(
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.latest,
        )
        .correlate(integrations)
        .exists()
    )
    by_name = select(integrations.c.consumer_id, integrations.c.provider_id, true().label("required")).where(
        among(integrations.c.consumer_id, "consumer_ids"), has_pact
    )
    return by_version, by_name


def _with_names(*queries: _Query) -> _Query:
    pairs = union_all(*queries).subquery("pairs")
    return (
        select(
            pairs.c.consumer_id,
            _consumers.c.name.label("consumer"),
            pairs.c.provider_id,
            _providers.c.name.label("provider"),
            pairs.c.required,
        )
        .join(_consumers, _consumers.c.id == pairs.c.consumer_id)
        .join(_providers, _providers.c.id == pairs.c.provider_id)
        .order_by(_consumers.c.name, _providers.c.name)
    )


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


@lru_cache(maxsize=256)
def _versions(forms: tuple[_Form, ...]) -> _Query:
    parts = [_part(form, place).add_columns(literal(place).label("place")) for place, form in enumerate(forms)]
    meant = union_all(*parts).subquery("meant")
    return select(meant).order_by(meant.c.place, meant.c.id)


def _part(form: _Form, place: int) -> _Query:
    """The versions that one selector stands for, by parameters whose names end with its *place*."""
    criteria, latest = form
    ids = f"ids_{place}"
    query = select(versions.c.pacticipant_id, versions.c.id, versions.c.number)
    if latest and not criteria:
        # the end of an index for each application, however many versions it has
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
    """*query* of versions, narrowed to those that meet *criterion*; of branches to the *head* where asked for."""
    ids, value = f"ids_{place}", _parameter(criterion, place)
    if criterion is Numbered:
        return query.where(versions.c.number == value)
    if criterion is Tagged:
        joined = query.join(tags, tags.c.version_id == versions.c.id)
        return joined.where(among(tags.c.pacticipant_id, ids), tags.c.name == value)
    if criterion is InEnvironment:
        held = deployments.present(environment_ids=_name(criterion, place), pacticipant_ids=ids).subquery("held")
        return query.join(held, held.c.version_id == versions.c.id)
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
