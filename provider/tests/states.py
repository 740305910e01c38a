"""The provider states that consumers may ask for, by the names in their pacts.

An interaction of a pact says "given a product exists, with the id 10". Before the verifier requests that product, the
function for this name adds it, with the parameters of the pact. The states are set up in the file of the catalogue, so
the whole provider is verified, including how it reads that file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provider.catalogue import PRODUCTS, Catalogue, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStates:
    """The states of *catalogue*, each a function of the parameters in the pact."""

    catalogue: Catalogue

    def by_name(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        """Return the functions for the states; the names are part of the contracts."""
        return {
            "a product exists": self.a_product_exists,
            "no product has the id": self.no_product_has_the_id,
            "no products exist": self.no_products_exist,
            "the catalogue cannot be read": self.the_catalogue_cannot_be_read,
        }

    def reset(self) -> None:
        """Make the catalogue readable and empty, as every interaction expects it."""
        self._write(())

    def a_product_exists(self, parameters: Mapping[str, Any]) -> None:
        """Add a product whose fields are *parameters*; other fields have defaults.

        Raises:
            TypeError: if a parameter is not a field of a product.
            pydantic_core.PydanticSerializationError: if a value has the wrong type.
        """
        defaults = {"name": "Tea bag", "type": "tea", "price_cents": 1, "units_in_stock": 1}
        self._write((*self.catalogue.all(), Product(**defaults | parameters)))

    def no_product_has_the_id(self, parameters: Mapping[str, Any]) -> None:
        """Remove the product with the parameter `id`, if it exists."""
        others = (product for product in self.catalogue.all() if product.id != parameters["id"])
        self._write(tuple(others))

    def no_products_exist(self, _parameters: Mapping[str, Any]) -> None:
        """Empty the catalogue."""
        self._write(())

    def the_catalogue_cannot_be_read(self, _parameters: Mapping[str, Any]) -> None:
        """Break the file of the catalogue, as a failing disk would."""
        self.catalogue.path.write_text("[{")

    def _write(self, products: tuple[Product, ...]) -> None:
        self.catalogue.path.write_bytes(PRODUCTS.dump_json(products, warnings="error"))
