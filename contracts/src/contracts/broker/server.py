"""Serving the broker: one process, one address, until it is told to stop."""

from __future__ import annotations

import contextlib
import gc
import logging
import socket
from typing import TYPE_CHECKING

import uvicorn

from contracts.broker.app import create_app, opened
from contracts.broker.store.database import DatabaseError
from contracts.broker.store.migrations import ForeignDatabase


if TYPE_CHECKING:
    from contracts.broker.settings import Settings


class ServerError(Exception):
    """The broker cannot start; the message says why, and what to do."""


def serve(settings: Settings) -> None:
    """Serve a broker as *settings* say, until interrupted.

    Raises:
        ServerError: if its port is taken, or its database cannot be used.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("contracts").setLevel(settings.log_level.upper())
    listener = _listener(settings)
    try:
        with listener, opened(settings) as broker:
            print(f"Pact Broker at http://{settings.host}:{settings.port}", flush=True)  # noqa: T201, for the person who started it
            config = uvicorn.Config(
                create_app(broker),
                log_level=settings.log_level,
                access_log=False,
                server_header=False,
            )
            _collect_rarely()
            with contextlib.suppress(KeyboardInterrupt):  # that is how it is told to stop
                uvicorn.Server(config).run(sockets=[listener])
    except (DatabaseError, ForeignDatabase) as error:
        raise ServerError(str(error)) from error


def _collect_rarely() -> None:
    """Let the collector of garbage pass over what lives as long as the process, and come less often.

    A large answer makes 100,000 objects, none of them in a circle: with Python's thresholds they are looked through a
    dozen times, half of the time that the answer takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _listener(settings: Settings) -> socket.socket:
    """The port, taken before anything else is opened."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        msg = f"Port {settings.port} on {settings.host} is taken ({error.strerror}); choose another with --port"
        raise ServerError(msg) from error
