"""The consumer's view of a product: the fields that it uses, and no others.

A field that is not read here is not in the contract either, so the provider may change it freely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from consumer.errors import UnexpectedAnswer


T = TypeVar("T")

IN_WORDS: dict[type, str] = {str: "a string", int: "an integer", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product, with the fields that the consumer uses."""

    id: str
    name: str
    type: str
    price_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """An event: from now on, a product has this price."""

    product_id: str
    price_cents: int


def parse_products(document: object) -> tuple[Product, ...]:
    """Read the catalogue's list of products, in its order.

    Raises:
        UnexpectedAnswer: if it is not such a list; the message names the entry and the field.
    """
    entries = _expect(list, document, "the list of products")
    return tuple(
        parse_product(entry, name=f"product {number} of {len(entries)}")
        for number, entry in enumerate(entries, start=1)
    )


def parse_product(document: object, *, name: str = "the product") -> Product:
    """Read one product, which errors call *name*.

    Raises:
        UnexpectedAnswer: if a field is missing or has the wrong type; the message names the field.
    """
    fields = _expect(dict, document, name)
    return Product(
        id=_field(str, fields, "id", name),
        name=_field(str, fields, "name", name),
        type=_field(str, fields, "type", name),
        price_cents=_field(int, fields, "price_cents", name),
    )


def parse_price_change(document: object) -> PriceChange:
    """Read one price change.

    Raises:
        UnexpectedAnswer: if a field is missing or has the wrong type; the message names the field.
    """
    name = "the price change"
    fields = _expect(dict, document, name)
    return PriceChange(
        product_id=_field(str, fields, "product_id", name),
        price_cents=_field(int, fields, "price_cents", name),
    )


def _field(kind: type[T], fields: dict[str, object], field: str, name: str) -> T:
    if field not in fields:
        raise UnexpectedAnswer(f"{name} has no field '{field}'")
    return _expect(kind, fields[field], f"'{field}' of {name}")


def _expect(kind: type[T], value: object, name: str) -> T:
    # not isinstance, which accepts True as an int
    if type(value) is not kind:
        raise UnexpectedAnswer(f"{name} should be {IN_WORDS[kind]}, not {value!r:.60}")
    return value
