"""The client of the catalogue: the only module that knows the provider's HTTP."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import requests

from consumer.errors import CatalogueUnavailable, ProductNotFound, UnexpectedAnswer
from consumer.models import Product, parse_product, parse_products


PRODUCT_NOT_FOUND = "/problems/product-not-found"
"""The `type` of a problem document for a missing product; a wrong address has another one."""


class ProductClient:
    """Requests products from the catalogue at *base_url*.

    *timeout_seconds* limits the connection, and then each wait for data. Nothing is tried twice: the caller decides
    whether to try again.

    Raises:
        ValueError: if *base_url* is not an http or https URL, or *timeout_seconds* is not positive.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float = 5.0) -> None:
        address = urlsplit(base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError(f"{base_url!r} is not a catalogue URL. Use one like http://127.0.0.1:8000")
        if not timeout_seconds > 0:
            raise ValueError(f"A timeout of {timeout_seconds} seconds leaves no time. Use more than 0")
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds

    def all(self, *, product_type: str | None = None) -> tuple[Product, ...]:
        """List the products in the order of the catalogue; with *product_type*, only those of this type.

        Raises:
            CatalogueUnavailable: if the catalogue cannot answer at the moment.
            UnexpectedAnswer: if its answer is not a list of products.
        """
        parameters = {} if product_type is None else {"type": product_type}
        return parse_products(_content(self._get("/products", parameters)))

    def find(self, product_id: str) -> Product:
        """Look up one product by its id.

        Raises:
            ProductNotFound: if the catalogue does not have the product.
            CatalogueUnavailable: if the catalogue cannot answer at the moment.
            UnexpectedAnswer: if its answer is not a product.
        """
        response = self._get(f"/products/{quote(product_id, safe='')}")
        if response.status_code == requests.codes.not_found:
            problem = _problem(response)
            if problem.get("type") == PRODUCT_NOT_FOUND:
                raise ProductNotFound(f"the catalogue has no product with the id {product_id!r}")
        return parse_product(_content(response))

    def _get(self, path: str, parameters: dict[str, str] | None = None) -> requests.Response:
        url = self._base_url + path
        try:
            response = requests.get(url, params=parameters, timeout=self._timeout_seconds)
        except requests.Timeout as error:
            raise CatalogueUnavailable(f"{url} gave no answer within {self._timeout_seconds:g} s") from error
        except requests.ConnectionError as error:
            raise CatalogueUnavailable(f"{url} cannot be reached: is the catalogue running there?") from error
        except requests.RequestException as error:
            raise UnexpectedAnswer(f"{url} could not be read: {error}") from error
        if response.status_code >= requests.codes.server_error:
            raise CatalogueUnavailable(f"{response.url} answered {_describe(response)}")
        return response


def _content(response: requests.Response) -> object:
    if response.status_code != requests.codes.ok:
        raise UnexpectedAnswer(f"{response.url} answered {_describe(response)} instead of 200")
    try:
        content: object = response.json()
    except requests.JSONDecodeError as error:
        raise UnexpectedAnswer(f"{response.url} answered something other than JSON: {response.text!r:.60}") from error
    return content


def _describe(response: requests.Response) -> str:
    detail = _problem(response).get("detail")
    return f"{response.status_code} ({detail})" if detail else str(response.status_code)


def _problem(response: requests.Response) -> dict[str, object]:
    """Read a problem document (RFC 9457); return an empty one for another answer, for example of a gateway."""
    try:
        document = response.json()
    except requests.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
