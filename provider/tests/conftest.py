"""A catalogue of two products, in a file of its own for each test; and what was verified, told at the end."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from contracts.pipeline.report import Reporter
from contracts.pipeline.verify import Report
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


VERIFIED = pytest.StashKey[tuple[Report, Sequence[str]]]()


@pytest.fixture
def verified(request):
    """Keep what was verified, and why it is no pass, for the end of the run, where people look."""

    def keep(report, reasons=()):
        request.config.stash[VERIFIED] = report, reasons

    return keep


def pytest_terminal_summary(terminalreporter, config):
    if VERIFIED in config.stash:
        terminalreporter.section("verification")
        Reporter.from_environment(os.environ).verification(*config.stash[VERIFIED])
