"""Bringing a database up to date."""

from __future__ import annotations

import json

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, Table, inspect, text

from contracts.broker.store import migrations, pacts
from contracts.broker.store.database import Database, DatabaseError
from contracts.broker.store.tables import metadata
from contracts.model import partial_contracts


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database without any table, of each kind in turn."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.dispose()
        return
    server = Database(request.getfixturevalue("postgresql_url"))
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS empty"))
        connection.execute(text("CREATE DATABASE empty"))
    server.dispose()
    database = Database(server.url.set(database="empty").render_as_string(hide_password=False))
    yield database
    database.dispose()


def _plain(index):
    """An index with its WHERE clause as text."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def _shape(database):
    inspector = inspect(database.engine)
    return {
        name: {
            "columns": [{**each, "type": str(each["type"])} for each in inspector.get_columns(name)],
            "keys": inspector.get_pk_constraint(name),
            "foreign": sorted(map(str, inspector.get_foreign_keys(name))),
            "unique": sorted(map(str, inspector.get_unique_constraints(name))),
            "indexes": sorted(str(_plain(each)) for each in inspector.get_indexes(name)),
        }
        for name in sorted(inspector.get_table_names())
    }


def test_a_new_database_has_every_table_and_is_stamped(empty):
    migrations.prepare(empty)

    assert set(metadata.tables) | {"alembic_version"} == set(inspect(empty.engine).get_table_names())
    with empty.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == migrations.HEAD


def test_preparing_again_changes_nothing(empty):
    migrations.prepare(empty)
    before = _shape(empty)

    migrations.prepare(empty)

    assert _shape(empty) == before


def test_the_migrations_make_the_tables(empty):
    """A database that took every step is like a new one, to the last index."""
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))
    with empty.writing() as connection:
        config.attributes["connection"] = connection
        from alembic import command  # noqa: PLC0415, beside its only use

        command.upgrade(config, "head")
    migrated = _shape(empty)

    with empty.writing() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    migrations.prepare(empty)

    assert migrated == _shape(empty)


def test_a_large_contract_of_an_earlier_version_gets_its_excerpt(empty):
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))
    path = {"method": "GET", "path": "/p"}
    bodies = {"small": "x", "large": "x" * partial_contracts.LARGE}
    with empty.writing() as connection:
        config.attributes["connection"] = connection
        from alembic import command  # noqa: PLC0415, beside its only use

        command.upgrade(config, "0012")
        for name in ("C", "P"):
            connection.execute(
                text(
                    "INSERT INTO pacticipants (name, display_name, created_at, updated_at)"
                    " VALUES (:name, :name, :now, :now)"
                ),
                {"name": name, "now": "2026-01-01 00:00:00"},
            )
        for sha, body in bodies.items():
            interaction = {"description": sha, "request": path, "response": {"body": body}}
            connection.execute(
                text(
                    "INSERT INTO pact_versions (consumer_id, provider_id, sha, interactions_count, messages_count,"
                    " created_at, content) VALUES (1, 2, :sha, 1, 0, :now, :content)"
                ),
                {"sha": sha, "now": "2026-01-01 00:00:00", "content": json.dumps({"interactions": [interaction]})},
            )
        command.upgrade(config, "head")

    with empty.reading() as connection:
        small, large = (pacts.contract(connection, number) for number in (1, 2))
    assert (small.spans, len(large.spans)) == ((), 1)
    assert [each.title for each in large.outline] == ["GET /p"]
    assert large.part([0])[0].parts[1][1].content == bodies["large"]


def test_the_newest_script_is_the_one_the_code_knows():
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_another_program_s_database_is_left_as_it_is(empty):
    foreign = MetaData()
    Table("pacticipants", foreign, Column("id", Integer))
    foreign.create_all(empty.engine)

    with pytest.raises(migrations.ForeignDatabase, match="holds tables of another program"):
        migrations.prepare(empty)

    assert inspect(empty.engine).get_table_names() == ["pacticipants"]


def test_a_newer_broker_s_database_is_left_as_it_is(empty):
    migrations.prepare(empty)
    with empty.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(migrations.ForeignDatabase, match="A newer version of contracts made the database"):
        migrations.prepare(empty)


def test_tables_of_another_version_are_refused_with_a_way_out(empty):
    migrations.prepare(empty)
    with empty.writing() as connection:
        connection.execute(text("DROP INDEX ix_integrations_head_version_id_provider_id"))
        connection.execute(text("ALTER TABLE integrations RENAME COLUMN head_version_id TO later"))

    with pytest.raises(migrations.ForeignDatabase) as refusal:
        migrations.prepare(empty)

    assert "integrations has no column head_version_id" in str(refusal.value)
    assert "contracts export FILE" in str(refusal.value)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM alembic_version", "names no revision"),
        ("INSERT INTO alembic_version VALUES ('0000')", "names several revisions"),
    ],
)
def test_a_stamp_that_says_nothing_is_refused(empty, statement, says):
    migrations.prepare(empty)
    with empty.writing() as connection:
        connection.execute(text(statement))

    with pytest.raises(migrations.ForeignDatabase, match=says):
        migrations.prepare(empty)


def test_a_database_that_is_up_to_date_is_only_read(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'b.sqlite3'}")
    migrations.prepare(database)
    reader = Database(f"sqlite:///{tmp_path / 'b.sqlite3'}")
    with database.writing():
        migrations.prepare(reader)
    reader.dispose()
    database.dispose()


@pytest.mark.parametrize(
    "content", [b"no database" * 1000, b"SQLite format 3\0" + b"\xa5" * 8000, "\u00fc".encode() * 9000]
)
def test_a_file_that_is_damaged_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "b.sqlite3"
    path.write_bytes(content)
    database = Database(f"sqlite:///{path}")

    for ask in (migrations.prepare, migrations.exists):
        with pytest.raises(DatabaseError, match=r"b\.sqlite3"):
            ask(database)
    with pytest.raises(DatabaseError, match="is damaged"):
        migrations.require_undamaged(database)

    assert path.read_bytes() == content
    database.dispose()


def test_without_migration_an_outdated_database_is_refused(empty):
    with pytest.raises(DatabaseError, match="PACT_BROKER_AUTO_MIGRATE_DB=true"):
        migrations.prepare(empty, migrate=False)
    assert inspect(empty.engine).get_table_names() == []
    migrations.prepare(empty)
    migrations.prepare(empty, migrate=False)


def test_a_database_that_cannot_be_opened_yet_is_tried_again(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'later' / 'b.sqlite3'}")
    with pytest.raises(DatabaseError, match="cannot be opened"):
        migrations.prepare(database)
    migrations.prepare(database, connect_max_retries=1, pause=(tmp_path / "later").mkdir)
    assert "versions" in inspect(database.engine).get_table_names()
    database.dispose()
