"""The events that the provider sends when prices change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provider.catalogue import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChanged:
    """From now on, a product has this price."""

    product_id: str
    price_cents: int
    previous_price_cents: int


def price_changes(before: Iterable[Product], after: Iterable[Product]) -> tuple[PriceChanged, ...]:
    """Return an event for each product whose price differs between two catalogues; new products have none."""
    previous = {product.id: product.price_cents for product in before}
    return tuple(
        PriceChanged(product_id=product.id, price_cents=product.price_cents, previous_price_cents=previous[product.id])
        for product in after
        if previous.get(product.id, product.price_cents) != product.price_cents
    )
