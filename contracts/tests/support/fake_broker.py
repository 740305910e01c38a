"""A broker with responses chosen by the test, over a real socket, for behaviour that no real one has."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


HAL = "application/hal+json;charset=utf-8"

RELATIONS = {
    "pb:publish-contracts": "/contracts/publish",
    "pb:provider-pacts-for-verification": "/pacts/provider/{provider}/for-verification",
    "pb:pacticipants": "/pacticipants",
    "pb:pacticipant": "/pacticipants/{pacticipant}",
    "pb:pacticipant-version": "/pacticipants/{pacticipant}/versions/{version}",
    "pb:pacticipant-branch": "/pacticipants/{pacticipant}/branches/{branch}",
    "pb:pacticipant-branch-version": "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}",
    "pb:pacticipant-version-tag": "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}",
    "pb:can-i-deploy-pacticipant-version-to-environment": (
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}"
    ),
    "pb:environments": "/environments",
    "pb:webhooks": "/webhooks",
    "pb:webhook": "/webhooks/{uuid}",
}


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = HAL
    content: bytes | None = None
    hold: threading.Event | None = None

    def bytes(self) -> bytes:
        if self.content is not None:
            return self.content
        return b"" if self.document is None else json.dumps(self.document).encode()


class FakeBroker:
    """Responds by (method, path with query), or else by (method, path).

    Each answer is an Answer, a list of them in turn, or a function.
    """

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.answers: dict[tuple[str, str], Any] = {}
        self._release = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                received = Received(self.command, self.path, {k.title(): v for k, v in self.headers.items()}, body)
                answer = fake.answer_to(received)
                if answer is None:
                    self.close_connection = True
                    return
                if answer.hold is not None:
                    answer.hold.wait(10)
                content = answer.bytes()
                self.send_response(answer.status)
                if answer.content_type and content:
                    self.send_header("Content-Type", answer.content_type)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):  # the client did not wait for the delayed response
                    self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer_to(self, received: Received) -> Answer | None:
        self.requests.append(received)
        path = received.path if (received.method, received.path) in self.answers else received.path.partition("?")[0]
        answer = self.answers.get((received.method, path), Answer(404, {"error": "nothing here"}))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer(received) if callable(answer) else answer

    def on(self, method: str, path: str, *answers: Answer | Callable[[Received], Answer] | None) -> Self:
        """Set the responses to a request: one after the other, the last one for ever; None hangs up."""
        self.answers[method, path] = list(answers)
        return self

    def with_index(self, *, base_url: str | None = None, without: tuple[str, ...] = (), **more: str) -> Self:
        base = self.base_url if base_url is None else base_url
        relations = {**RELATIONS, **more}
        links = {
            name: {"href": f"{base}{path}", "templated": "{" in path}
            for name, path in relations.items()
            if name not in without
        }
        return self.on("GET", "/", Answer(document={"_links": {"self": {"href": base}, **links}}))

    def request_lines(self, method: str | None = None) -> list[str]:
        """The requests so far, as "METHOD path"; with *method*, only those."""
        return [f"{r.method} {r.path}" for r in self.requests if method in {None, r.method}]
