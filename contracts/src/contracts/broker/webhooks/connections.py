"""Connections to where webhooks may go, and to nowhere else.

A host's name is looked up once, the addresses are judged, and the connection is made to one of those: what the name
leads to a moment later does not matter. Neither proxies nor credentials of the machine are used; redirects are the
caller's to refuse.
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


class Unreachable(Exception):
    """Nobody answers there; the message says why."""


def session(allowed: Sequence[str], deadline: Deadline, certificates: Sequence[Path] = ()) -> requests.Session:
    """A session that reaches the hosts and addresses that are *allowed*, or any public one, until the *deadline*.

    Besides the public authorities it trusts those whose *certificates* are in these PEM files.
    Its requests raise `ForbiddenAddress` for an address that may not be reached, `Unreachable` for a host without an
    address or an answer, and otherwise what requests raises.
    """
    made = requests.Session()
    made.trust_env = False
    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = _pools(allowed, deadline)
    if certificates:
        context = create_urllib3_context()
        for path in certificates:
            context.load_verify_locations(path)
        adapter.poolmanager.connection_pool_kw["ssl_context"] = context
    for scheme in ("http://", "https://"):
        made.mount(scheme, adapter)
    return made


def _pools(allowed: Sequence[str], deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections that are opened by `_connect`, one kind for each scheme."""

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
    """A connection to the first address of *host* that answers, if all of them may be reached."""
    found = _addresses(host, port)
    try:
        webhook_targets.require_allowed(host, port, found, allowed)
    except webhook_targets.ForbiddenAddress:
        log.warning("A webhook may not go to %s, which is %s", host, ", ".join(found))
        raise
    latest = time.monotonic() + CONNECT_SECONDS
    reasons: dict[str, str] = {}
    for address in found:
        try:
            made = socket.create_connection((address, port), timeout=max(0.1, latest - time.monotonic()))
        except OSError as error:
            reasons[error.strerror or str(error)] = address
        else:
            deadline.watch(made)
            return made
    log.warning("%s cannot be reached on port %s: %s", host, port, reasons)  # only the operator may know the address
    raise Unreachable(f"{host} cannot be reached on port {port} ({'; '.join(reasons)})")


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a name that cannot be written as one is the latter
        raise Unreachable(f"{host} has no address: {getattr(error, 'strerror', None) or error}") from None
    return [str(address[0]) for *_, address in found]
