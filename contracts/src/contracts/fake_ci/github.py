"""A stand-in for GitHub's API: it answers the two addresses that the webhooks of a broker call.

Source: GitHub's REST documentation of "create a repository dispatch event" and "create a commit status".
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from contracts import loopback
from contracts.ci import github_webhooks
from contracts.loopback import LoopbackResponse, Request


STATES = frozenset({"error", "failure", "pending", "success"})
MAX_DESCRIPTION_CHARACTERS = 140
_DISPATCHES = re.compile(r"/repos/([^/]+/[^/]+)/dispatches")
_STATUSES = re.compile(r"/repos/([^/]+/[^/]+)/statuses/([^/]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A commit status that was set."""

    sha: str
    state: str
    context: str
    description: str
    target_url: str


@dataclass(slots=True, kw_only=True)
class GitHubStandIn:
    """Answers for one *repository* on a port of the loopback interface, within its `with` block.

    Requests need *token*. For each valid dispatch, a thread of the server calls *on_dispatch* with its event type and
    payload, and answers afterwards. So a client that has the answer knows that the dispatch has arrived.
    """

    repository: str
    token: str
    on_dispatch: Callable[[str, dict[str, Any]], object]
    port: int = 0
    statuses: list[Status] = field(default_factory=list)
    _url: str | None = None
    _serving: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """The base URL.

        Raises:
            RuntimeError: outside the `with` block.
        """
        if self._url is None:
            raise RuntimeError("The stand-in listens only within its `with` block.")
        return self._url

    def __enter__(self) -> Self:
        self._url = self._serving.enter_context(loopback.serving(self._respond, name="github-stand-in", port=self.port))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serving.close()
        self._url = None

    def _respond(self, request: Request) -> LoopbackResponse:
        status, document = self.answer(request.path, request.headers.get("Authorization") or "", request.content)
        if status < HTTPStatus.BAD_REQUEST:
            self.carry_out(request.path, request.content)
        return LoopbackResponse(status=status, document=document)

    def answer(self, path: str, authorization: str, content: bytes) -> tuple[int, dict[str, str] | None]:
        """Return the status and the document for a POST request, without carrying it out."""
        address = _DISPATCHES.fullmatch(path) or _STATUSES.fullmatch(path)
        if not self._authorized(authorization):
            return 401, _error("Bad credentials: send this repository's token.")
        if address is None or address[1] != self.repository:
            return 404, _error("Not Found: the only repository here is " + self.repository)
        try:
            document = json.loads(content)
        except ValueError:
            return 400, _error("Problems parsing JSON")
        if address.re is _DISPATCHES:
            problems = github_webhooks.dispatch_problems(document)
            return (422, _error(" ".join(problems))) if problems else (204, None)
        problems = _status_problems(address[2], document)
        return (422, _error(" ".join(problems))) if problems else (201, {"state": document["state"]})

    def carry_out(self, path: str, content: bytes) -> None:
        """Carry out a valid request."""
        document = json.loads(content)
        if _DISPATCHES.fullmatch(path):
            self.on_dispatch(document["event_type"], document.get("client_payload", {}))
        elif address := _STATUSES.fullmatch(path):
            texts = {name: str(document.get(name) or "") for name in ("state", "context", "description", "target_url")}
            self.statuses.append(Status(sha=address[2], **texts))

    def _authorized(self, authorization: str) -> bool:
        kind, _, token = authorization.partition(" ")
        return kind.lower() in {"bearer", "token"} and hmac.compare_digest(token.encode(), self.token.encode())


def _status_problems(sha: str, document: Any) -> list[str]:
    if not isinstance(document, dict):
        return ["The body is not a JSON object."]
    problems = []
    if not re.fullmatch(r"[0-9a-f]{40}", sha):
        problems.append(f"No commit found for SHA: {sha}")
    if document.get("state") not in STATES:
        problems.append(f"state must be one of {', '.join(sorted(STATES))}.")
    if len(str(document.get("description") or "")) > MAX_DESCRIPTION_CHARACTERS:
        problems.append(f"description is longer than {MAX_DESCRIPTION_CHARACTERS} characters.")
    return problems


def _error(message: str) -> dict[str, str]:
    return {"message": message}
