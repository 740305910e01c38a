"""Serving the broker: one address, one process or several, until it is told to stop."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address

import uvicorn

from contracts.broker.app import connected, create_app, opened
from contracts.broker.runtime import Runtime
from contracts.broker.serving import processes
from contracts.broker.serving.connections import LimitedConnection
from contracts.broker.settings import Settings
from contracts.broker.store import health
from contracts.broker.store.database import DatabaseError
from contracts.broker.store.migrations import ForeignDatabase
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

_M_ARENA_MAX = -8  # malloc.h
_STOP_SECONDS = 3  # for requests to be answered; as long again for webhooks, and for cleaning


class ServerError(Exception):
    """The broker cannot start; the message says why, and what to do."""


def serve(settings: Settings) -> None:
    """Serve a broker as *settings* say, until interrupted.

    Raises:
        ServerError: if its port is taken, its database cannot be used, or other machines reach it without a password.
    """
    listener = _listener(settings)
    try:
        with listener:
            _log(settings)
            _require_guard(settings, listener)
            if settings.workers == 1:
                _answer(settings, listener, lambda: None, alone=True)
            else:
                with connected(settings) as runtime:  # reports an unusable database once, before any process starts
                    announce(runtime)
                processes.run(settings.workers, _work, settings, listener)
    except (DatabaseError, ForeignDatabase, Unavailable, processes.FailedStart) as error:
        raise ServerError(str(error)) from error


def _require_guard(settings: Settings, listener: socket.socket) -> None:
    """Refuse to serve other machines without a password, unless the operator says that anybody may write."""
    address = ip_address(listener.getsockname()[0].partition("%")[0])
    if settings.basic_auth_enabled or settings.allow_public_write or address.is_loopback:
        if not address.is_loopback and not settings.base_url:
            log.warning(
                "PACT_BROKER_BASE_URL is not set: links, also those in webhooks, begin with the address that a request "
                "names in its headers"
            )
        return
    raise ServerError(
        f"Other machines can reach {settings.host}, and the broker requires no password: set "
        "PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD; or listen on 127.0.0.1; or, if anybody "
        "who reaches the broker may change everything, use --allow-public-write (PACT_BROKER_ALLOW_PUBLIC_WRITE=true)"
    )


def _log(settings: Settings) -> None:
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("contracts").setLevel(settings.log_level.upper())


def _work(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer as one of several processes; an unusable database ends it with a sentence in the log."""
    _log(settings)
    try:
        _answer(settings, listener, ready)
    except (DatabaseError, ForeignDatabase, Unavailable) as error:
        log.error("%s", error)  # noqa: TRY400, the sentence says all
        sys.exit(1)


def _answer(settings: Settings, listener: socket.socket, ready: Callable[[], None], *, alone: bool = False) -> None:
    """Answer requests to *listener*, after a call of *ready*; announce the address where this process is *alone*."""
    with opened(settings) as runtime:
        if alone:
            announce(runtime)
        app = create_app(runtime)
        _collect_rarely()
        _share_heaps()
        config = uvicorn.Config(
            app,
            http=LimitedConnection,
            ws="none",
            log_level=settings.log_level,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        server = _Server(config, runtime, ready)
        # To the end of the process: uvicorn raises what it heard again when it has ended, and webhooks end after it.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, server.handle_exit)
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn's, that ends what requests of *runtime* wait for when it is told to stop."""

    def __init__(self, config: uvicorn.Config, runtime: Runtime, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._broker = runtime
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._broker.exchanges.stop()
        await super().shutdown(sockets)


def announce(runtime: Runtime) -> None:
    """Print where *runtime* answers; warn where its database grants fewer connections than it may open."""
    settings = runtime.settings
    print(f"Pact Broker at http://{settings.host}:{settings.port}", flush=True)  # noqa: T201, for the person who started it
    granted = health.most_connections(runtime.database)
    if granted is not None and granted < settings.database_max_connections:
        log.warning(
            "PostgreSQL allows %d connections, and the broker may open %d: set PACT_BROKER_DATABASE_MAX_CONNECTIONS to "
            "%d or less, or requests are refused under load",
            granted,
            settings.database_max_connections,
            granted,
        )


def _collect_rarely() -> None:
    """Let the collector of garbage pass over what lives as long as the process, and come less often.

    A large answer makes 100,000 objects, none of them in a circle: with Python's thresholds they are looked through a
    dozen times, half of the time that the answer takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _share_heaps() -> None:
    """Let threads share two heaps, where the C library is glibc: it would give each one of its own.

    What a large answer took is then free for the next, whichever thread makes it: 80 MiB instead of 88 under load.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 2)


def _listener(settings: Settings) -> socket.socket:
    """The port, taken before anything else is opened."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except socket.gaierror as error:
        raise ServerError(
            f"{settings.host} is no address of this machine ({error.strerror}); choose another with --host"
        ) from error
    except OSError as error:
        raise ServerError(
            f"Port {settings.port} on {settings.host} is taken ({error.strerror}); choose another with --port"
        ) from error
