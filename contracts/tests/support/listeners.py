"""A target of webhooks on this machine, with chosen responses, that records the requests.

with Listener() as listener:
    listener.answers["/hook"] = Reply(500)
    ...
    assert listener.wait_for(1)[0].path == "/hook"
"""

from __future__ import annotations

import contextlib
import json
import ssl
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


SECONDS = 20.0
PAUSE_SECONDS = 0.01
HOLD_SECONDS = 120.0  # longer than any test, also on a slow machine

CERTIFICATE = Path(__file__).with_name("self_signed.pem")


@dataclass(frozen=True)
class Arrived:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None  # answer once it is set
    echo: bool = False
    endless: bool = False
    endless_headers: bool = False


class Listener:
    """Serves during the block, at *port* if one is given; *answers* has the responses by path."""

    def __init__(self, *, port: int = 0, tls: bool = False) -> None:
        self.answers: dict[str, Reply] = {}
        self.arrived: list[Arrived] = []
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.answers.values():
            if each.hold is not None:
                each.hold.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, count: int, path: str = "") -> list[Arrived]:
        """Return the first *count* requests whose path begins with *path*, as soon as they have arrived."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._of(path)) >= count, SECONDS)
        assert arrived, f"{len(self._of(path))} of {count} requests arrived"
        return self._of(path)[:count]

    def _of(self, path: str) -> list[Arrived]:
        return [each for each in self.arrived if each.path.startswith(path)]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                if (body := _body(self)) is None:
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                arrived = Arrived(self.command, self.path, headers, body)
                with listener._changed:
                    listener.arrived.append(arrived)
                    listener._changed.notify_all()
                reply = listener.answers.get(self.path.partition("?")[0], Reply())
                if reply.hold is not None:
                    reply.hold.wait(HOLD_SECONDS)
                if reply.endless_headers:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    self._drip()
                    return
                content = _content(reply, headers, body)
                self.send_response(reply.status)
                _send_headers(self, reply, headers)
                if reply.endless:
                    self.end_headers()
                    self._drip()
                    return
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _drip(self) -> None:
                with contextlib.suppress(OSError):
                    while True:
                        self.wfile.write(b"x")
                        threading.Event().wait(0.01)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _send_headers(handler: BaseHTTPRequestHandler, reply: Reply, headers: dict[str, str]) -> None:
    for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
        handler.send_header(name, headers["authorization"] if value == "ECHO" else value)


def _content(reply: Reply, headers: dict[str, str], body: bytes) -> bytes:
    return f"{headers}{body.decode()}".encode() if reply.echo else reply.body


def _body(handler: BaseHTTPRequestHandler) -> bytes | None:
    """Read the body; None if its sender was killed in the middle of it."""
    length = int(handler.headers.get("content-length", 0))
    body = handler.rfile.read(length)
    handler.close_connection = len(body) < length
    return None if len(body) < length else body


def until(question: Callable[[], Any]) -> Any:
    """Return the value of *question* as soon as it is true.

    Checks are counted, not seconds: a machine that stops for a while takes no time away.
    """
    for _ in range(int(SECONDS / PAUSE_SECONDS)):
        if answer := question():
            return answer
        threading.Event().wait(PAUSE_SECONDS)
    raise AssertionError(f"it did not happen in time; the threads are at:\n{_stacks()}")


def _stacks() -> str:
    names = {each.ident: each.name for each in threading.enumerate()}
    frames = sys._current_frames().items()
    return "\n".join(f"{names.get(key)}:\n{''.join(traceback.format_stack(frame, 8))}" for key, frame in frames)
