"""A broker with the shop's contracts, and a browser; tests are skipped where there is no Chromium."""

from __future__ import annotations

import browsers
import pytest
from page_paths import with_uuids
from shops import Shop

from contracts.testing.brokers import running_broker


@pytest.fixture(scope="session")
def base_url():
    """The URL of a broker with the shop's contracts."""
    with running_broker() as running:
        Shop(running.base_url).open()
        yield running.base_url


@pytest.fixture(scope="session")
def paths(base_url):
    """A path of each kind of page, by name."""
    return with_uuids(Shop(base_url).read)


@pytest.fixture(scope="module")
def browser():
    """Chromium, until the end of the module: while it runs, no other test can run an event loop in this process."""
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser, base_url):
    """A tab of a desktop in the light theme."""
    with browsers.opened(browser, base_url) as page:
        yield page
