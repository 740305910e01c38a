"""Connections to the hosts that webhooks may reach.

A host's name is resolved once, the addresses are checked, and the connection goes to one of them, so a later change of
the name has no effect. The machine's proxies and credentials are not used; the caller refuses redirects.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from contracts.broker.webhooks.deadlines import Deadline
from contracts.model import webhook_targets


log = logging.getLogger(__name__)

CONNECT_SECONDS = 15.0


class HostUnreachable(Exception):
    """A host cannot be reached; the message says why."""


def session(allowed: Sequence[str], deadline: Deadline, certificates: Sequence[Path] = ()) -> requests.Session:
    """Return a session that reaches the *allowed* hosts, or any public one, until the *deadline*.

    It also trusts the authorities in *certificates*, which are PEM files.
    Its requests raise `ForbiddenAddress` for a host that webhooks may not reach, `Unreachable` for one that cannot be
    reached, and the exceptions of requests.
    """
    session = requests.Session()
    session.trust_env = False
    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = _pools(allowed, deadline)
    if certificates:
        context = create_urllib3_context()
        for path in certificates:
            context.load_verify_locations(path)
        adapter.poolmanager.connection_pool_kw["ssl_context"] = context
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def _pools(allowed: Sequence[str], deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Return the classes of connection pools by scheme; their connections are opened by `_connect`."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self.host, self.port, allowed, deadline)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self.host, self.port, allowed, deadline)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(host: str, port: int, allowed: Sequence[str], deadline: Deadline) -> socket.socket:
    """Connect to the first address of *host* that accepts, if all of them are allowed."""
    addresses = _addresses(host, port)
    try:
        webhook_targets.require_allowed(host, port, addresses, allowed)
    except webhook_targets.ForbiddenAddress:
        log.warning("Webhooks may not reach %s (%s)", host, ", ".join(addresses))
        raise
    latest = time.monotonic() + CONNECT_SECONDS
    reasons: dict[str, str] = {}
    for address in addresses:
        try:
            connection = socket.create_connection((address, port), timeout=max(0.1, latest - time.monotonic()))
        except OSError as error:
            reasons[error.strerror or str(error)] = address
        else:
            deadline.watch(connection)
            return connection
    log.warning("%s cannot be reached on port %s: %s", host, port, reasons)  # only the operator may see the addresses
    raise HostUnreachable(f"{host} cannot be reached on port {port} ({'; '.join(reasons)})")


def _addresses(host: str, port: int) -> list[str]:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be encoded
        raise HostUnreachable(f"{host} has no address: {getattr(error, 'strerror', None) or error}") from None
    return [str(address[0]) for *_, address in entries]
