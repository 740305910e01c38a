"""Documents are read strictly: an error names the product and its field."""

from __future__ import annotations

import pytest

from consumer.errors import UnexpectedAnswer
from consumer.models import Product, parse_product, parse_products


DOCUMENT = {"id": "10", "name": "Espresso beans, 1 kg", "type": "coffee", "price_cents": 2450}


def test_a_product_is_read_from_the_fields_that_the_consumer_uses():
    assert parse_product(DOCUMENT) == Product(id="10", name="Espresso beans, 1 kg", type="coffee", price_cents=2450)


def test_fields_that_the_consumer_does_not_use_are_ignored():
    assert parse_product(DOCUMENT | {"units_in_stock": "many"}) == parse_product(DOCUMENT)


@pytest.mark.parametrize("field", sorted(DOCUMENT))
def test_a_missing_field_is_named(field):
    document = {name: value for name, value in DOCUMENT.items() if name != field}
    with pytest.raises(UnexpectedAnswer, match=rf"^the product has no field '{field}'$"):
        parse_product(document)


@pytest.mark.parametrize("field", sorted(DOCUMENT))
@pytest.mark.parametrize("value", [None, True, 1.5, ["10"], {}])
def test_a_field_of_the_wrong_type_is_named(field, value):
    with pytest.raises(UnexpectedAnswer, match=rf"^'{field}' of the product should be "):
        parse_product(DOCUMENT | {field: value})


def test_an_error_names_the_wrong_product_among_several():
    with pytest.raises(UnexpectedAnswer, match=r"^'id' of product 2 of 3 should be a string, not 7$"):
        parse_products([DOCUMENT, DOCUMENT | {"id": 7}, DOCUMENT])


@pytest.mark.parametrize("document", [None, {}, {"products": []}, "[]", 1])
def test_another_document_is_not_a_list_of_products(document):
    with pytest.raises(UnexpectedAnswer, match=r"^the list of products should be a list, not "):
        parse_products(document)


@pytest.mark.parametrize("document", [None, [], "10"])
def test_another_document_is_not_a_product(document):
    with pytest.raises(UnexpectedAnswer, match=r"^the product should be an object, not "):
        parse_product(document)
