"""Tagging a version, putting one on a branch, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from estates import Estate

from contracts.broker.actions import branch, tag
from contracts.broker.store import branches, deployments, environments, pacticipants, versions


@pytest.fixture
def add(broker):
    """Tag a version of Till, which is made on the way, with changed settings."""

    def add(number, name, **settings):
        broker.settings = replace(broker.settings, **settings)
        with broker.database.writing() as connection:
            owner = pacticipants.ensure(connection, "Till", broker.now())
            version, _ = versions.ensure(connection, owner.id, number, broker.now())
            return tag.add(broker, connection, owner, version, [name], deploys=True, base_url="http://broker")

    return add


@pytest.fixture
def on_branches(broker):
    """The branches of a version of Till."""

    def on_branches(number):
        with broker.database.reading() as connection:
            version = versions.find_of(connection, "Till", number)
            return [each.name for each in branches.of_versions(connection, [version.id]).get(version.id, ())]

    return on_branches


def test_only_the_first_tag_of_a_young_version_is_its_branch(add, on_branches, clock):
    assert add("1", "feat")
    assert add("1", "dev")
    assert not add("1", "dev")
    add("2", "x", use_first_tag_as_branch=False)
    clock.forward(seconds=5)
    add("2", "y", use_first_tag_as_branch=True)

    assert on_branches("1") == ["feat"]
    assert on_branches("2") == []


def test_a_version_that_is_too_old_gets_no_branch_from_a_tag(add, on_branches, broker, clock):
    with broker.database.writing() as connection:
        versions.ensure(connection, pacticipants.ensure(connection, "Till", broker.now()).id, "1", broker.now())
    clock.forward(seconds=11)

    add("1", "feat")

    assert on_branches("1") == []


def test_a_tag_named_like_an_environment_deploys_if_the_settings_allow_it(add, broker):
    with broker.database.writing() as connection:
        place = environments.create(
            connection,
            uuid="place",
            name="live",
            display_name="Live",
            production=True,
            contacts=None,
            now=broker.now(),
        )

    def current():
        with broker.database.reading() as connection:
            return [each.version for each in deployments.current(connection, environment_id=place.id)]

    add("1", "live", create_deployed_versions_for_tags=False)
    assert current() == []
    add("1", "live", create_deployed_versions_for_tags=True)
    add("2", "live")
    assert current() == ["2"]
    add("1", "live")
    assert current() == ["1"]


def test_a_tag_in_a_publication_deploys_nothing_but_is_a_branch_all_the_same(broker, on_branches):
    estate = Estate(broker)
    estate.environment("dev")

    estate.publish("Till", "1", "a", tags=("dev",))

    with broker.database.reading() as connection:
        assert deployments.current(connection, pacticipant="Till") == []
    assert on_branches("1") == ["dev"]


@pytest.mark.parametrize(
    ("settings", "names", "main"),
    [
        ({}, ["feat", "master", "main"], "master"),
        ({}, ["Main"], None),
        ({"auto_detect_main_branch": False}, ["main"], None),
        ({"main_branch_candidates": ("trunk",)}, ["main", "trunk"], "trunk"),
    ],
)
def test_the_first_candidate_in_use_is_the_main_branch(broker, settings, names, main):
    broker.settings = replace(broker.settings, **settings)
    with broker.database.writing() as connection:
        for name in names:
            owner = pacticipants.ensure(connection, "Till", broker.now())
            version, _ = versions.ensure(connection, owner.id, "1", broker.now())
            assert branch.add_version(broker, connection, owner, version, name, base_url="http://broker")

        assert pacticipants.find(connection, "Till").main_branch == main
