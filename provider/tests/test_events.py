"""An event for each changed price."""

from __future__ import annotations

from dataclasses import replace

from provider.events import PriceChanged, price_changes

from .products import BEANS, SENCHA


def test_a_changed_price_is_an_event_with_both_prices():
    cheaper = replace(BEANS, price_cents=2300)
    assert price_changes((SENCHA, BEANS), (SENCHA, cheaper)) == (
        PriceChanged(product_id="10", price_cents=2300, previous_price_cents=2450),
    )


def test_a_new_product_and_a_removed_one_are_not_price_changes():
    assert price_changes((SENCHA,), (BEANS,)) == ()
