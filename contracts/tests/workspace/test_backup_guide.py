"""The section "Backup" of docs/operations.md, done as it says."""

from __future__ import annotations

import re

import guides
import pytest
from estates import Estate
from sqlalchemy import text

from contracts.broker.app import connected
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database


PAGE = "../operations.md"
SECTION = "Backup"


def pattern(line):
    """What *line* of the guide stands for: any text for its dots, and any number for its numbers."""
    return re.sub(r"\d[\d,]*", r"[\\d,]+", re.escape(line)).replace("…", ".+")


def publish(url):
    with connected(Settings(database_url=url)) as broker:
        Estate(broker).publish("web", "1", "1", branch="main")
        if broker.database.sqlite:
            broker.vault.encrypt("a secret")  # which makes the file of the keys


def pacts(url):
    with connected(Settings(database_url=url)) as broker, broker.database.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM pact_publications")).scalar_one()


@pytest.mark.thorough
def test_a_backup_of_sqlite_is_made_and_restored_as_the_page_says(tmp_path):
    url = f"sqlite:///{tmp_path / 'pact_broker.sqlite3'}"
    publish(url)
    done = guides.run(PAGE, tmp_path, {}, only=SECTION)
    assert [each.status for each in done] == [0] * len(done), done
    for each, (command, lines) in zip(done, guides.printed(PAGE, SECTION), strict=True):
        assert each.command == command
        for line in lines:
            assert re.search(pattern(line), each.output), f"{line}\n\n{each.output}"
    assert pacts(url) == 1
    (old,) = tmp_path.glob("pact_broker.sqlite3.before-restore-*")
    assert pacts(f"sqlite:///{old}") == 1


@pytest.mark.thorough
def test_the_same_commands_do_it_on_postgresql(postgresql_url, tmp_path):
    administrator = Database(postgresql_url)
    with administrator.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE guide"))
        url = administrator.url.set(database="guide").render_as_string(hide_password=False)
        try:
            publish(url)
            done = guides.run(PAGE, tmp_path, {"PACT_BROKER_DATABASE_URL": url}, only=SECTION)
            assert [each.status for each in done] == [0] * len(done), done
            assert "each of" in done[0].output
            assert "The replaced data is in the database guide_before_restore_" in done[1].output
            assert pacts(url) == 1
        finally:
            names = connection.scalars(text("SELECT datname FROM pg_database WHERE starts_with(datname, 'guide')"))
            for name in names.all():
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    administrator.dispose()
