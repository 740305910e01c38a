"""The catalogue: the products in a JSON file.

* CatalogueError
  * ProductNotFound      (the catalogue has no product with this id)
  * CatalogueUnavailable (the file cannot be read, or is not a list of products)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError


class CatalogueError(Exception):
    """Base of every expected error; its message is for clients."""


class ProductNotFound(CatalogueError):
    """The catalogue has no product with this id."""

    def __init__(self, product_id: str) -> None:
        super().__init__(f"The catalogue has no product with the id {product_id!r}.")


class CatalogueUnavailable(CatalogueError):
    """The products cannot be read at the moment."""

    def __init__(self) -> None:
        super().__init__("The catalogue cannot be read at the moment: try again later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product for sale."""

    id: str
    name: str
    type: Annotated[str, Field(description="What kind of thing it is, such as `tea`.")]
    price_cents: Annotated[int, Field(ge=0)]
    units_in_stock: Annotated[int, Field(ge=0)]


PRODUCTS = TypeAdapter(tuple[Product, ...])
"""Reads and writes the catalogue's file: a JSON array of products."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The products in one JSON file, which is read for every request, so that an edit shows at once.

    A missing or broken file is an error of the request: the file may become unreadable, and readable again, while the
    catalogue is served.
    """

    path: Path

    def all(self, *, product_type: str | None = None) -> tuple[Product, ...]:
        """List the products in the order of the file; with *product_type*, only those of this type.

        Raises:
            CatalogueUnavailable: if the file cannot be read.
        """
        products = self._read()
        if product_type is None:
            return products
        return tuple(product for product in products if product.type == product_type)

    def find(self, product_id: str) -> Product:
        """Look up one product by its id.

        Raises:
            ProductNotFound: if it does not exist.
            CatalogueUnavailable: if the file cannot be read.
        """
        for product in self._read():
            if product.id == product_id:
                return product
        raise ProductNotFound(product_id)

    def _read(self) -> tuple[Product, ...]:
        try:
            return PRODUCTS.validate_json(self.path.read_bytes(), strict=True)
        except (OSError, ValidationError) as error:
            raise CatalogueUnavailable from error
