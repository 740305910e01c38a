"""Pacticipants in SQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from contracts.broker.store import labels, pacticipants
from contracts.model.errors import PacticipantNotFound
from contracts.model.pacticipants import Details


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _named(applications):
    return [each.name for each in applications]


def test_one_of_a_name_is_made_however_many_ask_at_once(database):
    def ensure(_):
        with database.writing() as connection:
            return pacticipants.ensure(connection, "Till", NOW).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(ensure, range(16)))

    assert len(ids) == 1


def test_a_missing_application_is_named_with_its_role(database):
    with database.reading() as connection, pytest.raises(PacticipantNotFound, match="no consumer named 'Till'"):
        pacticipants.find(connection, "Till", "consumer")


def test_they_are_found_by_a_part_of_the_name_in_any_case(database):
    with database.writing() as connection:
        for name in ("beta", "Alpha", "50%_off"):
            pacticipants.ensure(connection, name, NOW)

        assert _named(pacticipants.search(connection)) == ["50%_off", "Alpha", "beta"]
        assert _named(pacticipants.search(connection, limit=1, offset=1)) == ["Alpha"]
        assert _named(pacticipants.search(connection, "PH")) == ["Alpha"]
        assert _named(pacticipants.search(connection, "%_")) == ["50%_off"]
        assert (pacticipants.count(connection), pacticipants.count(connection, "a")) == (3, 2)
        assert set(pacticipants.by_names(connection, ["beta", "none"])) == {"beta"}


def test_a_main_branch_that_is_set_stays(database):
    with database.writing() as connection:
        application, created = pacticipants.create(connection, "Till", Details(), NOW)
        pacticipants.set_main_branch(connection, application.id, "main", NOW)
        pacticipants.set_main_branch(connection, application.id, "master", NOW)

        assert created
        assert pacticipants.find(connection, "Till").main_branch == "main"
        assert pacticipants.by_ids(connection, [application.id])[application.id].display_name == "Till"


def test_a_label_is_stored_once_for_each_application(database):
    with database.writing() as connection:
        ids = [pacticipants.ensure(connection, name, NOW).id for name in ("b", "A")]
        for each in ids:
            assert labels.add(connection, each, "shop", NOW)
        assert not labels.add(connection, ids[0], "shop", NOW)
        labels.add(connection, ids[0], "core", NOW)

        assert _named(pacticipants.with_label(connection, "shop")) == ["A", "b"]
        assert labels.of_pacticipants(connection, ids) == {ids[0]: ("core", "shop"), ids[1]: ("shop",)}
        assert labels.names(connection) == ["core", "shop"]
        assert labels.count(connection) == 2
