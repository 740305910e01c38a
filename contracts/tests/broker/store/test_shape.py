"""Tables that differ from those of the code are noticed, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from contracts.broker.store import shape


LABELS = (
    "CREATE TABLE labels (id {id}, pacticipant_id {number} NOT NULL, name {name}, created_at {moment} NOT NULL, "
    "UNIQUE (pacticipant_id, name){more}, FOREIGN KEY (pacticipant_id) REFERENCES pacticipants (id) ON DELETE {action})"
)
INDEX = "CREATE INDEX ix_labels_name ON labels (name)"


def labels(database, **changes):
    """Statements that make the table of labels again, with *changes*."""
    kinds = (
        {"id": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "number": "INTEGER", "moment": "DATETIME"}
        if database.sqlite
        else {"id": "BIGSERIAL PRIMARY KEY", "number": "BIGINT", "moment": "TIMESTAMP WITH TIME ZONE"}
    )
    parts = kinds | {"name": "TEXT NOT NULL", "more": "", "action": "CASCADE"} | changes
    return "DROP TABLE labels", LABELS.format(**parts), INDEX


@pytest.fixture
def after(database):
    """The differences after some statements, which are then undone."""

    def differences(*statements):
        with database.engine.connect() as connection:
            connection.execution_options(contracts_write=True)
            with connection.begin() as transaction:
                for each in statements:
                    connection.execute(text(each))
                lines = shape.differences(connection)
                transaction.rollback()
        return lines

    return differences


def test_the_tables_of_the_code_have_no_difference(after):
    assert after() == []


def test_an_equal_table_made_by_hand_has_no_difference(after, database):
    assert after(*labels(database)) == []


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("DROP TABLE labels", "there is no table labels"),
        (
            "DROP INDEX ix_integrations_head_version_id_provider_id",
            "integrations has no index ix_integrations_head_version_id_provider_id",
        ),
        ("ALTER TABLE webhooks RENAME COLUMN username TO later", "webhooks has no column username"),
        ("ALTER TABLE webhooks RENAME COLUMN username TO later", "the column later of webhooks is unknown"),
        ("ALTER TABLE versions ADD COLUMN later TEXT", "the column later of versions is unknown"),
        (
            "CREATE TABLE later (version_id INTEGER REFERENCES versions (id) ON DELETE CASCADE)",
            "the table later is unknown",
        ),
        ("CREATE UNIQUE INDEX later ON versions (build_url)", "the index later of versions is unknown"),
    ],
)
def test_a_part_that_is_missing_or_unknown_is_named(after, statement, line):
    assert line in after(statement)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"action": "NO ACTION"}, "the foreign key pacticipant_id of labels is another"),
        ({"name": "TEXT"}, "the column name of labels is another"),
        ({"name": "INTEGER NOT NULL"}, "the column name of labels is another"),
        ({"more": ", UNIQUE (name)"}, "the unique constraint name of labels is unknown"),
        ({"id": "INTEGER NOT NULL PRIMARY KEY"}, "the primary key of labels is another"),
    ],
)
def test_a_part_that_is_another_is_named(after, database, changes, line):
    assert line in after(*labels(database, **changes))


@pytest.mark.parametrize(
    "index",
    [
        "CREATE UNIQUE INDEX uq_verifications_latest ON verifications (pact_version_id, provider_version_id)",
        "CREATE INDEX uq_verifications_latest ON verifications (pact_version_id, provider_version_id) WHERE {latest}",
        "CREATE UNIQUE INDEX uq_verifications_latest ON verifications (pact_version_id) WHERE {latest}",
    ],
)
def test_an_index_of_the_same_name_must_be_the_same_index(after, database, index):
    statement = index.format(latest="latest = 1" if database.sqlite else "latest")

    assert after("DROP INDEX uq_verifications_latest", statement) == [
        "the index uq_verifications_latest of verifications is another"
    ]


@pytest.mark.parametrize(
    "statement", ["CREATE INDEX faster ON versions (build_url)", "CREATE TABLE other (id INTEGER)"]
)
def test_an_administrator_s_index_and_an_unrelated_table_are_no_difference(after, statement):
    assert after(statement) == []
