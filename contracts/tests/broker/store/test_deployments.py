"""Deployed and released versions in SQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from contracts.broker.store import deployments, environments, pacticipants, releases, versions
from contracts.model.errors import NotFound


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def estate(database):
    """An environment, and the versions 1 to 4 of an application."""
    with database.writing() as connection:
        owner = pacticipants.ensure(connection, "Till", NOW)
        four_versions = [versions.ensure(connection, owner.id, number, NOW)[0] for number in "1234"]
        place = environments.create(
            connection, uuid="place", name="live", display_name="Live", production=True, contacts=None, now=NOW
        )
    return owner, four_versions, place


def test_one_version_holds_a_slot_however_many_take_it_at_once(database, estate):
    _, four_versions, place = estate

    def deploy(turn):
        with database.writing() as connection:
            uuid = str(turn)
            deployments.deploy(connection, four_versions[turn % 4], place.id, uuid=uuid, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deploy, range(16)))

    with database.reading() as connection:
        assert len(deployments.current(connection, environment_id=place.id)) == 1


def test_one_release_of_a_version_is_made_however_many_ask_at_once(database, estate):
    _, four_versions, place = estate

    def release(turn):
        with database.writing() as connection:
            return releases.release(connection, four_versions[0], place.id, uuid=str(turn), now=NOW)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(release, range(16)))

    assert len({uuid for uuid, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1


def test_no_target_and_a_blank_one_are_two_slots(database, estate):
    _, (first, second, *_), place = estate
    with database.writing() as connection:
        deployments.deploy(connection, first, place.id, uuid="a", now=NOW)
        deployments.deploy(connection, second, place.id, uuid="b", now=NOW, target="")

        assert [each.uuid for each in deployments.current(connection, without_target=True)] == ["a"]
        assert [each.uuid for each in deployments.current(connection, target="")] == ["b"]


def test_each_deployed_or_supported_version_is_present_once(database, estate):
    _, (first, second, third, _), place = estate
    with database.writing() as connection:
        deployments.deploy(connection, first, place.id, uuid="a", now=NOW)
        deployments.deploy(connection, second, place.id, uuid="b", now=NOW)
        releases.release(connection, second, place.id, uuid="c", now=NOW)
        releases.release(connection, third, place.id, uuid="d", now=NOW)
        releases.end_support(connection, "d", NOW)

        assert deployments.environment_ids_of(connection, [first.id, second.id]) == {second.id: (place.id,)}


def test_past_deployments_are_listed_oldest_first(database, estate):
    _, (first, second, *_), place = estate
    with database.writing() as connection:
        for uuid, version in (("a", first), ("b", second), ("c", first)):
            deployments.deploy(connection, version, place.id, uuid=uuid, now=NOW)
        releases.release(connection, first, place.id, uuid="d", now=NOW)

        past = deployments.of_versions(connection, [first.id, second.id])
        assert [each.uuid for each in past[first.id]] == ["a", "c"]
        assert [each.currently_deployed for each in past[first.id]] == [False, True]
        assert [each.uuid for each in deployments.of_version(connection, first.id, place.id)] == ["c", "a"]
        assert [each.uuid for each in releases.of_versions(connection, [first.id])[first.id]] == ["d"]
        assert [each.uuid for each in releases.of_version(connection, first.id, place.id)] == ["d"]


def test_an_environment_takes_its_deployments_along(database, estate):
    _, (first, *_), place = estate
    with database.writing() as connection:
        deployments.deploy(connection, first, place.id, uuid="a", now=NOW)
        releases.release(connection, first, place.id, uuid="b", now=NOW)
        environments.remove(connection, place.id)

        with pytest.raises(NotFound, match="uuid 'a'"):
            deployments.find(connection, "a")
        with pytest.raises(NotFound, match="uuid 'b'"):
            releases.find(connection, "b")
