"""`contracts audit`."""

from __future__ import annotations

import getpass
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from contracts.broker.actions import audits
from contracts.broker.store import audit, audit_trail, migrations
from contracts.broker.store.database import Database
from contracts.broker.store.tables import audit_entries
from contracts.cli import main


@pytest.fixture
def database(sqlite_url):
    database = Database(sqlite_url)
    migrations.prepare(database)
    yield database
    database.dispose()


@pytest.fixture
def log(database):
    """Three entries in a database; the function verifies it."""
    for number in range(3):
        with database.writing() as connection:
            audit_trail.add(connection, audits.of_command("import", {"from": f"{number}.jsonl"}))

    def verify(*options, status=0):
        arguments = ["audit", "verify", "--database-url", database.url.render_as_string(hide_password=False)]
        result = CliRunner().invoke(main, [*arguments, *options], catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result.output

    return verify


def exported(database, tmp_path):
    """The log as a file."""
    path = tmp_path / "audit.jsonl"
    with database.reading() as connection:
        path.write_text("".join(f"{json.dumps(each.document())}\n" for each in audit.every(connection)))
    return path


def test_an_intact_log_is_verified_with_what_an_earlier_run_printed(log):
    printed = log()
    assert printed.startswith("The audit log is intact: 3 entries. The last one is 3:")
    mark = printed.split()[-1]
    assert log("--expect", mark) == printed
    assert "entry 3 is not the one that was noted earlier" in log("--expect", f"3:{'0' * 64}", status=1)


def test_the_first_broken_entry_is_named(log, database):
    with database.writing() as connection:
        connection.execute(update(audit_entries).where(audit_entries.c.id == 2).values(actor="somebody else"))
    assert log(status=1) == (
        "The audit log was altered: entry 2 was altered, or an entry before it was removed. 1 entries before it are "
        "intact.\n"
    )


def test_an_export_is_verified_without_the_database(log, database, tmp_path):
    path = exported(database, tmp_path)
    assert log("--file", str(path)).startswith("The audit log is intact: 3 entries.")
    lines = path.read_text().splitlines(keepends=True)
    first = json.loads(lines[0])
    path.write_text("".join(lines[1:]))
    assert "Name the entry before it with --after" in log("--file", str(path), status=2)
    assert "2 entries" in log("--file", str(path), "--after", f"1:{first['digest']}")
    path.write_text("".join(lines).replace("0.jsonl", "9.jsonl"))
    assert "entry 1 was altered" in log("--file", str(path), status=1)


@pytest.mark.parametrize("options", [("--after", f"1:{'0' * 64}"), ("--expect", "1"), ("--file", "missing")])
def test_wrong_options_are_refused(log, options):
    log(*options, status=2)


def test_entries_are_listed_and_exported_from_a_broker(ask, contracts):
    ask("create-environment", "--name", "audited")
    (listed,) = ask("audit", "list", "--name", "audited")
    assert (listed["method"], listed["resource"], listed["names"]) == ("POST", "/environments", ["name audited"])
    assert "audited" in contracts("audit", "list", "--type", "change").output
    contracts("audit", "export", "audit.jsonl")
    assert stat.S_IMODE(Path("audit.jsonl").stat().st_mode) == 0o600
    assert contracts("audit", "verify", "--file", "audit.jsonl").output.startswith("The audit log is intact")
    lines = contracts("audit", "export", "--subject", "anonymous").stdout.splitlines()
    assert [json.loads(each)["number"] for each in lines] == list(range(1, len(lines) + 1))
    assert contracts("audit", "export", "--since", "2999-01-01").stdout == ""
    assert "must be a time" in contracts("audit", "list", "--since", "yesterday", status=2).output


@pytest.mark.thorough
def test_commands_that_open_the_database_are_recorded_with_their_user(sqlite_url, tmp_path, monkeypatch):
    def run(*arguments):
        result = CliRunner().invoke(main, [*arguments, "--database-url", sqlite_url], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    monkeypatch.chdir(tmp_path)
    token = run("token", "create-first").strip()
    run("seed", "--pacts", "1")
    run("export", "archive.jsonl")
    run("import", "--from", "archive.jsonl")
    run("secret", "rotate-key")
    run("backup", "broker.backup")
    run("restore", "broker.backup", "--replace")
    database = Database(sqlite_url)
    with database.reading() as connection:
        acts = [each.act for each in audit.every(connection)]
    database.dispose()
    user = f"command:{getpass.getuser()}"
    assert [(each.resource, each.subject) for each in acts] == [
        ("contracts token create-first", user),
        ("contracts seed", user),
        ("contracts import", user),
        ("contracts secret rotate-key", user),
        ("contracts restore", user),
    ]
    assert acts[2].names == {"from": "archive.jsonl"}
    assert token not in str(acts)
