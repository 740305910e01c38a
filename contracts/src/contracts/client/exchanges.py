"""Requests to one broker: repeated where that is safe, and bounded in time and size.

While patience lasts, these requests are repeated:

* GET, PUT, DELETE, and requests that the caller marks as repeatable: if the connection is refused or breaks, also in
  the middle of a response, or if the status is 502, 503 or 504;
* any other request: only if no connection was made, so the broker cannot have seen it;
* after a 429 with Retry-After: any request, because the broker did not carry it out.

Nothing is repeated after a timeout. A response must begin within the timeout, end within twice that time, and have a
reasonable size after decompression, so a broken or hostile server costs neither an hour nor the memory.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import BaseHTTPResponse, HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    InsecureRequestWarning,
    NameResolutionError,
    NewConnectionError,
)

from contracts.client.credentials import Credentials
from contracts.client.errors import UnexpectedAnswer
from contracts.client.patience import Patience


MOST_RESPONSE_BYTES = 67_108_864
"""The size limit of a response after decompression; a list of ten thousand applications fits."""

_BODY_TIMES = 2  # of the time-out
_CHUNK_BYTES = 65_536
_ACCEPT = "application/hal+json, application/json"
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_SAFE_METHODS = frozenset({"GET", "PUT", "DELETE"})
_FAILING = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


class TooSlow(requests.Timeout):
    """A response began, but did not end in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """A whole response; *headers* ignore the case of letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Exchanges:
    """Requests to one broker over persistent connections; messages call the broker *address*.

    *timeout* is for connecting and for the beginning of a response, in seconds.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials,
        *,
        timeout: tuple[float, float],
        patience_seconds: float,
        ca_bundle: str | None,
        verify_tls: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.patience = Patience(address, patience_seconds)
        self._timeout = timeout
        self._verify = ca_bundle if verify_tls else False
        if not verify_tls:
            urllib3.disable_warnings(InsecureRequestWarning)
        self._session = requests.Session()
        self._session.headers.update(headers or {})
        self._session.auth = _Authorization(credentials.header())
        self._session.headers["Accept"] = _ACCEPT
        self._session.headers["Accept-Encoding"] = "gzip, deflate"
        self._session.headers["User-Agent"] = "pact-contracts"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())

    def authorize(self, credentials: Credentials) -> None:
        """Send *credentials* from now on."""
        self._session.auth = _Authorization(credentials.header())

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        wait_seconds: float = 0,
    ) -> Exchanged:
        """Return the response to a request, whatever its status; redirects are not followed.

        The timeout begins after *wait_seconds*, which the broker may wait on purpose.

        Raises:
            requests.RequestException: if no whole response arrives while patience lasts.
            UnexpectedAnswer: if it is too large, or cannot be decompressed.
        """
        repeatable = repeatable or method in _SAFE_METHODS
        trial = self.patience.trial()
        while True:
            try:
                exchanged = self._ask_once(method, url, content, headers, wait_seconds)
            except requests.RequestException as error:
                if not _may_be_repeated(error, repeatable=repeatable) or not trial.again(_why(error)):
                    raise
                continue
            retry_after = exchanged.headers.get("Retry-After")
            if not _is_failing(exchanged, repeatable=repeatable):
                self.patience.answered()
                return exchanged
            if not trial.again(f"it responds with status {exchanged.status}", retry_after):
                return exchanged

    def _ask_once(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str] | None, wait_seconds: float
    ) -> Exchanged:
        connect_seconds, read_seconds = self._timeout
        with self._session.request(
            method,
            url,
            data=content,
            headers=dict(headers or {}),
            timeout=(connect_seconds, read_seconds + wait_seconds),
            allow_redirects=False,
            verify=self._verify,
            stream=True,
        ) as response:
            whole = _read(response, read_seconds * _BODY_TIMES)
            return Exchanged(status=response.status_code, headers=response.headers, content=whole)


class _Authorization(AuthBase):
    """Sets our header, so requests does not look for other credentials (.netrc)."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._header is not None:
            request.headers["Authorization"] = self._header
        return request


class _Adapter(HTTPAdapter):
    """Connections that limit the time for the whole head of a response, not only for its next byte."""

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> HTTPConnectionPool:
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(*arguments, **options))
        if not getattr(pool.ConnectionCls, "is_watched", False):
            pool.ConnectionCls = _watched(pool.ConnectionCls)
        return pool


@functools.cache
def _watched(connection: type[HTTPConnection]) -> type[HTTPConnection]:
    class Watched(connection):  # type: ignore[misc, valid-type]
        is_watched = True

        def getresponse(self) -> BaseHTTPResponse:
            if self.sock is None or self.timeout is None:
                return super().getresponse()  # type: ignore[no-any-return]
            with _Watch(self.sock.fileno(), self.timeout) as watch:
                try:
                    response = super().getresponse()
                except Exception as error:
                    if watch.expired:
                        raise TimeoutError from error
                    raise
                if watch.expired:  # http.client takes the end of the connection for the end of the head
                    response.close()
                    raise TimeoutError
                return response  # type: ignore[no-any-return]

    return Watched


class _Watch:
    """Ends the connection of *descriptor* if the block takes longer than *seconds*.

    A socket's own timeout starts again with every byte.
    """

    def __init__(self, descriptor: int, seconds: float) -> None:
        self.expired = False
        self._socket = socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM)
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        self._socket.close()

    def _end(self) -> None:
        self.expired = True
        with contextlib.suppress(OSError):  # it may have ended
            self._socket.shutdown(socket.SHUT_RDWR)


def _read(response: requests.Response, seconds: float) -> bytes:
    """Return the decompressed body of *response*.

    Raises:
        requests.ConnectionError: if the connection breaks.
        TooSlow: if it does not end within *seconds*.
        UnexpectedAnswer: if it is too large, or cannot be decompressed.
    """
    url = response.url
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise UnexpectedAnswer(
            f"The response of {url} is compressed as {encoding[:50]!r}, but the request did not ask for that."
        )
    try:
        descriptor = response.raw.fileno()
    except (AttributeError, OSError, ValueError):  # http.client releases the socket if there is no body
        return cast("bytes", response.raw.read())  # an empty body; the connection returns to its pool
    with _Watch(descriptor, seconds) as watch:
        try:
            return _whole(response)
        except DecodeError as error:
            if watch.expired:
                raise TooSlow(seconds) from error
            raise UnexpectedAnswer(
                f"The response of {url} is not compressed as its headers claim ({encoding})."
            ) from error
        except (HTTPError, OSError) as error:
            if watch.expired:
                raise TooSlow(seconds) from error
            raise requests.ConnectionError(error) from error


def _whole(response: requests.Response) -> bytes:
    content = bytearray()
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
        content += chunk
        if len(content) > MOST_RESPONSE_BYTES:
            raise UnexpectedAnswer(
                f"The response of {response.url} has more than {MOST_RESPONSE_BYTES:,} bytes, so reading it was "
                "stopped. Check that the base URL is that of a Pact Broker."
            )
    return bytes(content)


def _may_be_repeated(error: requests.RequestException, *, repeatable: bool) -> bool:
    match error:
        case requests.exceptions.SSLError() | requests.exceptions.ProxyError() | requests.Timeout():
            return False
        case requests.ConnectionError():
            reason = getattr(error.args[0], "reason", None) if error.args else None
            if isinstance(reason, NameResolutionError):
                return False
            return repeatable or isinstance(reason, NewConnectionError)
        case _:
            return False


def _is_failing(exchanged: Exchanged, *, repeatable: bool) -> bool:
    """Whether the failure may be temporary, and the request may be repeated."""
    if exchanged.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "Retry-After" in exchanged.headers
    return repeatable and exchanged.status in _FAILING


def _why(error: requests.RequestException) -> str:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return "it does not accept connections" if isinstance(reason, NewConnectionError) else "the connection broke off"
