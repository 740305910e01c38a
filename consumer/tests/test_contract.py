"""The contract: the requests of the consumer, and what it needs from the responses.

Each test plays one interaction against a stand-in for the provider, which answers as described here. The interactions
are written to a pact, which the provider must honour.

The tests call the consumer's own code, never the HTTP library below it, and describe only what that code reads: the
provider may change the rest.
"""

from __future__ import annotations

from dataclasses import asdict

import pytest
from pact import match

from consumer.client import ProductClient
from consumer.errors import CatalogueUnavailable, ProductNotFound
from consumer.models import Product


BEANS = Product(id="10", name="Espresso beans, 1 kg", type="coffee", price_cents=2450)
SENCHA = Product(id="2", name="Sencha, 100 g", type="tea", price_cents=1050)

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"


def like(product, **exactly):
    """Any product, with *product* as the example; the values of *exactly* matter."""
    return {
        "id": match.str(product.id),
        "name": match.str(product.name),
        "type": match.str(product.type),
        "price_cents": match.int(product.price_cents),
        **exactly,
    }


def test_all_products_are_listed(pact):
    (
        pact.upon_receiving("a request for all products")
        .given("a product exists", asdict(BEANS))
        .with_request("GET", "/products")
        .will_respond_with(200)
        .with_body(match.each_like(like(BEANS), min=1), content_type=JSON)
    )
    with pact.serve() as server:
        assert ProductClient(server.url).all() == (BEANS,)


def test_only_products_of_one_type_are_listed(pact):
    # Within each_like, a literal is matched by its type. A regular expression requires its value.
    only_tea = match.regex(SENCHA.type, regex="^tea$")
    (
        pact.upon_receiving("a request for the products of one type")
        .given("a product exists", asdict(BEANS))
        .given("a product exists", asdict(SENCHA))
        .with_request("GET", "/products")
        .with_query_parameter("type", "tea")
        .will_respond_with(200)
        .with_body(match.each_like(like(SENCHA, type=only_tea), min=1), content_type=JSON)
    )
    with pact.serve() as server:
        assert ProductClient(server.url).all(product_type="tea") == (SENCHA,)


def test_an_empty_catalogue_is_an_empty_list(pact):
    (
        pact.upon_receiving("a request for all products of an empty catalogue")
        .given("no products exist")
        .with_request("GET", "/products")
        .will_respond_with(200)
        .with_body([], content_type=JSON)
    )
    with pact.serve() as server:
        assert ProductClient(server.url).all() == ()


def test_a_product_is_found_by_its_id(pact):
    (
        pact.upon_receiving("a request for one product")
        .given("a product exists", asdict(BEANS))
        .with_request("GET", f"/products/{BEANS.id}")
        .will_respond_with(200)
        .with_body(like(BEANS, id=BEANS.id), content_type=JSON)
    )
    with pact.serve() as server:
        assert ProductClient(server.url).find(BEANS.id) == BEANS


def test_a_missing_product_is_a_separate_error(pact):
    (
        pact.upon_receiving("a request for a product that does not exist")
        .given("no product has the id", {"id": "99"})
        .with_request("GET", "/products/99")
        .will_respond_with(404)
        .with_body({"type": "/problems/product-not-found"}, content_type=PROBLEM_JSON)
    )
    with pact.serve() as server, pytest.raises(ProductNotFound, match="'99'"):
        ProductClient(server.url).find("99")


def test_a_failure_of_the_provider_is_not_an_empty_catalogue(pact):
    (
        pact.upon_receiving("a request for all products while the catalogue is down")
        .given("the catalogue cannot be read")
        .with_request("GET", "/products")
        .will_respond_with(503)
        .with_body({"detail": match.str("Try again later.")}, content_type=PROBLEM_JSON)
    )
    with pact.serve() as server, pytest.raises(CatalogueUnavailable, match="Try again later"):
        ProductClient(server.url).all()
