"""Estates in SQL: what is written is read back, once, whatever came before."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from random_histories import live
from sqlalchemy import func, select

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import archive, branches, pacticipants, tags, verifications, versions
from contracts.broker.store.archive import ArchiveConflict
from contracts.broker.store.database import Database
from contracts.broker.store.tables import branches as branches_table
from contracts.broker.store.tables import verifications as verifications_table
from contracts.model.archive.records import (
    ArchiveError,
    Deployment,
    Integration,
    Pact,
    Pacticipant,
    Release,
    Result,
    Version,
    named,
)
from contracts.model.attestations import Attestation


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """An estate with everything that there may be, as records."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('source') / 'broker.sqlite3'}")
    database.create()
    live(Runtime(settings=Settings(), database=database), 11, steps=150, hidden=True)
    records = everything(database)
    database.dispose()
    return records


def everything(database):
    with database.reading() as connection:
        return list(archive.everything(connection))


def load(database, records):
    with database.writing() as connection:
        return archive.load(connection, records)


def test_the_history_has_the_difficult_cases(records):
    assert any(each.revision > 1 for each in records if isinstance(each, Pact))
    results = [each for each in records if isinstance(each, Result)]
    assert any(each.wip for each in results)
    assert any(each.first_with_tags for each in results)
    assert not all(each.latest for each in results)
    assert any(len(each.branches) > 1 for each in records if isinstance(each, Version))
    assert any(each.undeployed_at for each in records if isinstance(each, Deployment))
    assert any(isinstance(each, Release) for each in records)


def test_every_record_comes_after_those_that_it_refers_to(records):
    seen = set()
    for each in records:
        assert seen.issuperset(named(each))
        seen.add(each.key)


def test_written_records_are_read_back(database, records):
    added = load(database, records)
    assert sum(added.values()) == len(records)
    assert everything(database) == records


def test_attestations_are_read_back_and_come_also_to_results_that_exist(database, records):
    build = Attestation(service="CI", issuer="https://ci", repository="org/api", run="1", commit="a")
    number = next(each.number for each in records if isinstance(each, Result))
    attested = [replace(each, attestation=build) if each.key == ("result", number) else each for each in records]
    load(database, records)
    for trusted in (False, True, False):
        with database.writing() as connection:
            assert sum(archive.load(connection, attested, trust_attestations=trusted).values()) == 0
    assert everything(database) == attested
    load(database, records)
    assert everything(database) == attested

    another = replace(build, run="2")
    with pytest.raises(ArchiveConflict, match=r"attestation is .*run='1'.*, not .*run='2'"):
        load(database, [replace(each, attestation=another) for each in attested if each.key == ("result", number)])


def test_parts_make_a_whole(database, records):
    chance = random.Random(1)  # noqa: S311, no secret
    rest = records
    while rest:
        size = chance.randint(1, 40)
        load(database, rest[:size])
        rest = rest[size:]
    assert everything(database) == records


def test_to_load_again_changes_nothing(database, records):
    load(database, records[: len(records) // 2])
    load(database, records)
    assert sum(load(database, records).values()) == 0
    assert everything(database) == records


def test_the_broker_continues_from_loaded_data(database, records, clock):
    """New versions, heads and results come after those that were loaded."""
    load(database, records)
    broker = Runtime(settings=Settings(), database=database, now=clock)
    last = [each for each in records if isinstance(each, Result)][-1]
    with database.writing() as connection:
        owner = pacticipants.find(connection, "Till")
        before = versions.latest(connection, owner.id)
        version, _ = versions.ensure(connection, owner.id, "new", broker.now())
        tags.add(connection, owner.id, version.id, ["dev"], broker.now())
        branch = branches.use(connection, owner.id, "main", broker.now())
        branches.add_version(connection, branch.id, version.id, broker.now())
        assert version.id > before.id
        assert versions.latest_with_tag(connection, owner.id, "dev") == version
        assert versions.branch_head(connection, owner.id, "main") == version
        taken = {
            column.name: value
            for column, value in zip(
                verifications_table.c,
                connection.execute(select(verifications_table).where(verifications_table.c.id == last.number)).one(),
                strict=True,
            )
            if column.name not in {"id", "latest"}
        }
        number = connection.execute(
            verifications_table.insert().values(**taken, latest=False).returning(verifications_table.c.id)
        ).scalar_one()
    assert number > last.number


def test_heads_are_those_of_the_source(database, records):
    load(database, records)
    with database.reading() as connection:
        heads = connection.execute(
            select(func.count()).select_from(branches_table).where(branches_table.c.head_version_id.is_not(None))
        ).scalar_one()
    assert heads == sum(one.latest for each in records if isinstance(each, Version) for one in each.branches)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Pacticipant, {"main_branch": "trunk"}),
        (Version, {"build_url": "https://other.example.org"}),
        (Result, {"success": "changed"}),
        (Deployment, {"application_instance": "elsewhere"}),
    ],
)
def test_a_difference_is_named(database, records, kind, change):
    load(database, records)
    record = next(each for each in records if isinstance(each, kind))
    if "success" in change:
        change = {"success": not record.success}
    with pytest.raises(ArchiveConflict, match="exists already, and differs") as caught:
        load(database, [replace(record, **change)])
    assert " ".join(map(str, record.key)) in str(caught.value)
    assert next(iter(change)) in str(caught.value)
    assert everything(database) == records


def test_a_slot_that_is_taken_is_named(database, records):
    load(database, records)
    current = next(each for each in records if isinstance(each, Deployment) and each.undeployed_at is None)
    others = [replace(current, uuid="ended", undeployed_at=current.created_at), replace(current, uuid="another")]
    with pytest.raises(ArchiveConflict, match="Other data has the place of the deployment another"):
        load(database, others)
    assert everything(database) == records


@pytest.mark.parametrize(
    ("kind", "change", "missing"),
    [
        (Version, {"pacticipant": "Nobody"}, "application 'Nobody'"),
        (Pact, {"version": "none"}, "version .* none"),
        (Pact, {"sha": "none", "revision": 99, "latest": False}, "content .* none"),
        (Result, {"number": 10**9, "provider_version": "none"}, "version .* none"),
        (Deployment, {"uuid": "new", "environment": "nowhere"}, "environment 'nowhere'"),
    ],
)
def test_a_reference_to_a_missing_record_is_refused(database, records, kind, change, missing):
    load(database, records)
    record = next(each for each in records if isinstance(each, kind))
    with pytest.raises(
        ArchiveError, match=f"The {missing} is named, but is neither in the database nor in the archive"
    ):
        load(database, [replace(record, **change)])


def test_tags_whose_dates_tell_are_the_first_that_a_result_succeeded_with(database, records):
    """As from a broker that does not show them; but for tags that came after the result, or left before."""
    unknown = [replace(each, first_with_tags=None) if isinstance(each, Result) else each for each in records]
    load(database, unknown)
    dated = {
        (each.pacticipant, each.number, one.name): one.created_at
        for each in records
        if isinstance(each, Version)
        for one in each.tags
    }
    first = set()
    for each in everything(database):
        if isinstance(each, Result):
            of_version = {
                name for owner, number, name in dated if (owner, number) == (each.provider, each.provider_version)
            }
            carried = {
                name for name in of_version if dated[each.provider, each.provider_version, name] <= each.created_at
            }
            new = {(each.consumer, each.provider, each.sha, each.wip, name) for name in carried if each.success} - first
            assert {name for *_, name in new} == set(each.first_with_tags)
            first |= new


def test_a_pair_is_dated_by_its_pacts_and_results(database, records):
    pairs = [each for each in records if isinstance(each, Integration)]
    load(database, [each for each in records if not isinstance(each, Integration)])
    load(database, [Integration(consumer=each.consumer, provider=each.provider) for each in pairs])
    dates = [each for each in records if isinstance(each, Pact | Result)]
    for each in everything(database):
        if isinstance(each, Integration):
            own = [one.created_at for one in dates if (one.consumer, one.provider) == (each.consumer, each.provider)]
            assert each.contract_data_updated_at == max(own, default=None)
            assert not own or each.created_at == min(own)


def test_a_loaded_result_is_found_by_its_number(database, records):
    load(database, records)
    one = next(each for each in records if isinstance(each, Result))
    with database.reading() as connection:
        result = verifications.find(connection, one.provider, one.consumer, one.sha, one.number)
    assert result.success == one.success
    assert result.executed_at == one.executed_at


def test_an_estate_is_read_as_it_was_when_reading_began(database, records):
    load(database, records)
    with database.reading() as connection:
        reading = archive.everything(connection)
        first = next(reading)
        with database.writing() as another:
            owner = pacticipants.find(another, "Till")
            versions.ensure(another, owner.id, "late", owner.updated_at)
        assert [first, *reading] == records
    assert len(everything(database)) == len(records) + 1
