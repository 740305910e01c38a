"""The network of applications."""

from __future__ import annotations

from contracts.model.network import Relation, group, table
from contracts.model.pacts import PacticipantRef


A, B, C, D, E, F = (PacticipantRef(id=number, name=name) for number, name in enumerate("ABCDEF", 1))
RELATIONS = [Relation(consumer=consumer, provider=provider) for consumer, provider in ((A, B), (A, C), (C, D), (E, F))]


def test_a_group_has_all_connected_applications():
    assert group(RELATIONS, D.id) == RELATIONS[:3]


def test_a_group_can_be_limited_to_the_nearest():
    assert group(RELATIONS, A.id, most=3) == RELATIONS[:2]
    assert group(RELATIONS, D.id, most=2) == [RELATIONS[2]]


def test_an_application_without_a_contract_has_no_group():
    assert group(RELATIONS, 9) == []


def test_every_application_is_a_row_filled_up_to_the_longest():
    assert table(RELATIONS[:3]) == [
        [1, "A", 1, 1, 0, 0, 2, 3],
        [2, "B", 1, 1, 0, 1, 0, 0],
        [3, "C", 1, 1, 0, 2, 4, 0],
        [4, "D", 1, 1, 0, 3, 0, 0],
    ]
