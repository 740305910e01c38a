import pytest

from provider.catalogue import PRODUCTS, Catalogue

from .products import BEANS, SENCHA


@pytest.fixture
def catalogue(tmp_path):
    """A catalogue of two products, in a separate file for each test."""
    catalogue = Catalogue(tmp_path / "products.json")
    catalogue.path.write_bytes(PRODUCTS.dump_json((SENCHA, BEANS)))
    return catalogue
