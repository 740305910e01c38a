"""The catalogue reads its file for every request, and says so if it cannot."""

from __future__ import annotations

import pytest

from provider.catalogue import CatalogueUnavailable, ProductNotFound

from .products import BEANS, SENCHA


def test_products_are_listed_in_the_order_of_the_file(catalogue):
    assert catalogue.all() == (SENCHA, BEANS)


def test_only_products_of_the_requested_type_are_listed(catalogue):
    assert catalogue.all(product_type="coffee") == (BEANS,)
    assert catalogue.all(product_type="equipment") == ()


def test_a_product_is_found_by_its_id(catalogue):
    assert catalogue.find("10") == BEANS


def test_a_missing_product_is_an_error_that_names_it(catalogue):
    with pytest.raises(ProductNotFound, match="no product with the id '99'"):
        catalogue.find("99")


def test_an_edit_of_the_file_shows_at_once(catalogue):
    catalogue.path.write_text("[]")
    assert catalogue.all() == ()


@pytest.mark.parametrize("content", ["", "[{", "{}", '[{"id": "1"}]', '[{"id": 1, "name": "n", "type": "t"}]'])
def test_a_file_that_is_not_a_list_of_products_makes_the_catalogue_unavailable(catalogue, content):
    catalogue.path.write_text(content)
    with pytest.raises(CatalogueUnavailable, match="try again later"):
        catalogue.all()


def test_a_missing_file_makes_the_catalogue_unavailable_until_it_is_back(catalogue):
    away = catalogue.path.rename(catalogue.path.with_suffix(".away"))
    with pytest.raises(CatalogueUnavailable):
        catalogue.find("10")
    away.rename(catalogue.path)
    assert catalogue.find("10") == BEANS
