"""The handler of the catalogue's events: the current price of each product, without a request."""

from __future__ import annotations

import json

from consumer.errors import UnexpectedAnswer
from consumer.models import parse_price_change


class PriceBoard:
    """The latest price of each product that the catalogue has announced."""

    def __init__(self) -> None:
        self._prices: dict[str, int] = {}

    def price_cents(self, product_id: str) -> int | None:
        """Return the announced price; None if there was no announcement."""
        return self._prices.get(product_id)

    def handle(self, event: str | bytes) -> None:
        """Note the price in *event*, the body of a message.

        Raises:
            UnexpectedAnswer: if the event is not a price change.
        """
        try:
            document = json.loads(event)
        except ValueError as error:
            raise UnexpectedAnswer(f"the event is not JSON: {event!r:.60}") from error
        change = parse_price_change(document)
        self._prices[change.product_id] = change.price_cents
