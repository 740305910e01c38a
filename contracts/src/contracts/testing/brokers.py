"""A running broker for tests, ours and users'.

    from contracts.testing import running_broker

    with running_broker() as broker:
        broker.client.create_environment(name="production", production=True)

With pytest there are fixtures, which need no import:

* `pact_broker`: a broker of the test's own, empty;
* `session_pact_broker`: one broker for all tests of the session, for those that do not disturb each other;
* `seeded_pact_broker`: a broker of the test's own with about a hundred pacts, their results and deployments.

While a test has one of them, PACT_BROKER_BASE_URL is its URL and no credentials are set, so commands and clients under
test find it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from contracts.broker.runtime import Runtime
    from contracts.client import Broker


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBroker:
    """A broker at *base_url*, without a trailing slash; *broker* is its inside."""

    base_url: str
    broker: Runtime

    @property
    def client(self) -> Broker:
        """A client of this broker."""
        from contracts.client import Broker  # noqa: PLC0415, the plugin loads in every run of pytest

        return Broker(self.base_url)

    def seed(self, pacts: int = 100) -> None:
        """Fill the broker with at least *pacts* pacts, their results and deployments; always the same ones."""
        from contracts.broker.actions import seed  # noqa: PLC0415, needs the extra `broker`
        from contracts.model import seeds  # noqa: PLC0415

        with self.broker.database.writing() as connection:
            seed.write(connection, seeds.plan(pacts, 1), datetime.now(UTC), lambda _: None)


@contextmanager
def running_broker(database_url: str | None = None, **settings: object) -> Iterator[RunningBroker]:
    """Serve a broker on a free loopback port, in a thread, while the block runs.

    It starts empty, over SQLite in a temporary folder, unless a *database_url* names another database. *settings* are
    fields of `contracts.broker.settings.Settings`; webhooks may go to this machine over http.
    """
    # importing this module does not need the extra `broker`, running one does
    try:
        from contracts.broker.app import create_app, opened  # noqa: PLC0415
        from contracts.broker.settings import Settings  # noqa: PLC0415
        from contracts.verification.serving import serve  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            f"A running broker needs the extra 'broker' ({error}): pip install 'pact-contracts[broker]'"
        ) from error

    with tempfile.TemporaryDirectory() as folder:
        chosen = Settings(
            **{
                "database_url": database_url or f"sqlite:///{Path(folder) / 'broker.sqlite3'}",
                "webhook_host_whitelist": ("127.0.0.1", "localhost"),
                "webhook_scheme_whitelist": ("http", "https"),
                **settings,
            }  # type: ignore[arg-type]  # the caller's settings are the dataclass's to judge
        )
        with opened(chosen) as broker, serve(create_app(broker)) as base_url:
            yield RunningBroker(base_url=base_url, broker=broker)


def _found_by_clients(running: RunningBroker) -> Iterator[RunningBroker]:
    """Set the environment variables of *running* until the fixture ends."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD"):
            patch.delenv(name, raising=False)
        patch.setenv("PACT_BROKER_BASE_URL", running.base_url)
        yield running


@pytest.fixture
def pact_broker() -> Iterator[RunningBroker]:
    """Provide a broker of the test's own, empty."""
    with running_broker() as running:
        yield from _found_by_clients(running)


@pytest.fixture(scope="session")
def running_session_broker() -> Iterator[RunningBroker]:
    """Provide the broker of `session_pact_broker`, without setting variables."""
    with running_broker() as running:
        yield running


@pytest.fixture
def session_pact_broker(running_session_broker: RunningBroker) -> Iterator[RunningBroker]:
    """Provide one broker for all tests of the session."""
    yield from _found_by_clients(running_session_broker)


@pytest.fixture
def seeded_pact_broker() -> Iterator[RunningBroker]:
    """Provide a broker of the test's own with about a hundred pacts, their results and deployments."""
    with running_broker() as running:
        running.seed()
        yield from _found_by_clients(running)
