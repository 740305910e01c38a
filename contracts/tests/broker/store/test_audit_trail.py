"""Entries of the audit log are written with what they record, in one chain on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from contracts.broker.actions import audits
from contracts.broker.store import audit, audit_trail
from contracts.broker.store.audit import Filters
from contracts.broker.store.tables import audit_entries, labels, tokens
from contracts.model.audit import Act, Kind
from contracts.model.audit import verify as verify_chain


NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def act(**fields):
    values = {"kind": Kind.CHANGE, "at": NOON, "subject": "token:1", "actor": "the token ci"}
    return Act(**values | fields)


def add(database, count=1, **fields):
    for number in range(count):
        with database.writing() as connection:
            audit_trail.add(connection, act(names={"version": f"{number}"}, **fields))


def entries(database, filters=audit.EVERYTHING):
    with database.reading() as connection:
        return audit.page(connection, filters, limit=1_000)


def test_an_entry_survives_the_database(database):
    whole = act(
        names={"pacticipant": "wéb \U0001f600", "quote": "'\"\\"},
        method="PUT",
        resource="/pacticipants/{pacticipant}",
        status=200,
        address="192.0.2.1",
        request_id="abc",
        requests=3,
        last_at=NOON + timedelta(microseconds=1),
    )
    with database.writing() as connection:
        audit_trail.add(connection, whole)
    (entry,) = entries(database)
    assert entry.act == whole
    assert audits.verify(database).problem == ""


def test_a_change_that_fails_leaves_no_entry(database):
    def fail():
        with audit_trail.recording(act()) as pending:
            with pytest.raises(RuntimeError), database.writing():
                raise RuntimeError
            return pending.recorded

    assert not fail()
    assert entries(database) == []
    add(database)
    assert [each.mark.number for each in entries(database)] == [1]


def test_a_change_whose_entry_fails_is_not_made(database):
    token = {"uuid": "1", "note": "", "start": "", "digest": "d", "permissions": [], "created_by": ""}

    def change():
        with audit_trail.recording(act()), database.writing() as connection:
            connection.execute(insert(tokens).values(**token, created_at=NOON))
            connection.exec_driver_sql("ALTER TABLE audit_entries RENAME COLUMN digest TO other")

    with pytest.raises(Exception, match="digest"):
        change()
    with database.reading() as connection:
        assert connection.execute(select(tokens)).all() == []


def test_one_act_has_one_entry_in_its_first_transaction(database):
    with audit_trail.recording(act()):
        for _ in range(3):
            with database.writing():
                audit_trail.note(version="1")
    with database.writing():
        pass
    (entry,) = entries(database)
    assert entry.act.names == {"version": "1"}


def test_other_threads_and_contexts_record_nothing(database):
    def write():
        with database.writing():
            pass

    with audit_trail.recording(act()), ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()
    assert entries(database) == []


def test_writers_at_the_same_time_make_one_chain(database):
    def write(number):
        with audit_trail.recording(act(subject=f"token:{number}")), database.writing() as connection:
            connection.execute(select(labels.c.id)).all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    verified = audits.verify(database)
    assert (verified.problem, verified.count, verified.last.number) == ("", 60, 60)
    assert len({each.act.subject for each in entries(database)}) == 60


@pytest.mark.parametrize(
    "values",
    [
        {"subject": "token:2"},
        {"at": NOON - timedelta(days=1)},
        {"names": '{"version":"9"}'},
        {"names": "{"},
        {"kind": "else"},
        {"digest": "0" * 64},
        {"status": 200},
    ],
)
def test_an_entry_that_is_altered_in_the_database_is_named(database, values):
    add(database, 3)
    with database.writing() as connection:
        connection.execute(update(audit_entries).where(audit_entries.c.id == 2).values(values))
    verified = audits.verify(database)
    assert verified.problem.startswith("entry 2 was altered")
    assert verified.count == 1


@pytest.mark.parametrize(("removed", "problem"), [(1, "entry 1 is missing"), (2, "entry 2 is"), (3, "entry 3 is")])
def test_an_entry_that_is_removed_from_the_database_is_named(database, removed, problem):
    add(database, 3)
    with database.writing() as connection:
        connection.execute(delete(audit_entries).where(audit_entries.c.id == removed))
    assert audits.verify(database).problem.startswith(problem)


def test_removing_the_beginning_keeps_the_chain_intact(database):
    add(database, 3, at=NOON - timedelta(days=2))
    add(database, 2)
    noted = entries(database)[3].mark
    with database.writing() as connection:
        assert audit.remove_before(connection, NOON - timedelta(days=1), 2) == 2
        assert audit.remove_before(connection, NOON - timedelta(days=1), 2) == 1
        assert audit.remove_before(connection, NOON - timedelta(days=1), 2) == 0
    assert audits.verify(database).count == 2
    assert audits.verify(database, noted).problem == ""
    add(database)
    with database.reading() as connection:
        assert audit.anchor(connection).number == 3
        assert verify_chain(audit.every(connection), audit.anchor(connection)).last.number == 6


def test_the_last_entry_is_never_removed_so_the_chain_continues(database):
    add(database, 3)
    with database.writing() as connection:
        assert audit.remove_before(connection, NOON + timedelta(days=1), 100) == 2
    add(database)
    verified = audits.verify(database)
    assert (verified.problem, verified.count, verified.last.number) == ("", 2, 4)


def test_entries_are_listed_by_filters(database):
    with database.writing() as connection:
        for each in (
            act(subject="token:1", names={"pacticipant": "Wéb"}),
            act(subject="token:2", kind=Kind.REFUSAL, at=NOON + timedelta(hours=1)),
            act(subject="account:ann", resource="/webhooks", at=NOON + timedelta(hours=2)),
        ):
            audit_trail.add(connection, each)

    def numbers(**fields):
        return [each.mark.number for each in entries(database, Filters(**fields))]

    assert numbers(subject="token:1") == [1]
    assert numbers(kind=Kind.REFUSAL) == [2]
    assert numbers(since=NOON + timedelta(hours=1)) == [2, 3]
    assert numbers(until=NOON + timedelta(hours=1)) == [1]
    assert numbers(name="Wéb") == [1]
    assert numbers(name="/webhooks") == [3]
    assert numbers(name="%") == []
