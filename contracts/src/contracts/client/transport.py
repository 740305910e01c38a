"""HTTP to one broker: credentials, time-outs, careful retries, errors that say what to do.

What is safe to repeat is repeated, twice at most and within about a second: GET, PUT, DELETE, and
what its caller calls repeatable, when the connection breaks or the answer is 502, 503 or 504; any
other request only when no connection came about, so that the broker cannot have seen it. Nothing
is repeated after a time-out.

Credentials go to the configured base URL alone. A redirect is followed where it stays there and
cannot change the request; every other redirect is an error that names the address to configure.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util.retry import Retry

from contracts.client import answers, urls
from contracts.client.errors import UnexpectedAnswer, Unreachable, UsageError
from contracts.client.timeouts import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS


if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from urllib3.connectionpool import ConnectionPool
    from urllib3.response import BaseHTTPResponse

    from contracts.client.credentials import Credentials
    from contracts.client.hal import JsonObject

_ACCEPT = "application/hal+json, application/json"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
_LONGEST_CHAIN = 5
SAFE_METHODS = frozenset({"GET", "PUT", "DELETE"})


class _Authorization(AuthBase):
    """Sets our header, and keeps requests from looking for other credentials (.netrc)."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._header is not None:
            request.headers["Authorization"] = self._header
        return request


class _SafeRetry(Retry):
    """Retry that gives up at once after a time-out: a silent broker would be waited for again."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if isinstance(error, ReadTimeoutError):
            raise error
        if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
            raise MaxRetryError(_pool, url or "", error) from error  # type: ignore[arg-type]  # as urllib3 does
        return super().increment(method, url, response, error, _pool, _stacktrace)


class Transport:
    """Sends requests to the broker at *base_url*, and nowhere else."""

    def __init__(
        self,
        base_url: str,
        *,
        credentials: Credentials,
        timeout_seconds: float = READ_TIMEOUT_SECONDS,
        ca_bundle: str | None = None,
    ) -> None:
        self.place = urls.place(base_url)
        self._timeout = (min(CONNECT_TIMEOUT_SECONDS, timeout_seconds), timeout_seconds)
        if ca_bundle is not None and not Path(ca_bundle).exists():
            msg = (
                f"The file of certificate authorities, {ca_bundle}, does not exist: "
                "correct SSL_CERT_FILE or REQUESTS_CA_BUNDLE."
            )
            raise UsageError(msg)
        self._ca_bundle = ca_bundle
        self._once = session(credentials, repeated=SAFE_METHODS)
        self._repeating = session(credentials, repeated=SAFE_METHODS | {"POST"})

    def close(self) -> None:
        """Let go of the connections."""
        self._once.close()
        self._repeating.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        body: Any = None,  # noqa: ANN401 - any JSON
        content_type: str = "application/json",
        repeatable: bool = False,
    ) -> JsonObject:
        """The JSON object that the broker answers; an empty one where DELETE has no body.

        *url* must lie on the configured base URL (see `urls.local`). A POST is *repeatable* where the second time
        changes nothing.

        Raises:
            ClientError: whatever else happens; see `contracts.client.errors`.
        """
        session = self._repeating if repeatable else self._once
        response = self._answer(session, method, url, body, content_type)
        return _read(method, url, response)

    def text(self, url: str) -> str:
        """The JSON object at *url* as the broker spells it; *url* and errors as for `send`."""
        response = self._answer(self._once, "GET", url, None, "application/json")
        _read("GET", url, response)
        return response.content.decode()

    def _answer(
        self,
        session: requests.Session,
        method: str,
        url: str,
        body: Any,  # noqa: ANN401 - any JSON
        content_type: str,
    ) -> requests.Response:
        target = url
        for _ in range(_LONGEST_CHAIN):
            response = self._exchange(session, method, target, body, content_type)
            if response.status_code not in _REDIRECTS:
                return response
            target = self._redirected(method, target, response)
        msg = f"The broker at {self.place} redirects in circles, last to {target}."
        raise UnexpectedAnswer(msg)

    def _redirected(self, method: str, url: str, response: requests.Response) -> str:
        target = urls.join(url, response.headers.get("Location", ""))
        repeatable = method == "GET" or response.status_code in _KEEPS_METHOD
        if repeatable and urls.belongs(target, self.place):
            return target
        msg = (
            f"The broker at {self.place} redirects {method} {url} to {target!r} (status "
            f"{response.status_code}), which was not followed: credentials stay with the configured "
            "address. If that is where the broker is now, set PACT_BROKER_BASE_URL accordingly."
        )
        raise UnexpectedAnswer(msg)

    def _exchange(
        self,
        session: requests.Session,
        method: str,
        url: str,
        body: Any,  # noqa: ANN401 - any JSON
        content_type: str,
    ) -> requests.Response:
        try:
            return session.request(
                method,
                url,
                data=None if body is None else answers.encode(body),
                headers=None if body is None else {"Content-Type": content_type},
                timeout=self._timeout,
                allow_redirects=False,
                verify=self._ca_bundle,
            )
        except requests.RequestException as error:
            raise Unreachable(self._silence(method, url, error)) from error

    def _silence(self, method: str, url: str, error: requests.RequestException) -> str:
        match error:
            case requests.exceptions.SSLError():
                why = f"no trusted connection came about ({_cause(error)})"
                advice = "Give the certificate authority's file in SSL_CERT_FILE or REQUESTS_CA_BUNDLE."
            case requests.exceptions.ProxyError():
                why = "the proxy does not pass the request on"
                advice = "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
            case requests.exceptions.ReadTimeout():
                why = f"it did not answer within {self._timeout[1]:g} seconds"
                advice = "Look at the broker's log; it may have done its part of the work."
            case requests.exceptions.ConnectTimeout():
                why = f"no connection came about within {self._timeout[0]:g} seconds"
                advice = "Check PACT_BROKER_BASE_URL and the network between."
            case _:
                why = _cause(error)
                advice = "Check PACT_BROKER_BASE_URL, and that the broker is running."
        return f"The broker at {self.place} cannot be reached ({method} {url}): {why}. {advice}"


def session(credentials: Credentials, *, repeated: frozenset[str]) -> requests.Session:
    """A session that repeats the methods *repeated*; retries are a session's, not a request's."""
    session = requests.Session()
    session.auth = _Authorization(credentials.header())
    session.headers["Accept"] = _ACCEPT
    session.headers["User-Agent"] = "pact-contracts"
    retries = _SafeRetry(
        total=2,
        redirect=0,
        allowed_methods=repeated,
        status_forcelist={502, 503, 504},
        backoff_factor=0.2,
        raise_on_status=False,
        raise_on_redirect=False,
        respect_retry_after_header=False,
    )
    session.mount("http://", HTTPAdapter(max_retries=retries))
    session.mount("https://", HTTPAdapter(max_retries=retries))
    return session


def _read(method: str, url: str, response: requests.Response) -> JsonObject:
    return answers.read(
        method=method,
        url=url,
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        content=response.content,
    )


def _cause(error: BaseException) -> str:
    """The innermost reason, such as "Connection refused", without the wrapping of two libraries."""
    innermost = error
    while innermost.__cause__ or innermost.__context__:
        innermost = innermost.__cause__ or innermost.__context__  # type: ignore[assignment]  # tested above
    if isinstance(innermost, OSError) and innermost.errno:
        return os.strerror(innermost.errno).lower() if innermost.errno > 0 else str(innermost.strerror)
    return str(innermost)
