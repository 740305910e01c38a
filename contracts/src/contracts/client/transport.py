"""HTTP to one broker: addresses, redirects, responses as documents, and errors that say what to do.

`contracts.client.exchanges` repeats requests and limits the time of responses.

Credentials go only to the configured base URL. A redirect is followed if it stays there and cannot change the request;
every other redirect is an error that names the address to configure.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from contracts.client import answers, build_tokens, timeouts, tls, urls
from contracts.client.credentials import Credentials
from contracts.client.errors import UnexpectedAnswer, Unreachable, UsageError
from contracts.client.exchanges import Exchanged, Exchanges, TooSlow
from contracts.client.hal import JsonObject
from contracts.client.timeouts import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
_LONGEST_CHAIN = 5


class Transport:
    """Sends requests to the broker at *base_url*, and nowhere else.

    Without *credentials*, a job on GitHub (*environ*) sends the token of its build if the broker asks for it.
    """

    def __init__(  # noqa: PLR0913 - everything is given by name
        self,
        base_url: str,
        *,
        credentials: Credentials,
        timeout_seconds: float = READ_TIMEOUT_SECONDS,
        ca_bundle: str | None = None,
        patience_seconds: float | None = None,
        verify_tls: bool = True,
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.place = urls.place(base_url)
        self._build_token = None if credentials.header() else build_tokens.of_job(environ or {}, self.place)
        self._timeout = (min(CONNECT_TIMEOUT_SECONDS, timeout_seconds), timeout_seconds)
        if ca_bundle is not None and not Path(ca_bundle).exists():
            raise UsageError(
                f"The file of certificate authorities, {ca_bundle}, does not exist: "
                "correct SSL_CERT_FILE or REQUESTS_CA_BUNDLE."
            )
        self._may_read = False
        self._exchanges = Exchanges(
            str(self.place),
            credentials,
            timeout=self._timeout,
            patience_seconds=timeouts.PATIENCE_SECONDS if patience_seconds is None else patience_seconds,
            ca_bundle=ca_bundle,
            verify_tls=verify_tls,
            headers=headers,
        )

    def close(self) -> None:
        """Close the connections."""
        self._exchanges.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        body: Any = None,
        content_type: str = "application/json",
        repeatable: bool = False,
        wait_seconds: float = 0,
    ) -> JsonObject:
        """Send a request, and return the JSON object of the response; an empty one if DELETE has no body.

        *url* must be on the configured base URL (see `urls.local`). A POST is *repeatable* if a second one changes
        nothing. The time limit begins after *wait_seconds*, which the broker may wait on purpose.

        Raises:
            ClientError: in every other case; see `contracts.client.errors`.
        """
        exchanged = self._answer(method, url, body, content_type, repeatable=repeatable, wait_seconds=wait_seconds)
        return self._read(method, url, exchanged)

    def text(self, url: str) -> str:
        """Return the text of the JSON object at *url*; *url* and errors as for `send`."""
        exchanged = self._answer("GET", url, None, "application/json")
        self._read("GET", url, exchanged)
        return exchanged.content.decode()

    def headers(self, url: str) -> Mapping[str, str]:
        """Return the headers of the response to GET *url*, whatever its status; *url* and errors as for `send`."""
        return self._answer("GET", url, None, "application/json").headers

    def _read(self, method: str, url: str, exchanged: Exchanged) -> JsonObject:
        document = answers.read(
            method=method,
            url=url,
            status=exchanged.status,
            content_type=exchanged.headers.get("Content-Type", ""),
            content=exchanged.content,
            may_read=self._may_read and method != "GET",
        )
        self._may_read = self._may_read or method == "GET"
        return document

    def _answer(
        self,
        method: str,
        url: str,
        body: Any,
        content_type: str,
        *,
        repeatable: bool = False,
        wait_seconds: float = 0,
    ) -> Exchanged:
        target = url
        for _ in range(_LONGEST_CHAIN):
            exchanged = self._exchange(
                method, target, body, content_type, repeatable=repeatable, wait_seconds=wait_seconds
            )
            if exchanged.status not in _REDIRECTS:
                return exchanged
            target = self._redirected(method, target, exchanged)
        raise UnexpectedAnswer(f"The broker at {self.place} redirects in circles, last to {target}.")

    def _redirected(self, method: str, url: str, exchanged: Exchanged) -> str:
        location = exchanged.headers.get("Location", "")
        repeatable = method == "GET" or exchanged.status in _KEEPS_METHOD
        target = urls.get_joined(url, location)
        if repeatable and target is not None and urls.belongs(target, self.place):
            return target
        raise UnexpectedAnswer(
            f"The broker at {self.place} redirects {method} {url} to {target or location!r} (status "
            f"{exchanged.status}), which was not followed: credentials stay with the configured "
            "address. If that is where the broker is now, set PACT_BROKER_BASE_URL accordingly."
        )

    def _exchange(
        self,
        method: str,
        url: str,
        body: Any,
        content_type: str,
        *,
        repeatable: bool,
        wait_seconds: float,
    ) -> Exchanged:
        exchanged = self._ask(method, url, body, content_type, repeatable=repeatable, wait_seconds=wait_seconds)
        if exchanged.status != HTTPStatus.UNAUTHORIZED or self._build_token is None:
            return exchanged
        token = self._build_token.answer(exchanged.headers.get("WWW-Authenticate", ""))
        if token is None:
            return exchanged
        self._exchanges.authorize(Credentials(token=token))
        return self._ask(method, url, body, content_type, repeatable=repeatable, wait_seconds=wait_seconds)

    def _ask(
        self,
        method: str,
        url: str,
        body: Any,
        content_type: str,
        *,
        repeatable: bool,
        wait_seconds: float,
    ) -> Exchanged:
        content = None if body is None else answers.encode(body)
        headers = None if body is None else {"Content-Type": content_type}
        try:
            return self._exchanges.ask(
                method, url, content=content, headers=headers, repeatable=repeatable, wait_seconds=wait_seconds
            )
        except requests.RequestException as error:
            raise Unreachable(self._silence(method, url, error, wait_seconds)) from error

    def _silence(self, method: str, url: str, error: requests.RequestException, wait_seconds: float) -> str:
        match error:
            case requests.exceptions.SSLError():
                failed = tls.failure(error)
                why, advice = failed.why, failed.advice
            case requests.exceptions.ProxyError():
                why = "the proxy does not forward the request"
                advice = "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
            case TooSlow():
                why = f"its response did not end within {error} seconds"
                advice = "Look at the broker's log, and check the network."
            case requests.exceptions.ReadTimeout():
                why = f"it did not answer within {self._timeout[1] + wait_seconds:g} seconds"
                advice = "Look at the broker's log; it may have carried out the request."
            case requests.exceptions.ConnectTimeout():
                why = f"no connection was made within {self._timeout[0]:g} seconds"
                advice = "Check PACT_BROKER_BASE_URL and the network."
            case _:
                why = _cause(error)
                advice = "Check PACT_BROKER_BASE_URL, and that the broker is running."
        return f"The broker at {self.place} cannot be reached ({method} {url}): {why}. {advice}"


def _cause(error: BaseException) -> str:
    """Return the innermost reason, such as "connection refused", without the texts of two libraries around it."""
    innermost = error
    while innermost.__cause__ or innermost.__context__:
        innermost = innermost.__cause__ or innermost.__context__  # type: ignore[assignment]  # tested above
    if isinstance(innermost, OSError) and innermost.errno:
        return os.strerror(innermost.errno).lower() if innermost.errno > 0 else str(innermost.strerror)
    return str(innermost)
