"""`/ui/requests`: a form that sends a request to the API, for every change that people make in a browser.

A link to it names the method, the path and the page to show afterwards. The form asks before anything happens, and
works without a script. The request goes through the API as any other: the API decides, and its answer is shown.
A change needs the form's token: see `submissions`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.api.resources import Resource
from contracts.broker.ui import submissions
from contracts.broker.ui.api_requests import Api, answer_document, problems
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer that nothing shows a second time: the *field* to keep, its *use*, and the path of the *list*."""

    title: str
    field: str
    use: str
    list: str


log = logging.getLogger(__name__)

_CHANGES = ("POST", "PUT", "PATCH", "DELETE")
_QUESTIONS: Mapping[str, tuple[str, str]] = {
    urls.PACTICIPANT: (
        "Delete the application {pacticipant}?",
        "Its versions, contracts, results, deployments and webhooks are deleted with it.",
    ),
    urls.INTEGRATION: (
        "Delete everything between {consumer} and {provider}?",
        "All contracts of this pair and their results are deleted. The two applications stay.",
    ),
    urls.PACT: (
        "Delete the contract of {consumer} {version} with {provider}?",
        "Its results are deleted too, unless another version has the same content.",
    ),
    urls.VERSION: (
        "Delete version {version} of {pacticipant}?",
        "Its contracts, results, tags and deployments are deleted with it.",
    ),
    urls.BRANCH: ("Delete the branch {branch} of {pacticipant}?", "Its versions stay."),
    urls.ENVIRONMENT: ("Delete this environment?", "All deployments and releases to it are forgotten."),
    urls.WEBHOOK: ("Delete this webhook?", "Requests that it has not sent yet are not sent."),
    urls.WEBHOOK_SIGNING_SECRET: (
        "Remove the signing secret of this webhook?",
        "Deliveries are unsigned from then on, so a receiver that verifies them refuses them.",
    ),
    urls.TOKEN: ("Revoke this token?", "Requests with it are refused from then on."),
    urls.PACTICIPANT_LABEL: ("Remove the label {label} from {pacticipant}?", ""),
    urls.VERSION_TAG: ("Remove the tag {tag} from {pacticipant} {version}?", ""),
}
"""What a deletion asks, and what else it deletes, by path."""
_TOKEN = Shown(
    title="Keep this token", field="token", use="where the program finds it, as PACT_BROKER_TOKEN", list=urls.TOKENS
)
_SHOWN_ONCE = {
    urls.TOKENS: _TOKEN,
    urls.TOKEN_REGENERATE: _TOKEN,
    urls.SYSTEM_ACCOUNTS: _TOKEN,
    urls.SETTINGS_TOKEN_REGENERATE: replace(_TOKEN, field="value"),
    urls.WEBHOOK_SIGNING_SECRET: Shown(
        title="Keep this signing secret",
        field="signingSecret",
        use="where the receiver of the webhook finds it, to verify deliveries",
        list=urls.WEBHOOKS,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request that is not sent yet; *following* is the page after it, or empty."""

    method: str
    path: str
    content: str = ""
    following: str = ""


class Forms:
    """The form over *api*, which has these *routes*."""

    def __init__(self, api: Api, pages: Pages, routes: Sequence[BaseRoute], base_url: Sequence[str]) -> None:
        self.api = api
        self.pages = pages
        self.routes = [each for each in routes if isinstance(each, Resource)]
        self.base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form, or send its request."""
        request = Request(scope, receive)
        if request.method == "POST":
            response = await self._submitted(request)
        else:
            fields = {name: request.query_params.get(name, "") for name in ("method", "path", "content", "next")}
            response = await self._shown(request, _draft(fields))
        await response(scope, receive, send)

    async def _submitted(self, request: Request) -> Response:
        if (entries := await submissions.entries(request)) is None:
            return await self._shown(request, Draft(method="", path=""), 413, [submissions.TOO_LARGE])
        fields = {name: values[0] for name, values in entries.items()}
        draft = _draft(fields)
        if not submissions.is_genuine(request, entries):
            return await self._shown(request, draft, 403, [submissions.FOREIGN])
        if draft.method not in self._methods(draft.path):
            problem = f"This broker has no such change: {draft.method or 'no method'} {draft.path or 'no path'}."
            return await self._shown(request, draft, 400, [problem])
        return await self._performed(request, draft)

    async def _performed(self, request: Request, draft: Draft) -> Response:
        """Send the request of the form, and return the page after it."""
        answer = await self.api.send(request, draft.method, draft.path, draft.content)
        log.info("%s %s from a form: %s", draft.method, draft.path, answer.status)
        if answer.status >= 400:  # noqa: PLR2004, client and server errors
            return await self._shown(request, draft, answer.status, problems(answer))
        if (logs := _logs(answer)) is not None:
            return await self._shown(request, draft, logs=logs)
        for each in self._matching(draft.method, draft.path):
            if answer.content and (shown := _SHOWN_ONCE.get(each.operation.path)) is not None:
                return self._answered(answer, shown)
        base = base_urls.of(self.base_url, request)
        return RedirectResponse(self.pages.base + _following(draft, answer, base), 303)

    def _answered(self, answer: Buffer, shown: Shown) -> Response:
        """Return a page with the answer itself."""
        document = json.dumps(answer_document(answer), indent=2, ensure_ascii=False)
        html = self.pages.render("form_answer.html", section="api", title=shown.title, shown=shown, document=document)
        return HTMLResponse(html, answer.status, headers=SECURITY_HEADERS | {"Cache-Control": "no-store"})

    async def _shown(
        self, request: Request, draft: Draft, status: int = 200, errors: Sequence[str] = (), logs: str = ""
    ) -> Response:
        methods = self._methods(draft.path)
        method = draft.method if draft.method in methods else next(iter(methods), "")
        content = "" if draft.path.startswith(urls.SECRETS) else draft.content  # no page shows a value again
        if not content and method in {"PUT", "PATCH", "POST"}:
            content = await self._proposed(request, method, draft.path)
        token = submissions.token(request)
        question, consequence = self._question(method, draft.path)
        html = self.pages.render(
            "form.html",
            section="api",
            title=question,
            consequence=consequence,
            method=method,
            methods=methods,
            path=draft.path,
            content=content,
            following=draft.following if is_local(draft.following) else "",
            cancel=self.pages.base + (draft.following if is_local(draft.following) else urls.INDEX),
            errors=errors,
            logs=logs,
            token=token,
            command=self._command(request, method, draft.path),
        )
        return submissions.with_cookie(HTMLResponse(html, status, headers=SECURITY_HEADERS), request, token)

    async def _proposed(self, request: Request, method: str, path: str) -> str:
        """Return a body to begin with: for a PUT the document itself, otherwise the fields that the API documents."""
        if method == "PUT":
            answer = await self.api.send(request, "GET", path, "")
            document = answer_document(answer) if answer.status == 200 else None  # noqa: PLR2004
            if isinstance(document, dict):
                own = {name: value for name, value in document.items() if name not in _NOT_SENT}
                return json.dumps(own, indent=2, ensure_ascii=False)
        body = next((each.operation.body for each in self._matching(method, path)), None)
        if body is None:
            return ""
        fields = body.model_json_schema().get("properties", {})
        return json.dumps({name: _example(field) for name, field in fields.items()}, indent=2)

    def _methods(self, path: str) -> list[str]:
        """Return the methods that change something at *path*."""
        return [method for method in _CHANGES if self._matching(method, path)] if is_local(path) else []

    def _matching(self, method: str, path: str) -> list[Resource]:
        scope = {"type": "http", "method": method, "path": path.partition("?")[0], "root_path": ""}
        return [each for each in self.routes if each.matches(scope)[0] is Match.FULL][:1]

    def _question(self, method: str, path: str) -> tuple[str, str]:
        if method == "DELETE" and (routes := self._matching(method, path)):
            route = routes[0]
            question, consequence = _QUESTIONS.get(route.operation.path, (f"Delete {unquote(path)}?", ""))
            _, child = route.matches(
                {"type": "http", "method": method, "path": path.partition("?")[0], "root_path": ""}
            )
            return question.format(**child["path_params"]), consequence
        return (f"{method} {unquote(path)}" if method else "Change something", "")

    def _command(self, request: Request, method: str, path: str) -> str:
        base = base_urls.of(self.base_url, request)
        return f"curl -X {method} '{base}{path}'" if method else ""


_NOT_SENT = {"_links", "_embedded", "createdAt", "updatedAt", "uuid"}
_EMPTY: Mapping[Any, Any] = {"string": "", "array": [], "object": {}, "boolean": False, "integer": 0}


def _following(draft: Draft, answer: Buffer, base: str) -> str:
    """Return the path of the page after a change: the wished one, what was made, or what was changed."""
    if is_local(draft.following):
        return draft.following
    location = answer.headers.get("location", "").removeprefix(base)
    if is_local(location):
        return location
    return urls.INDEX if draft.method == "DELETE" else draft.path


def _logs(answer: Buffer) -> str | None:
    """Return what a test of a webhook sent and received; None for another answer, which leads to a page."""
    document = answer_document(answer)
    logs = document.get("logs") if isinstance(document, dict) else None
    return logs if isinstance(logs, str) else None


def _example(field: Mapping[str, Any]) -> Any:
    """Return an empty value for a field of a JSON schema."""
    if field.get("default") is not None:
        return field["default"]
    kinds = [field, *field.get("anyOf", ())]
    return next((_EMPTY[each["type"]] for each in kinds if each.get("type") in _EMPTY), None)


def _draft(fields: Mapping[str, str]) -> Draft:
    return Draft(
        method=fields.get("method", "").upper(),
        path=fields.get("path", ""),
        content=fields.get("content", ""),
        following=fields.get("next", ""),
    )


def is_local(path: str) -> bool:
    """Whether *path* leads to a page of this broker, not to a host, whose name follows two slashes of any kind."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
