"""A database of each release, brought up to date, and the scripts that were released."""

from __future__ import annotations

import shutil

import pytest
import releases
from sqlalchemy import inspect, literal, select, text

from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.broker.store.database import Database
from contracts.broker.store.tables import metadata


ADDED_SINCE = {
    "/secrets",
    "/secrets/{uuid}",
    "/admin/system-accounts",
    "/admin/system-accounts/{uuid}",
    "/admin/system-accounts/{uuid}/tokens",
    "/admin/users/{uuid}",
    "/audit",
    "/session-tokens",
    "/settings/tokens",
    "/tokens",
    "/tokens/{uuid}",
    "/verification-jobs",
    "/verification-jobs/{uuid}",
    "/webhook-decisions",
    "/webhooks/{uuid}/dry-run",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def restored(request, tmp_path):
    """Restore the database of a release, of each kind in turn; it is not upgraded yet."""
    opened = []

    def restored(release: str) -> Database:
        if request.param == "sqlite":
            database = Database(f"sqlite:///{tmp_path / 'released.sqlite3'}")
        else:
            server = Database(request.getfixturevalue("postgresql_url"))
            with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("DROP DATABASE IF EXISTS released"))
                connection.execute(text("CREATE DATABASE released"))
            server.dispose()
            database = Database(server.url.set(database="released").render_as_string(hide_password=False))
        opened.append(database)
        releases.restore(releases.FOLDER / release, database)
        return database

    yield restored
    for each in opened:
        each.dispose()


@pytest.mark.parametrize("release", releases.released())
def test_a_database_of_each_release_gives_the_same_responses_after_the_upgrade(restored, release):
    database = restored(release)
    migrations.prepare(database)

    recorded = releases.recorded(releases.FOLDER / release)
    assert releases.responses(database, list(recorded)) == recorded


def test_the_first_release_has_a_row_in_every_table_and_a_response_of_every_route(restored):
    database = restored("0.2.0")
    names = set(inspect(database.engine).get_table_names())
    with database.reading() as connection:
        tables = [each for each in metadata.sorted_tables if each.name in names]
        empty = [
            each.name for each in tables if connection.execute(select(literal(1)).select_from(each)).first() is None
        ]
    assert empty == []
    assert {"versions", "pact_publications", "verifications", "webhook_executions", "tag_successes"} <= names

    paths = releases.recorded(releases.FOLDER / "0.2.0")
    missing = [
        route
        for route in releases.routes(create_app(Runtime(settings=Settings(), database=database)))
        if not any(releases.pattern(route).fullmatch(path) for path in paths)
    ]
    assert [each for each in missing if each not in ADDED_SINCE] == []


def test_a_released_migration_never_changes():
    checksums = releases.checksums()
    assert "0001_first_tables.py" in checksums
    assert {name: releases.checksum(name) for name in checksums} == checksums


def test_a_database_of_a_later_release_is_refused_and_unchanged(restored):
    database = restored("0.2.0")
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("CREATE TABLE from_the_future (id INTEGER)"))

    with pytest.raises(migrations.ForeignDatabase) as refusal:
        migrations.prepare(database)

    message = str(refusal.value)
    assert "A newer version of contracts made the database" in message
    assert f"knows revisions up to {migrations.HEAD}. Install that version again, or a newer one" in message
    with database.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_development_database_is_refused_with_a_way_to_move_its_data(restored):
    database = restored("0.2.0")
    with database.writing() as connection:
        connection.execute(text("DROP TABLE webhook_executions"))

    with pytest.raises(migrations.ForeignDatabase) as refusal:
        migrations.prepare(database)

    message = str(refusal.value)
    assert "A development version before 0.2.0 made them" in message
    assert "`contracts export FILE` with the version that made it" in message


def test_a_development_database_that_an_upgrade_cannot_change_is_refused_and_unchanged(restored, monkeypatch, tmp_path):
    scripts = tmp_path / "migrations"
    shutil.copytree(migrations.SCRIPTS, scripts)
    (scripts / "versions" / "9000_next.py").write_text(
        "from alembic import op\n"
        "from contracts.broker.store.migrations import SCRIPTS\n"
        "revision = '9000'\n"
        "down_revision = max(each.name[:4] for each in SCRIPTS.glob('versions/0*.py'))\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE next_table (id INTEGER)')\n"
        "    op.execute('UPDATE versions SET added_later = 1')\n"
    )
    monkeypatch.setattr(migrations, "SCRIPTS", scripts)
    monkeypatch.setattr(migrations, "HEAD", "9000")
    database = restored("0.2.0")

    with pytest.raises(migrations.ForeignDatabase, match="A development version before 0"):
        migrations.prepare(database)

    assert "next_table" not in inspect(database.engine).get_table_names()
    with database.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
