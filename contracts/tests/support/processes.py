"""A broker in its own process, over an empty database of either kind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import text

from contracts.broker.store.database import Database


CHECKS = 3_000  # checks are counted, not seconds, as a machine may stop for a while
_SETTINGS = {"PACT_BROKER_WEBHOOK_HOST_WHITELIST": "127.0.0.1", "PACT_BROKER_WEBHOOK_SCHEME_WHITELIST": "http"}


@contextmanager
def empty_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The URL of a database without tables; *request* provides the PostgreSQL server of the tests."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'broker.sqlite3'}"
    else:
        server = Database(request.getfixturevalue("postgresql_url"))
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS together WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE together"))
        server.dispose()
        url = server.url.set(database="together").render_as_string(hide_password=False)
    database = Database(url)
    yield database
    database.dispose()


@contextmanager
def answering(url: str, *options: str) -> Iterator[tuple[str, subprocess.Popen[Any]]]:
    """Run a broker over the database at *url*; yields its URL and its process, which may be killed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", url]
    base_url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([*command, "--log-level", "error", *options], env=os.environ | _SETTINGS) as process:
        try:
            wait_for(lambda: process.poll() is not None or _answers(base_url))
            yield base_url, process
        finally:
            process.terminate()


def wait_for(condition: Callable[[], bool]) -> None:
    """Return as soon as *condition* holds."""
    for _ in range(CHECKS):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def _answers(base_url: str) -> bool:
    try:
        return requests.get(base_url, timeout=60).ok
    except requests.RequestException:
        return False
