"""Permissions: what each covers, and how it is written."""

from __future__ import annotations

import pytest

from contracts.model.permissions import Permission, Role, publish, read


TEAMS = {"shop": ["web", "cart"], "money": ["payments"]}


def of_shop(*names):
    return Permission(role=Role.PUBLISH, names=frozenset(names), teams=frozenset({"shop"}))


@pytest.mark.parametrize(("application", "covered"), [("web", True), ("own", True), ("payments", False)])
def test_a_team_is_its_applications(application, covered):
    assert of_shop("own").of_teams(TEAMS).covers(publish(application)) is covered


def test_an_unknown_team_permits_nothing():
    assert not of_shop().of_teams({}).covers(publish("web"))


def test_a_team_covers_itself_and_its_applications_but_no_other_team():
    shop = of_shop().of_teams(TEAMS)
    assert shop.covers(of_shop("web"))
    assert not shop.covers(Permission(role=Role.PUBLISH, names=frozenset({"web"}), teams=frozenset({"money"})))
    assert not shop.covers(Permission(role=Role.PUBLISH))


@pytest.mark.parametrize(
    "document",
    [
        {"role": "publish"},
        {"role": "publish", "names": ["web"], "teams": ["shop"]},
        {"role": "publish", "teams": ["shop"]},
        {"role": "deploy", "names": ["production"]},
    ],
)
def test_a_permission_is_read_as_it_is_written(document):
    assert read(document).document() == document


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"role": "deploy", "teams": ["shop"]}, "only the role publish has teams"),
        ({"role": "publish", "teams": []}, "limited to no name"),
        ({"role": "publish", "teams": "shop"}, "teams must be a list of texts"),
        ({"role": "publish", "names": []}, "limited to no name"),
        ({"role": "admin", "names": ["web"]}, "has no names"),
        ({"role": "owner"}, "the role must be one of read, publish, deploy, webhooks, admin"),
    ],
)
def test_a_wrong_permission_says_what_is_wrong(document, problem):
    with pytest.raises(ValueError, match=problem):
        read(document)


def test_a_permission_is_part_of_a_sentence():
    assert str(of_shop("own")) == "publish as own, the team shop"
