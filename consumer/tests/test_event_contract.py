"""The contract for events: what the consumer needs from the messages that the catalogue sends.

There is no message broker: the library passes the example message to the consumer's own handler. The provider's test
produces the message with the provider's own code.
"""

from __future__ import annotations

from pact import match

from consumer.price_board import PriceBoard


def test_a_changed_price_appears_on_the_board(pact):
    (
        pact.upon_receiving("a changed price", "Async")
        .given("a product exists", {"id": "10"})
        .with_body({"product_id": "10", "price_cents": match.int(2450)}, "application/json")
    )
    board = PriceBoard()
    pact.verify(lambda body, _metadata: board.handle(body), "Async")
    assert board.price_cents("10") == 2450
