"""The price board keeps the latest price, and refuses events that no contract allows."""

from __future__ import annotations

import json

import pytest

from consumer.errors import UnexpectedAnswer
from consumer.price_board import PriceBoard


def event(**fields):
    return json.dumps({"product_id": "10", "price_cents": 2450, **fields})


def test_the_latest_price_counts():
    board = PriceBoard()
    board.handle(event())
    board.handle(event(price_cents=2300).encode())
    assert board.price_cents("10") == 2300


def test_a_product_without_an_announcement_has_no_price():
    assert PriceBoard().price_cents("10") is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "the event is not JSON"),
        ("[]", "the price change should be an object"),
        ('{"product_id": "10"}', "the price change has no field 'price_cents'"),
        (event(price_cents="2450"), "'price_cents' of the price change should be an integer"),
    ],
    ids=["no JSON", "a list", "a missing field", "a wrong type"],
)
def test_an_event_that_no_contract_allows_changes_nothing(body, reason):
    board = PriceBoard()
    with pytest.raises(UnexpectedAnswer, match=reason):
        board.handle(body)
    assert board.price_cents("10") is None
