"""Versions in SQL, and what surrounds them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from contracts.broker.store import branches, deployments, environments, pacticipants, releases, tags, versions
from contracts.model.errors import NotFound
from contracts.model.versions import BranchOf, TagOf


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def estate(database):
    """Three versions of one application on a branch, and an environment; in a transaction."""
    with database.writing() as connection:
        owner = pacticipants.ensure(connection, "Till", NOW)
        created = [versions.ensure(connection, owner.id, number, NOW)[0] for number in "123"]
        main = branches.use(connection, owner.id, "main", NOW)
        for each in created:
            branches.add_version(connection, main.id, each.id, NOW)
        place = environments.create(
            connection, uuid="place", name="live", display_name="Live", production=True, contacts=None, now=NOW
        )
        yield connection, owner, created, place


def _numbers(listed):
    return [each.number for each in listed]


def test_one_of_a_number_is_made_however_many_ask_at_once(database):
    with database.writing() as connection:
        owner = pacticipants.ensure(connection, "Till", NOW)

    def ensure(_):
        with database.writing() as connection:
            return versions.ensure(connection, owner.id, "1", NOW)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ensure, range(16)))

    assert len({version.id for version, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1


def test_details_have_branches_tags_and_current_environments(estate):
    connection, owner, (first, second, third), place = estate
    tags.add(connection, owner.id, first.id, ["dev"], NOW)
    tags.add(connection, owner.id, second.id, ["dev"], NOW)
    deployments.deploy(connection, first, place.id, uuid="a", now=NOW)
    deployments.deploy(connection, second, place.id, uuid="b", now=NOW)
    releases.release(connection, second, place.id, uuid="c", now=NOW)

    details = versions.details(connection, [first.id, second.id, third.id])

    assert (details[first.id].tags, details[first.id].environments) == ((TagOf(name="dev", latest=False),), ())
    assert details[second.id].tags == (TagOf(name="dev", latest=True),)
    assert [each.name for each in details[second.id].environments] == ["live"]
    assert details[third.id].branches == (BranchOf(name="main", latest=True),)
    assert versions.details(connection, []) == {}


def test_details_take_as_many_statements_for_many_versions_as_for_one(estate):
    connection, _, created, _ = estate
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    versions.details(connection, [created[0].id])
    for_one = len(statements)
    versions.details(connection, [each.id for each in created])

    assert len(statements) - for_one == for_one <= 4


def test_lists_are_by_application_branch_tag_and_environment(estate):
    connection, owner, (first, second, _), place = estate
    tags.add(connection, owner.id, first.id, ["dev"], NOW)
    deployments.deploy(connection, first, place.id, uuid="a", now=NOW)
    deployments.deploy(connection, second, place.id, uuid="b", now=NOW)
    main = branches.find(connection, owner.id, "main")

    everything = versions.of_pacticipant(owner.id)
    assert _numbers(versions.search(connection, everything)) == ["3", "2", "1"]
    assert _numbers(versions.search(connection, everything, limit=1, offset=1)) == ["2"]
    assert versions.count(connection, everything) == 3
    assert _numbers(versions.search(connection, versions.on_branch(main.id))) == ["3", "2", "1"]
    assert _numbers(versions.search(connection, versions.with_tag(owner.id, "dev"))) == ["1"]
    assert _numbers(versions.search(connection, versions.of_environment(owner.id, place.id))) == ["2", "1"]
    assert versions.latest_of(connection, [owner.id])[owner.id].number == "3"
    assert _numbers(versions.by_ids(connection, [first.id]).values()) == ["1"]


def test_a_missing_version_is_not_found(estate):
    connection, owner, _, _ = estate

    with pytest.raises(NotFound, match="no version '9'"):
        versions.find(connection, owner.id, "9")
    with pytest.raises(NotFound, match="no version '1' of 'Nobody'"):
        versions.find_of(connection, "Nobody", "1")
