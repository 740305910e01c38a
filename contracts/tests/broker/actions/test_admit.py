"""Letting applications in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.broker.actions import admit
from contracts.broker.store import pacticipants
from contracts.model.errors import PotentialDuplicate


@pytest.fixture
def connection(broker):
    with broker.database.writing() as connection:
        pacticipants.ensure(connection, "Order Service", broker.now())
        yield connection


def test_a_missing_application_is_created(broker, connection):
    parties = admit.parties(broker, connection, ["Till", "Order Service", "Till"])
    assert set(parties) == {"Till", "Order Service"}
    assert pacticipants.names(connection) == ["Order Service", "Till"]
    assert admit.parties(broker, connection, ["Till"]) == {"Till": parties["Till"]}


def test_every_name_that_looks_like_an_old_one_has_a_line(broker, connection):
    with pytest.raises(PotentialDuplicate) as refused:
        admit.parties(broker, connection, ["orders", "Till", "OrderApi"])
    lines = str(refused.value).splitlines()
    assert [line.partition(" is new")[0] for line in lines] == ["'OrderApi'", "'orders'"]
    assert "looks like 'Order Service'" in lines[0]


def test_similar_names_are_allowed_without_the_check(broker, connection):
    broker.settings = replace(broker.settings, check_for_potential_duplicate_pacticipant_names=False)
    assert admit.parties(broker, connection, ["orders"])["orders"].name == "orders"


def test_an_existing_name_is_not_a_duplicate(broker, connection):
    pacticipants.ensure(connection, "orders", broker.now())
    assert set(admit.parties(broker, connection, ["orders", "Order Service"])) == {"orders", "Order Service"}
