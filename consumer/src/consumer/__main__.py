"""`python -m consumer`: print the catalogue as a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from consumer.client import ProductClient
from consumer.errors import CatalogueUnavailable, UnexpectedAnswer
from consumer.models import Product


PRINTED, UNEXPECTED, USAGE, UNAVAILABLE = range(4)


def main(arguments: list[str] | None = None) -> int:
    """Print the catalogue, and return the exit status.

    0: printed; 1: an unexpected answer; 2: wrong usage; 3: the catalogue is unavailable.
    *arguments* default to those of the command line.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        client = ProductClient(options.base_url, timeout_seconds=options.timeout)
    except ValueError as error:
        parser.error(str(error))
    try:
        products = client.all(product_type=options.type)
    except CatalogueUnavailable as error:
        return _fail(UNAVAILABLE, f"The catalogue is unavailable: {error}")
    except UnexpectedAnswer as error:
        return _fail(UNEXPECTED, f"The catalogue gave an unexpected answer: {error}")
    print(_table(products) if products else "No products.")
    return PRINTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m consumer",
        description="Print a catalogue of products as a table.",
        epilog=(
            f"Exit status: {PRINTED} printed, {UNEXPECTED} unexpected answer, {USAGE} wrong "
            f"usage, {UNAVAILABLE} catalogue unavailable. Errors go to standard error."
        ),
    )
    parser.add_argument(
        "--base-url",
        required=True,
        metavar="URL",
        help="URL of the catalogue, such as http://127.0.0.1:8000",
    )
    parser.add_argument("--type", help="print only products of this type")
    parser.add_argument(
        "--timeout",
        type=float,
        default=5.0,
        metavar="SECONDS",
        help="longest time to wait for the catalogue (default: %(default)s)",
    )
    return parser


def _fail(status: int, message: str) -> int:
    print(message, file=sys.stderr)
    return status


def _table(products: Sequence[Product]) -> str:
    """Return the products in columns as wide as their longest entry, with the prices on the right."""
    rows = [("ID", "NAME", "TYPE", "PRICE")]
    rows += [(p.id, p.name, p.type, f"{p.price_cents / 100:.2f}") for p in products]
    id_width, name_width, type_width, price_width = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        f"{id_:<{id_width}}  {name:<{name_width}}  {type_:<{type_width}}  {price:>{price_width}}"
        for id_, name, type_, price in rows
    )


if __name__ == "__main__":
    sys.exit(main())
