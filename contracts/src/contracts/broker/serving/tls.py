"""TLS: certificates that are read again when their files change, and connections until their handshake ends.

Asyncio's own TLS would call the connection only after the handshake. Until then nothing would count it, and a client
that sends nothing would keep it for a minute.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Any, Literal

from contracts.broker.serving.connection_limits import Places
from contracts.broker.serving.connections import LimitedConnection


log = logging.getLogger(__name__)

_GOODBYE_SECONDS = 2.0  # for the client's part of the end of TLS

State = tuple[tuple[int, int, int] | None, ...]


class UnusableCertificate(Exception):
    """A certificate, key or authority cannot be used; the message says why, and what to do."""


class Certificates:
    """The certificate that clients see; from the next handshake or `reload` on a new one, if the files change.

    If new files cannot be used, the old certificate stays, and the log says why.

    Raises:
        UnusableCertificate: if the files cannot be used at the start.
    """

    def __init__(self, certificate: Path, key: Path | None = None, client_ca: Path | None = None) -> None:
        self._certificate = certificate
        self._key = key
        self._client_ca = client_ca
        self._state = self._look()
        self._latest = self._load()
        self.context = self._load()
        """The context of every handshake, which takes the latest certificate."""
        self.context.sni_callback = self._choose

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        if self._look() != self._state:
            self.reload()
        connection.context = self._latest

    def reload(self) -> None:
        """Read the files now, as an operator asks; a handshake does so only if they have changed."""
        self._state = self._look()
        try:
            self._latest = self._load()
        except UnusableCertificate as error:
            log.error("The broker keeps its old TLS certificate: %s", error)  # noqa: TRY400, a traceback adds nothing
        else:
            log.info("The broker uses the new TLS certificate of %s", self._certificate)

    def _look(self) -> State:
        """Return what changes when a file does."""
        return tuple(_state(each) for each in (self._certificate, self._key, self._client_ca) if each is not None)

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        for path, variable in ((self._certificate, "CERTIFICATE"), (self._key, "KEY"), (self._client_ca, "CLIENT_CA")):
            if path is not None:
                _require_readable(path, variable)
        try:
            # without a function, OpenSSL would ask for the passphrase of a key in the terminal
            context.load_cert_chain(self._certificate, self._key, password=_no_passphrase)
        except _Encrypted:
            raise UnusableCertificate(
                f"The key in {self._key or self._certificate} has a passphrase. Write it without one, with mode 600: "
                "openssl pkey -in KEY -out NEW"
            ) from None
        except ssl.SSLError as error:
            raise UnusableCertificate(self._reason(error)) from None
        if self._client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.options |= ssl.OP_NO_TICKET  # each connection is judged by the authorities of its time
            context.num_tickets = 0
            try:
                context.load_verify_locations(self._client_ca)
            except ssl.SSLError:
                raise UnusableCertificate(
                    f"{self._client_ca} has no certificate of an authority. Set PACT_BROKER_TLS_CLIENT_CA to a PEM file"
                ) from None
        return context

    def _reason(self, error: ssl.SSLError) -> str:
        if error.reason == "KEY_VALUES_MISMATCH":
            return (
                f"The private key in {self._key or self._certificate} does not belong to the first certificate in "
                f"{self._certificate}. Set PACT_BROKER_TLS_KEY to its key, and put the server's certificate first"
            )
        files = f"{self._certificate} and {self._key}" if self._key is not None else f"{self._certificate}"
        return (
            f"{files} are not a certificate and its private key in PEM format ({error.reason or error}). Set "
            "PACT_BROKER_TLS_CERTIFICATE and PACT_BROKER_TLS_KEY to PEM files"
        )


class _Encrypted(Exception):
    """A key needs a passphrase."""


def _no_passphrase() -> str:
    raise _Encrypted


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _require_readable(path: Path, variable: str) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise UnusableCertificate(
            f"{path} cannot be read ({error.strerror}). Set PACT_BROKER_TLS_{variable} to a PEM file that the broker "
            "may read"
        ) from None


class Handshake(asyncio.Protocol):
    """A connection until its handshake ends; then *connection* goes on with it."""

    def __init__(self, connection: LimitedConnection, context: ssl.SSLContext, places: Places) -> None:
        self.address = ""
        self.transport: asyncio.Transport | None = None
        self._connection = connection
        self._context = context
        self._places = places
        self._received: list[bytes] = []
        self._since = 0.0
        self._ended = False
        self._task: asyncio.Task[None] | None = None

    @property
    def waits_since(self) -> float:
        """The time since when it waits for its client."""
        return self._since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin the handshake, if there is a place."""
        self.transport = transport
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._since = self._connection.loop.time()
        self._connection.connections.add(self)  # type: ignore[arg-type]  # the server only calls `shutdown`
        transport.pause_reading()  # until the handshake reads
        if self._places.enter(self) is not None:  # a response would need the handshake
            self.leave()
            return
        self._task = self._connection.loop.create_task(self._shake_hands(transport))

    def data_received(self, data: bytes) -> None:
        """Keep what arrives together with the end of the handshake."""
        self._received.append(data)

    def connection_lost(self, _error: Exception | None) -> None:
        """Free the place."""
        self._end()

    def shutdown(self) -> None:
        """End the connection, because the server stops."""
        self.leave()

    def leave(self) -> None:
        """End the connection at once."""
        self._end()
        if self.transport is not None:
            self.transport.abort()

    async def _shake_hands(self, transport: asyncio.Transport) -> None:
        loop = self._connection.loop
        try:
            secured = await loop.start_tls(
                transport,
                self,
                self._context,
                server_side=True,
                ssl_handshake_timeout=self._places.limits.head_seconds,
                ssl_shutdown_timeout=_GOODBYE_SECONDS,
            )
        except OSError as error:
            log.debug("TLS handshake with %s failed: %s", self.address, error)
            self.leave()
            return
        if self._ended or secured is None:
            transport.abort()
            return
        self._end()
        secured.set_protocol(self._connection)
        self._connection.connection_made(secured)
        for data in self._received:
            self._connection.data_received(data)

    def _end(self) -> None:
        self._ended = True
        self._places.leave(self)
        self._connection.connections.discard(self)


def protocol(places: Places, certificates: Certificates | None) -> Any:
    """Return what makes the protocol of each connection, with uvicorn's arguments; over TLS with *certificates*."""

    def connection(**arguments: Any) -> asyncio.Protocol:
        plain = LimitedConnection(places=places, **arguments)
        return plain if certificates is None else Handshake(plain, certificates.context, places)

    return connection


def loop(certificates: Certificates | None) -> Literal["asyncio", "auto"]:
    """Return uvicorn's name of the event loop; uvloop reads a connection although a handshake pauses it."""
    return "auto" if certificates is None else "asyncio"
