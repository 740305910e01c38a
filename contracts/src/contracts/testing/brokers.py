"""A running broker for tests, ours and users'.

    from contracts.testing import running_broker

    with running_broker() as broker:
        requests.get(broker.base_url)

With pytest the fixture `pact_broker` is the same, one for each test.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from contracts.broker.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBroker:
    """A broker that answers at *base_url* (no trailing slash); *broker* is its inside."""

    base_url: str
    broker: Runtime


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


@pytest.fixture
def pact_broker() -> Iterator[RunningBroker]:
    """A broker of the test's own, empty."""
    with running_broker() as running:
        yield running
