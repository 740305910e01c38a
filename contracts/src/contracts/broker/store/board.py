"""What runs where, and what the deployment of each main branch's head depends on: seven statements for any board.

The rule is can-i-deploy's, for many versions and environments at once; a test compares the two. If an environment
requires attested results, they take one more statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    and_,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from contracts.broker.store.attestations import counts
from contracts.broker.store.membership import among
from contracts.broker.store.searches import contains
from contracts.broker.store.tables import (
    attestations,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    integrations,
    pact_publications,
    pacticipants,
    released_versions,
    verifications,
    versions,
)
from contracts.model.board import BoardRow, Caller, Cell, Evidence, Head, Running, replacement
from contracts.model.pacts import PacticipantRef
from contracts.model.verdicts import Policy


_PLACEMENTS = (
    (deployed_versions, currently_deployed(), deployed_versions.c.target),
    (released_versions, currently_supported(), literal(None, type_=null().type)),
)


def applications(connection: Connection, search: str = "") -> list[PacticipantRef]:
    """Return the applications that run anywhere and have *search* in their name, ignoring case, by name."""
    runs = or_(
        *(
            select(literal(1)).where(table.c.pacticipant_id == pacticipants.c.id, current).exists()
            for table, current, _ in _PLACEMENTS
        )
    )
    query = select(pacticipants.c.id, pacticipants.c.name).where(runs).order_by(func.lower(pacticipants.c.name))
    if search:
        query = query.where(contains(pacticipants.c.name, search))
    return [PacticipantRef(id=row.id, name=row.name) for row in connection.execute(query)]


def rows(connection: Connection, members: Sequence[PacticipantRef], *, policy: Policy) -> list[BoardRow]:
    """Return the row of each of these applications, in their order."""
    ids = [each.id for each in members]
    heads = _heads(connection, ids)
    evidence = _evidence(connection, ids, heads.values())
    if policy.attested_environments:
        evidence = _with_attestations(connection, evidence)
    return [
        BoardRow(
            application=each.name,
            main=heads[each.id].version if each.id in heads else None,
            cells={
                environment: Cell(
                    running=there,
                    replacement=replacement(each.id, environment, heads.get(each.id), evidence, policy),
                )
                for environment, there in evidence.running.get(each.id, {}).items()
            },
        )
        for each in members
    ]


def _heads(connection: Connection, pacticipant_ids: Collection[int]) -> dict[int, Head]:
    """The head of each application's main branch, by the id of the application."""
    heads = connection.execute(_of_main(), {"ids": list(pacticipant_ids)}).all()
    contents: dict[int, dict[int, int]] = defaultdict(dict)
    for row in connection.execute(_pacts(), {"ids": [row.head_version_id for row in heads]}):
        contents[row.consumer_version_id][row.provider_id] = row.pact_version_id
    return {
        row.id: Head(version_id=row.head_version_id, version=row.number, contents=contents.get(row.head_version_id, {}))
        for row in heads
    }


def _evidence(connection: Connection, pacticipant_ids: Collection[int], heads: Collection[Head]) -> Evidence:
    consumers = set(connection.scalars(_consumers(), {"ids": list(pacticipant_ids)}))
    providers = {provider_id for head in heads for provider_id in head.contents}
    present = running(connection, {*pacticipant_ids, *consumers, *providers})
    places = [
        (each.version_id, environment)
        for consumer_id in consumers
        for environment, there in present.get(consumer_id, {}).items()
        for each in there
    ]
    callers = _callers(connection, places, set(pacticipant_ids))
    contents = {content for head in heads for content in head.contents.values()}
    contents |= {caller.pact_version_id for each in callers.values() for caller in each}
    provider_versions = {head.version_id for head in heads}
    provider_versions |= {
        each.version_id
        for provider_id in providers
        for there in present.get(provider_id, {}).values()
        for each in there
    }
    results = connection.execute(_results(), {"contents": list(contents), "versions": list(provider_versions)})
    return Evidence(
        running=present,
        callers=callers,
        results={(row.pact_version_id, row.provider_version_id): row.success for row in results},
    )


def _with_attestations(connection: Connection, evidence: Evidence) -> Evidence:
    """Return *evidence*, which says which successes no trusted build published; one more statement."""
    contents = {content for content, _ in evidence.results}
    provider_versions = {version for _, version in evidence.results}
    attested = connection.execute(_attested(), {"contents": list(contents), "versions": list(provider_versions)})
    successes = {key for key, success in evidence.results.items() if success}
    return replace(
        evidence, unattested=successes - {(row.pact_version_id, row.provider_version_id) for row in attested}
    )


def running(connection: Connection, pacticipant_ids: Collection[int]) -> dict[int, dict[str, tuple[Running, ...]]]:
    """What runs of each application, by its id and the name of the environment, the newest version first."""
    places: dict[int, dict[str, tuple[Running, ...]]] = defaultdict(dict)
    for row in connection.execute(_placements(), {"ids": list(pacticipant_ids)}):
        there = places[row.pacticipant_id]
        each = Running(version_id=row.version_id, version=row.number, instance=row.instance, since=row.created_at)
        there[row.environment] = (*there.get(row.environment, ()), each)
    return places


def _callers(
    connection: Connection, places: Iterable[tuple[int, str]], provider_ids: Collection[int]
) -> dict[int, tuple[Caller, ...]]:
    """The consumer versions in *places* (ids with names of environments) that call the providers, by provider id."""
    environments_of: dict[int, set[str]] = defaultdict(set)
    for version_id, environment in places:
        environments_of[version_id].add(environment)
    callers: dict[int, tuple[Caller, ...]] = {}
    for row in connection.execute(_pacts(), {"ids": list(environments_of)}):
        if row.provider_id in provider_ids:
            added = (
                Caller(environment=each, pact_version_id=row.pact_version_id)
                for each in environments_of[row.consumer_version_id]
            )
            callers[row.provider_id] = (*callers.get(row.provider_id, ()), *added)
    return callers


@cache
def _of_main() -> Select[*tuple[Any, ...]]:
    main = and_(branches.c.pacticipant_id == pacticipants.c.id, branches.c.name == pacticipants.c.main_branch)
    return (
        select(pacticipants.c.id, branches.c.head_version_id, versions.c.number)
        .join(branches, main)
        .join(versions, versions.c.id == branches.c.head_version_id)
        .where(among(pacticipants.c.id, "ids"))
    )


@cache
def _pacts() -> Select[*tuple[Any, ...]]:
    """The contents that these consumer versions published."""
    return select(
        pact_publications.c.consumer_version_id, pact_publications.c.provider_id, pact_publications.c.pact_version_id
    ).where(among(pact_publications.c.consumer_version_id, "ids"), pact_publications.c.latest)


@cache
def _consumers() -> Select[int]:
    return select(integrations.c.consumer_id).where(among(integrations.c.provider_id, "ids"))


@cache
def _placements() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(
        *(
            select(
                table.c.pacticipant_id.label("pacticipant_id"),
                environments.c.name.label("environment"),
                table.c.version_id.label("version_id"),
                versions.c.number.label("number"),
                instance.label("instance"),
                table.c.created_at.label("created_at"),
            )
            .join(environments, environments.c.id == table.c.environment_id)
            .join(versions, versions.c.id == table.c.version_id)
            .where(among(table.c.pacticipant_id, "ids"), current)
            for table, current, instance in _PLACEMENTS
        )
    ).order_by(literal_column("version_id").desc(), "instance")


@cache
def _results() -> Select[*tuple[Any, ...]]:
    return select(verifications.c.pact_version_id, verifications.c.provider_version_id, verifications.c.success).where(
        among(verifications.c.pact_version_id, "contents"),
        among(verifications.c.provider_version_id, "versions"),
        verifications.c.latest,
    )


@cache
def _attested() -> Select[*tuple[Any, ...]]:
    """The last results that trusted builds published."""
    return (
        select(verifications.c.pact_version_id, verifications.c.provider_version_id)
        .join(attestations, attestations.c.verification_id == verifications.c.id)
        .where(
            among(verifications.c.pact_version_id, "contents"),
            among(verifications.c.provider_version_id, "versions"),
            verifications.c.latest,
            counts(),
        )
    )
