"""A front of a broker on this machine, for a client without a sense of time: the official verifier.

Measured with pact-python 4.2: where a broker answers 5xx the verifier asks again for two minutes, for each result, and
where a broker says nothing it waits without end. The front asks as our own client does, and what the broker fails to
answer it passes on as a refusal in the protocol's words, which the verifier takes for an answer at once.

Credentials are the verifier's own, sent along: whoever else finds the front gets no further than without it.
"""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import requests

from contracts.client import timeouts, urls
from contracts.client.credentials import Credentials
from contracts.client.errors import UnexpectedAnswer
from contracts.client.exchanges import Exchanges


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contracts.client.broker import Broker

_POLL_SECONDS = 0.01
_NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "accept-encoding"})
_ASK_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@contextlib.contextmanager
def serve(broker: Broker) -> Iterator[str]:
    """Stand before *broker*; yields the base URL that takes the place of its own while the block runs."""
    place = urls.place(broker.base_url)
    origin = str(replace(place, path=""))
    exchanges = Exchanges(
        broker.base_url,
        Credentials(),
        timeout=(timeouts.CONNECT_TIMEOUT_SECONDS, timeouts.READ_TIMEOUT_SECONDS),
        patience_seconds=broker.patience_seconds,
        ca_bundle=broker.ca_bundle,
    )

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"] or 0))
            try:
                answer = exchanges.ask(
                    self.command,
                    f"{origin}{self.path}",
                    content=content or None,
                    headers=_passed_on(self.headers.items()),
                    repeatable=True,
                )
            except requests.RequestException as error:
                self._refuse(f"it did not answer ({type(error).__name__})")
                return
            except UnexpectedAnswer as error:
                self._refuse(str(error))
                return
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _ASK_AGAIN:
                self._refuse(f"it answered with status {answer.status}")
                return
            headers = {name: answer.headers[name] for name in ("Content-Type", "Location") if name in answer.headers}
            if headers.get("Location", "").startswith(origin):
                headers["Location"] = headers["Location"].removeprefix(origin)
            self._answer(answer.status, headers, answer.content)

        do_GET = do_POST = do_PUT = pass_on  # noqa: N815 - the names that http.server calls

        def _refuse(self, why: str) -> None:
            said = f"The broker failed {self.command} {origin}{self.path}: {why}."
            document = json.dumps({"errors": [said]}).encode()
            self._answer(HTTPStatus.BAD_REQUEST, {"Content-Type": "application/json"}, document)

        def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Say nothing: a line for each request would drown the verifier's report."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="broker-front", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{place.path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        exchanges.close()


def _passed_on(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """*headers* for the broker; those that are given several times, as the verifier's Accept, as one list."""
    passed: dict[str, str] = {}
    for name, value in headers:
        if name.lower() not in _NOT_PASSED_ON:
            passed[name] = f"{passed[name]}, {value}" if name in passed else value
    return passed
