"""The messages that consumers may ask for, by the descriptions in their pacts.

The verifier compares each of them with the pact, after it has set up the provider states. No message broker is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from provider.catalogue import Catalogue
from provider.events import price_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The messages about the products in *catalogue*."""

    catalogue: Catalogue

    def by_description(self) -> dict[str, Callable[[], dict[str, Any]]]:
        """Return the functions that produce the messages; the descriptions are part of the contracts."""
        return {"a changed price": self.a_changed_price}

    def a_changed_price(self) -> dict[str, Any]:
        """Change the price of the only product, and return the event."""
        before = self.catalogue.all()
        after = [replace(product, price_cents=product.price_cents + 1) for product in before]
        (event,) = price_changes(before, after)
        return asdict(event)
