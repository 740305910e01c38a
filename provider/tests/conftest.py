"""A catalogue of two products, in a file of its own for each test."""

from __future__ import annotations

import pytest

from provider.catalogue import PRODUCTS, Catalogue, Product


@pytest.fixture
def sencha():
    return Product(id="2", name="Sencha, 100 g", type="tea", price_cents=1050, units_in_stock=12)


@pytest.fixture
def beans():
    return Product(id="10", name="Beans, 1 kg", type="coffee", price_cents=2450, units_in_stock=0)


@pytest.fixture
def catalogue(tmp_path, sencha, beans):
    catalogue = Catalogue(tmp_path / "products.json")
    catalogue.path.write_bytes(PRODUCTS.dump_json((sencha, beans)))
    return catalogue


TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request):
    """Say a line to whoever reads the summary of the run."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_terminal_summary(terminalreporter, config):
    if told := config.stash.get(TOLD, None):
        terminalreporter.section("verification")
        for line in told:
            terminalreporter.write_line(line)
