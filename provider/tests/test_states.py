"""Each provider state changes the catalogue as its name says."""

from __future__ import annotations

import pytest
from pydantic_core import PydanticSerializationError

from provider.catalogue import Catalogue, CatalogueUnavailable, ProductNotFound

from .states import ProviderStates


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue(tmp_path / "products.json")


@pytest.fixture
def states(catalogue):
    states = ProviderStates(catalogue=catalogue)
    states.reset()
    return states


def test_every_interaction_starts_with_an_empty_catalogue(states, catalogue):
    assert catalogue.all() == ()
    states.the_catalogue_cannot_be_read({})
    states.reset()
    assert catalogue.all() == ()


def test_products_exist_with_the_given_fields_and_defaults_for_others(states, catalogue):
    states.a_product_exists({"id": "10", "name": "Espresso beans"})
    states.a_product_exists({"id": "11", "type": "coffee"})
    assert catalogue.find("10").name == "Espresso beans"
    assert [product.id for product in catalogue.all(product_type="coffee")] == ["11"]


def test_a_parameter_that_is_not_a_field_of_a_product_is_an_error(states):
    with pytest.raises(TypeError, match="colour"):
        states.a_product_exists({"id": "10", "colour": "red"})


def test_a_parameter_of_the_wrong_type_is_an_error(states, catalogue):
    with pytest.raises(PydanticSerializationError, match="id"):
        states.a_product_exists({"id": 10})
    assert catalogue.all() == ()


def test_no_product_has_the_id_even_if_one_had_it_before(states, catalogue):
    states.a_product_exists({"id": "10"})
    states.a_product_exists({"id": "99"})
    states.no_product_has_the_id({"id": "99"})
    states.no_product_has_the_id({"id": "99"})
    with pytest.raises(ProductNotFound):
        catalogue.find("99")
    assert catalogue.find("10").id == "10"


def test_no_products_exist_even_if_some_did_before(states, catalogue):
    states.a_product_exists({"id": "10"})
    states.no_products_exist({})
    assert catalogue.all() == ()


def test_the_catalogue_cannot_be_read(states, catalogue):
    states.the_catalogue_cannot_be_read({})
    with pytest.raises(CatalogueUnavailable):
        catalogue.all()


def test_every_state_is_known_by_its_name(states):
    for name, function in states.by_name().items():
        assert function.__name__ == name.replace(" ", "_")
