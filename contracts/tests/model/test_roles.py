"""Roles: permissions under a uuid that is always the same."""

from __future__ import annotations

import pytest

from contracts.model import roles
from contracts.model.permissions import ADMIN, READ, WEBHOOKS, Permission, Role


def test_each_role_has_a_uuid_of_its_own():
    available = roles.available(["shop", "stock"])
    assert len({roles.uuid_of(each) for each in available}) == len(available) == 6


def test_the_choice_has_each_permission_once_in_its_order():
    uuids = [roles.uuid_of(each) for each in (ADMIN, WEBHOOKS, ADMIN)]
    assert roles.chosen(uuids, roles.available([])) == (ADMIN, WEBHOOKS)


def test_without_a_role_an_account_reads_and_reading_is_no_role():
    assert roles.chosen([], roles.available([])) == (READ,)
    assert roles.of([READ, WEBHOOKS]) == [WEBHOOKS]


def test_the_role_of_a_team_that_does_not_exist_is_none():
    team = Permission(role=Role.PUBLISH, names=frozenset(), teams=frozenset({"shop"}))
    assert roles.chosen([roles.uuid_of(team)], roles.available(["shop"])) == (team,)
    with pytest.raises(KeyError):
        roles.chosen([roles.uuid_of(team)], roles.available(["stock"]))
