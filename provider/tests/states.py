"""Provider states: what consumers may ask this provider to be like, by the names their pacts use.

A pact's interaction says "given a product exists, with the id 10": before the verifier asks for
that product, the function of that name makes it so, with the parameters that the pact gives. The
states are made in the catalogue's file, so the whole provider is verified, down to what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provider.catalogue import PRODUCTS, Catalogue, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStates:
    """The states of *catalogue*, each a function of the parameters that the pact gives."""

    catalogue: Catalogue

    def by_name(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        """List the states; a name is part of a contract and changes only with its consumers."""
        return {
            "a product exists": self.a_product_exists,
            "no product has the id": self.no_product_has_the_id,
            "no products exist": self.no_products_exist,
            "the catalogue cannot be read": self.the_catalogue_cannot_be_read,
        }

    def reset(self) -> None:
        """Put the catalogue back to where every interaction starts: readable and empty."""
        self._write(())

    def a_product_exists(self, parameters: Mapping[str, Any]) -> None:
        """Add a product; *parameters* are fields of a product, and what they leave out is made up.

        Raises:
            TypeError: if a parameter is no field of a product.
            pydantic_core.PydanticSerializationError: if a field's value is not of its type.
        """
        made_up = {"name": "Tea bag", "type": "tea", "price_cents": 1, "units_in_stock": 1}
        self._write((*self.catalogue.all(), Product(**made_up | parameters)))

    def no_product_has_the_id(self, parameters: Mapping[str, Any]) -> None:
        """Remove the product whose id is the parameter `id`, if there is one."""
        others = (product for product in self.catalogue.all() if product.id != parameters["id"])
        self._write(tuple(others))

    def no_products_exist(self, _parameters: Mapping[str, Any]) -> None:
        """Empty the catalogue."""
        self._write(())

    def the_catalogue_cannot_be_read(self, _parameters: Mapping[str, Any]) -> None:
        """Break the catalogue as a failing disk would: the file is there and makes no sense."""
        self.catalogue.path.write_text("[{")

    def _write(self, products: tuple[Product, ...]) -> None:
        self.catalogue.path.write_bytes(PRODUCTS.dump_json(products, warnings="error"))
