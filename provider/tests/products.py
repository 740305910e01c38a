"""The products that tests put into a catalogue."""

from __future__ import annotations

from provider.catalogue import Product


SENCHA = Product(id="2", name="Sencha, 100 g", type="tea", price_cents=1050, units_in_stock=12)
BEANS = Product(id="10", name="Beans, 1 kg", type="coffee", price_cents=2450, units_in_stock=0)
