"""The server: one port, and one process or several, until a signal ends it."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from contracts.broker.app import connected, create_app, opened
from contracts.broker.runtime import Runtime
from contracts.broker.serving import logs, processes, tls, traces
from contracts.broker.serving.connection_limits import ConnectionLimits, Places, raise_descriptors
from contracts.broker.serving.tls import Certificates, UnusableCertificate, protocol
from contracts.broker.settings import Settings
from contracts.broker.store import health
from contracts.broker.store.database import DatabaseError
from contracts.broker.store.migrations import ForeignDatabase
from contracts.model.errors import Locked, Unavailable


log = logging.getLogger(__name__)

_STOP_SECONDS = 3  # for requests to be answered; as long again for webhooks, and for cleaning


class ServerError(Exception):
    """The broker cannot start; the message says why, and what to do."""


def serve(settings: Settings) -> None:
    """Serve a broker with *settings* until interrupted.

    Raises:
        ServerError: if the port is in use, the database is unusable, or other machines would need no password.
    """
    listener = _listener(settings)
    try:
        with listener:
            logs.configure(settings)
            raise_descriptors(settings.max_connections)
            _require_guard(settings, listener)
            _certificates(settings)  # reports unusable files once, before any process starts
            if settings.workers == 1:
                _answer(settings, listener, lambda: None, alone=True)
            else:
                with connected(settings) as runtime:  # reports an unusable database once, before any process starts
                    announce(runtime, listener)
                reloads = bool(settings.tls_certificate)
                processes.run(settings.workers, _work, settings, listener, passes_hang_ups=reloads)
    except (DatabaseError, ForeignDatabase, Locked, Unavailable, processes.FailedStart) as error:
        raise ServerError(str(error)) from error


def _require_guard(settings: Settings, listener: socket.socket) -> None:
    """Refuse to serve other machines without a password, unless public writes are allowed."""
    address = ip_address(listener.getsockname()[0].partition("%")[0])
    if settings.requires_credentials or settings.allow_public_write or address.is_loopback:
        if not address.is_loopback and not settings.base_url:
            log.warning(
                "PACT_BROKER_BASE_URL is not set, so links, also those in webhooks, start with the host that the "
                "client names. Set it to the URL that clients use"
            )
        return
    raise ServerError(
        f"Other machines can reach {settings.host}, but the broker does not require a password. Set "
        "PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD, PACT_BROKER_REQUIRE_TOKENS=true or "
        "PACT_BROKER_SIGN_IN_ISSUER, or listen on 127.0.0.1. To let everyone "
        "who can reach the broker change everything, use --allow-public-write (PACT_BROKER_ALLOW_PUBLIC_WRITE=true)"
    )


def _certificates(settings: Settings) -> Certificates | None:
    """Return the certificates of *settings*; None if the broker serves without TLS."""
    if not settings.tls_certificate:
        if settings.tls_key or settings.tls_client_ca:
            raise ServerError(
                "PACT_BROKER_TLS_CERTIFICATE is not set, so PACT_BROKER_TLS_KEY and PACT_BROKER_TLS_CLIENT_CA would "
                "protect nothing. Set it, or remove them"
            )
        return None
    key, client_ca = (Path(each) if each else None for each in (settings.tls_key, settings.tls_client_ca))
    try:
        return Certificates(Path(settings.tls_certificate), key, client_ca)
    except UnusableCertificate as error:
        raise ServerError(str(error)) from None


def _work(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Run one of several processes; an unusable database ends it with a sentence in the log."""
    logs.configure(settings)
    try:
        _answer(settings, listener, ready)
    except (DatabaseError, ForeignDatabase, Locked, Unavailable) as error:
        log.error("%s", error)  # noqa: TRY400, a traceback adds nothing
        sys.exit(1)


def _answer(settings: Settings, listener: socket.socket, ready: Callable[[], None], *, alone: bool = False) -> None:
    """Serve requests from *listener*, and call *ready* at the start; a process that is *alone* announces the URL."""
    with traces.exported(os.environ) as spans, opened(settings) as runtime:
        runtime.traces = spans
        if alone:
            announce(runtime, listener)
        app = create_app(runtime)
        limits, certificates = ConnectionLimits.of(settings), _certificates(settings)
        runtime.waiting.most = limits.waiting
        _collect_rarely()
        config = uvicorn.Config(
            app,
            http=protocol(Places(limits), certificates),
            loop=tls.loop(certificates),
            ws="none",
            log_config=None,  # its messages go to the same log
            log_level=settings.log_level,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # `TrustedProxies` judges them
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        server = _Server(config, runtime, ready, certificates)
        # Until the process ends: uvicorn restores the handlers and raises the signal again, before webhooks have ended.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, server.handle_exit)
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn's server; before it stops, it ends what requests of *runtime* wait for: webhook tests and verdicts."""

    def __init__(
        self, config: uvicorn.Config, runtime: Runtime, ready: Callable[[], None], certificates: Certificates | None
    ) -> None:
        super().__init__(config)
        self._broker = runtime
        self._ready = ready
        self._certificates = certificates

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._certificates is not None and sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._certificates.reload)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._broker.exchanges.stop()
        self._broker.waiting.stop()
        await super().shutdown(sockets)


def announce(runtime: Runtime, listener: socket.socket) -> None:
    """Print the URL of *runtime*; warn if its database allows fewer connections than the broker may open."""
    settings = runtime.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_certificate else "http"
    print(f"Pact Broker at {scheme}://{host}:{listener.getsockname()[1]}", flush=True)  # noqa: T201, for the operator
    limit = health.most_connections(runtime.database)
    if limit is not None and limit < settings.database_max_connections:
        log.warning(
            "PostgreSQL allows %d connections, but the broker may open %d, so requests can fail under load. Set "
            "PACT_BROKER_DATABASE_MAX_CONNECTIONS to at most %d",
            limit,
            settings.database_max_connections,
            limit,
        )


def _collect_rarely() -> None:
    """Exempt the objects that exist at start from garbage collection, and collect less often.

    A large response consists of 100,000 objects without cycles.
    With Python's thresholds, the collector visits them a dozen times: half of the time that the response takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _listener(settings: Settings) -> socket.socket:
    """Take the port, before anything else is opened."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except socket.gaierror as error:
        raise ServerError(
            f"{settings.host} is not an address of this machine ({error.strerror}). Choose another with --host"
        ) from error
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]  # Python repeats the address there
        raise ServerError(
            f"Port {settings.port} on {settings.host} cannot be used ({reason}). Choose another with --port"
        ) from error
