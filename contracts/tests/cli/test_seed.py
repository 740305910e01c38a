"""`contracts seed`: all test data in a database, or nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from contracts.broker.store import migrations
from contracts.broker.store.database import Database
from contracts.broker.store.pacticipants import ensure
from contracts.cli.seed import command


@pytest.fixture
def seed(sqlite_url):
    def run(*options):
        return CliRunner().invoke(command, ["--pacts", "60", "--database-url", sqlite_url, *options])

    return run


def test_an_empty_database_is_filled_with_progress(seed):
    result = seed()
    assert result.exit_code == 0
    assert "round 4 of 4: " in result.output


def test_a_database_that_is_not_empty_is_refused(seed):
    assert seed().exit_code == 0
    refused = seed()
    assert refused.exit_code == 1
    assert "The database is not empty. It is unchanged" in refused.output
    again = seed("--into-used")
    assert again.exit_code == 1
    assert "holds the data of `contracts seed` already" in again.output


def test_an_option_allows_to_add_to_a_used_database(seed, sqlite_url, clock):
    database = Database(sqlite_url)
    migrations.prepare(database)
    with database.writing() as connection:
        ensure(connection, "mine", clock())
    database.dispose()
    assert seed().exit_code == 1
    assert seed("--into-used").exit_code == 0


def test_an_unusable_database_is_an_error_with_its_reason():
    result = CliRunner().invoke(command, ["--database-url", "mysql://host/name"])
    assert result.exit_code == 4
    assert "The broker keeps nothing in mysql" in result.output
