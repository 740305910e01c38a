"""An HTTP server on the loopback interface, for programs of this machine; it answers POST requests with JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


_STOP_CHECK_SECONDS = 0.01
_CLIENT_TIMEOUT_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A POST request; its *path* is as sent."""

    path: str
    headers: Message
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopbackResponse:
    """A response with a JSON *document*, or (None) without a body."""

    status: int = 200
    document: Any = None


@contextmanager
def serving(respond: Callable[[Request], LoopbackResponse], *, name: str, port: int = 0) -> Iterator[str]:
    """Serve on *port*, or on any free one, and yield the base URL; *name* is that of the thread.

    Several requests can be processed at the same time, each on a thread of its own.
    Their threads may outlast the block.
    """
    handler = type("_BoundHandler", (_Handler,), {"respond": staticmethod(respond)})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.block_on_close = False  # a client that does not finish its request does not delay the end
        thread = threading.Thread(target=server.serve_forever, args=(_STOP_CHECK_SECONDS,), name=name, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    respond: Callable[[Request], LoopbackResponse]
    timeout = _CLIENT_TIMEOUT_SECONDS

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        response = self.respond(Request(path=self.path, headers=self.headers, content=content))
        self.send_response(response.status)
        body = b""
        if response.document is not None:
            body = json.dumps(response.document).encode()
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""
