"""A running broker for tests, ours and users'.

    from contracts.testing import running_broker

    with running_broker() as broker:
        requests.get(broker.base_url)

With pytest the fixture `pact_broker` gives the same, one for each test.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from collections.abc import Iterator

    import uvicorn

    from contracts.broker.broker import Broker


_START_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBroker:
    """A broker that answers at *base_url* (no trailing slash); *broker* is its inside."""

    base_url: str
    broker: Broker


@contextmanager
def running_broker(database_url: str | None = None, **settings: object) -> Iterator[RunningBroker]:
    """Serve a broker on a free loopback port, in a thread, while the block runs.

    It starts empty, over SQLite in a temporary folder, unless a *database_url* names another database. *settings* are
    fields of `contracts.broker.settings.Settings`; webhooks may go to this machine over http.
    """
    import uvicorn  # noqa: PLC0415, needs the extra `broker`; importing this module does not

    from contracts.broker.app import create_app, opened  # noqa: PLC0415
    from contracts.broker.settings import Settings  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        chosen = Settings(
            **{
                "database_url": database_url or f"sqlite:///{Path(folder) / 'broker.sqlite3'}",
                "webhook_host_whitelist": ("127.0.0.1", "localhost"),
                "webhook_scheme_whitelist": ("http", "https"),
                **settings,
            }  # type: ignore[arg-type]  # the caller's settings are the dataclass's to judge
        )
        with opened(chosen) as broker:
            server = uvicorn.Server(uvicorn.Config(create_app(broker), log_level="warning", access_log=False))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            try:
                _wait_until_started(server, thread)
                host, port = listener.getsockname()
                yield RunningBroker(base_url=f"http://{host}:{port}", broker=broker)
            finally:
                server.should_exit = True
                thread.join()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            msg = "the broker did not start; its log above says why"
            raise RuntimeError(msg)
        time.sleep(0.005)


@pytest.fixture
def pact_broker() -> Iterator[RunningBroker]:
    """A broker of the test's own, empty."""
    with running_broker() as running:
        yield running
