"""What the broker changes itself has entries in the audit log."""

from __future__ import annotations

import getpass

import pytest
from estates import Estate

from contracts.broker.actions import audits, clean, recover
from contracts.broker.store import audit, audit_trail, job_lists, jobs, pacticipants
from contracts.model.audit import Kind
from contracts.model.errors import Unavailable


@pytest.fixture
def estate(broker):
    return Estate(broker)


@pytest.fixture
def acts(broker):
    def acts():
        with broker.database.reading() as connection:
            return [each.act for each in audit.page(connection, limit=100)]

    return acts


def test_a_cleaning_is_recorded_with_what_it_removes(broker, estate, acts, clock):
    for number in "12":
        estate.publish("Till", number, number, branch="main")
    clean.carry_out(broker, clean.plan(broker))
    assert acts() == []
    clock.forward(days=91)
    clean.carry_out(broker, clean.plan(broker))
    (act,) = acts()
    assert (act.kind, act.subject, act.resource) == (Kind.SYSTEM, "system:cleaning", "cleaning")
    assert act.names == {"versions": "1"}


def test_a_cleaning_by_a_command_is_recorded_with_its_user(broker, acts):
    with (
        audit_trail.recording(audits.of_command("clean", {})),
        audits.recording(broker, "cleaning", {"versions": "2"}),
        broker.database.writing(),
    ):
        pass
    (act,) = acts()
    assert (act.kind, act.subject, act.resource) == (Kind.COMMAND, f"command:{getpass.getuser()}", "contracts clean")
    assert act.names == {"versions": "2"}


def test_a_cleaning_never_removes_an_entry(broker, acts, clock):
    with audit_trail.recording(audits.of_command("seed", {})), broker.database.writing():
        pass
    clock.forward(days=9_999)
    clean.carry_out(broker, clean.plan(broker))
    assert [each.resource for each in acts()] == ["contracts seed"]


def test_a_recovery_is_recorded(broker, estate, acts, clock):
    estate.publish("Till", "0", "old")
    estate.version("Ledger", "10", branch="main")
    with broker.database.writing() as connection:
        pacticipants.set_main_branch(connection, pacticipants.find(connection, "Ledger").id, "main", clock())
    estate.publish("Till", "1", "a")
    with broker.database.writing() as connection:
        (job,) = job_lists.search(connection, pacticipant="Till", version="1", limit=10, offset=0)
        jobs.restart(connection, job.id, "delivery", clock())
        jobs.dispatched(connection, "delivery", clock(), clock())
    clock.forward(minutes=1)
    with broker.database.writing() as connection:
        count = recover.lost_verifications(broker, connection)
    assert count == 1
    (act,) = acts()
    assert (act.subject, act.names) == ("system:recovery", {"verification jobs": "1", "not needed": "0"})


def test_refusals_go_to_the_log_of_the_process_while_the_database_is_unavailable(broker, monkeypatch, caplog):
    def unavailable():
        raise Unavailable("the disk is full")

    monkeypatch.setattr(broker.database, "writing", unavailable)
    audits.record_refusals(broker, [audits.of_system("test", broker.now(), {"pacticipant": "web"})])
    assert "The audit log lacks a refusal, the disk is full" in caplog.text
    assert '"pacticipant":"web"' in caplog.text


def test_a_change_does_not_include_what_is_written_aside(broker, acts):
    with audit_trail.recording(audits.of_command("seed", {})) as pending:
        with audit_trail.unrecorded(), broker.database.writing():
            pass
        assert not pending.recorded
    assert acts() == []
