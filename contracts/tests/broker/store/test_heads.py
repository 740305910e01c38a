"""Heads are kept, and they are what a search would find, whatever happens to versions."""

from __future__ import annotations

from datetime import UTC, datetime

import databases
import pytest
from estates import Estate
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from contracts.broker.actions import remove
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import branches, pact_filters, pacticipants, publications, tags, versions
from contracts.broker.store.tables import integrations, metadata, pact_publications, tag_heads
from contracts.broker.store.tables import tags as tags_table


pytestmark = pytest.mark.parametrize("database", databases.ALL, indirect=True)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tag", "untag", "join", "leave", "remove"]), st.sampled_from("12345"), st.sampled_from("ab")
    ),
    max_size=25,
)


def _take(connection, owner, verb, number, name, heads):
    """One step; *heads* is what the branches' heads should be, worked out as the protocol says it."""
    version, _ = versions.ensure(connection, owner.id, number, NOW)
    branch = branches.use(connection, owner.id, name, NOW)
    members = heads.setdefault(name, [])
    match verb:
        case "tag":
            tags.add(connection, owner.id, version.id, [name], NOW)
        case "untag":
            remove.tag(connection, version, name)
        case "join":
            if branches.add_version(connection, branch.id, version.id, NOW):
                members.append(version.id)
        case "leave" if version.id in members:
            remove.branch_version(connection, branch.id, version.id)
            _leave(members, version.id)
        case "remove":
            remove.version(connection, version)
            for each in heads.values():
                _leave(each, version.id)


def _leave(members, version_id):
    """After the head, the last of the list, leaves, the greatest left is the head."""
    was_head = members[-1:] == [version_id]
    if version_id in members:
        members.remove(version_id)
    if was_head:
        members.sort()


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_stored_heads_equal_those_of_a_search(database, steps):
    heads: dict[str, list[int]] = {}
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        owner = pacticipants.ensure(connection, "Till", NOW)
        for verb, number, name in steps:
            _take(connection, owner, verb, number, name, heads)

        searched = select(tags_table.c.name, func.max(tags_table.c.version_id)).group_by(tags_table.c.name)
        assert dict(connection.execute(select(tag_heads.c.name, tag_heads.c.version_id)).all()) == dict(
            connection.execute(searched).all()
        )
        for name, members in heads.items():
            assert branches.find(connection, owner.id, name).head_version_id == (members[-1] if members else None)


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["publish", "publish", "withdraw", "remove"]),
            st.sampled_from("1234"),
            st.sampled_from(["Ledger", "Stock"]),
        ),
        max_size=12,
    )
)
def test_the_head_of_a_pair_is_its_greatest_version_with_a_pact(database, steps):
    estate = Estate(Runtime(settings=Settings(), database=database))
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    for verb, number, provider in steps:
        if verb == "publish":
            estate.publish("Till", number, f"{number} {provider}", provider=provider)
            continue
        with database.writing() as connection:
            owner, other = (pacticipants.ensure(connection, each, NOW).id for each in ("Till", provider))
            if verb == "withdraw":
                publications.remove(connection, owner, other, pact_filters.of_number(number))
            elif (version := versions.get(connection, owner, number)) is not None:
                remove.version(connection, version)
    with database.reading() as connection:
        published = select(pact_publications.c.provider_id, func.max(pact_publications.c.consumer_version_id))
        searched = dict(connection.execute(published.group_by(pact_publications.c.provider_id)).all())
        stored_heads = dict(
            connection.execute(select(integrations.c.provider_id, integrations.c.head_version_id)).all()
        )
    assert {provider_id: searched.get(provider_id) for provider_id in stored_heads} == stored_heads
    assert searched.keys() <= stored_heads.keys()


def test_ids_of_versions_are_never_used_again(database):
    """The order of versions is that of their ids."""
    with database.writing() as connection:
        owner = pacticipants.ensure(connection, "Till", NOW)
        first, _ = versions.ensure(connection, owner.id, "1", NOW)
        versions.remove(connection, [first.id])
        again, created = versions.ensure(connection, owner.id, "1", NOW)

    assert created
    assert again.id > first.id


def test_a_removed_pacticipant_takes_everything_of_its_own_along(database):
    with database.writing() as connection:
        owner = pacticipants.ensure(connection, "Till", NOW)
        version, _ = versions.ensure(connection, owner.id, "1", NOW)
        tags.add(connection, owner.id, version.id, ["prod"], NOW)
        pacticipants.remove(connection, owner.id)

        assert connection.execute(text("SELECT count(*) FROM tag_heads")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM versions")).scalar_one() == 0
