"""The written test data is what publishing, verifying and deploying it would leave."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, not_, select

from contracts.broker.actions import publish, seed
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacts
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    deployed_versions,
    pact_publications,
    pact_versions,
    tag_heads,
    tags,
    verifications,
    versions,
)
from contracts.model import seeds
from contracts.model.publications import Contract, Publication


NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PLAN = seeds.plan(500)


@pytest.fixture
def written(database):
    """The database with the estate in it."""
    rounds_written = []
    with database.writing() as connection:
        assert seed.is_empty(connection)
        seed.write(connection, PLAN, NOW, rounds_written.append)
    assert [each.round for each in rounds_written] == list(range(1, PLAN.rounds + 1))
    return database


def count(connection, table, *conditions):
    return connection.scalar(select(func.count()).select_from(table).where(*conditions))


def test_most_pacts_have_two_results(written):
    pacts_made = len(PLAN.pairs) * PLAN.rounds
    with written.reading() as connection:
        assert count(connection, pact_publications) == pacts_made
        assert 1.8 * pacts_made < count(connection, verifications) <= 2 * pacts_made
        assert 0 < count(connection, verifications, not_(verifications.c.success)) < pacts_made / 8
        assert count(connection, pact_versions) < pacts_made
        assert not seed.is_empty(connection)
        assert seed.is_written(connection, PLAN)


def test_heads_are_those_that_a_search_finds(written):
    newest = select(func.max(branch_versions.c.version_id)).where(branch_versions.c.branch_id == branches.c.id)
    newest_tagged = select(func.max(tags.c.version_id)).where(
        tags.c.pacticipant_id == tag_heads.c.pacticipant_id, tags.c.name == tag_heads.c.name
    )
    with written.reading() as connection:
        assert count(connection, branches, branches.c.head_version_id != newest.scalar_subquery()) == 0
        assert count(connection, tag_heads) > 0
        assert count(connection, tag_heads, tag_heads.c.version_id != newest_tagged.scalar_subquery()) == 0


def test_one_version_of_each_application_is_in_an_environment_now(written):
    with written.reading() as connection:
        now = count(connection, deployed_versions, deployed_versions.c.undeployed_at.is_(None))
    assert now == 2 * len(PLAN.applications)


def test_publishing_continues_after_the_written_history(written):
    pair = PLAN.pairs[0]
    broker = Runtime(settings=Settings(), database=written)
    last = {}
    for round_, round_contracts in PLAN.contracts():
        if PLAN.branch(round_) == "main":
            last = {each.pair: each.revision for each in round_contracts}
    contract = Contract(
        provider=pair.provider, text=seeds.text(pair, last[pair]), document=seeds.document(pair, last[pair])
    )
    publication = Publication(consumer=pair.consumer, version="next", branch="main", contracts=(contract,))
    with written.writing() as connection:
        before = pacts.find(connection, pair.provider, pair.consumer, f"1.{PLAN.rounds}")
        after = publish.publish(broker, connection, publication, base_url="").contracts[0].pact
        newest = connection.scalar(select(func.max(versions.c.id)))
    assert after.pact_version_id == before.pact_version_id
    assert after.consumer_version.id == newest
    assert after.id > before.id


def test_the_same_numbers_write_the_same_rows(database):
    rows = []
    for _ in range(2):
        with database.engine.connect() as connection, connection.begin() as transaction:
            seed.write(connection, seeds.plan(100, 3), NOW)
            query = select(pact_versions.c.sha, verifications.c.success).join(
                verifications, verifications.c.pact_version_id == pact_versions.c.id
            )
            rows.append(connection.execute(query.order_by(verifications.c.id)).all())
            transaction.rollback()
    assert rows[0] == rows[1]
