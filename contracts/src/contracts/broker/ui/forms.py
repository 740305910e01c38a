"""`/ui/requests`: a form that sends a request to the API, for every change that people make in a browser.

A link to it names the method, the path and the page to show afterwards. The form asks before anything happens, and
works without a script. The request goes through the API as any other: the API decides, and its answer is shown.
A change needs the form's token: see `submissions`.
"""

from __future__ import annotations

import json
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
from contracts.broker.ui.conflicts import CHANGED, REVISION
from contracts.broker.ui.pages import COPY_SCRIPT, SCRIPT_HEADERS, SECURITY_HEADERS, Pages
from contracts.broker.ui.questions import FIELDS, QUESTIONS, SECTIONS, Question
from contracts.broker.ui.webhooks import VERIFY_GUIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer that nothing shows a second time: the *field* to keep, its *use*, and the path of the *list*.

    The *guide* is the URL of a page about it, or empty.
    """

    title: str
    field: str
    use: str
    list: str
    guide: str = ""


_CHANGES = ("POST", "PUT", "PATCH", "DELETE")
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
        guide=VERIFY_GUIDE,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request that is not sent yet.

    *following* is the page after it, or empty. A PUT replaces the document of this *revision*, if it has one.
    """

    method: str
    path: str
    content: str = ""
    following: str = ""
    revision: str = ""


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
        answer = await self.api.send(request, draft.method, draft.path, draft.content, revision=draft.revision)
        if answer.status == CHANGED:
            now, revision = await self._stored(request, draft.path)
            return await self._shown(request, replace(draft, revision=revision), 409, problems(answer), now=now)
        if answer.status >= 400:  # noqa: PLR2004, client and server errors
            return await self._shown(request, draft, answer.status, problems(answer))
        if (logs := _logs(answer)) is not None:
            return await self._shown(request, draft, logs=logs, success=answer_document(answer).get("success") is True)
        for each in self._matching(draft.method, draft.path):
            if answer.content and (shown := _SHOWN_ONCE.get(each.operation.path)) is not None:
                return self._answered(draft, answer, shown)
        base = base_urls.of(self.base_url, request)
        return RedirectResponse(self.pages.base + _following(draft, answer, base), 303)

    def _answered(self, draft: Draft, answer: Buffer, shown: Shown) -> Response:
        """Return a page with the field of the answer that nothing shows again."""
        value = answer_document(answer)[shown.field]
        html = self.pages.render(
            "form_answer.html",
            section=_section(draft.path),
            title=shown.title,
            shown=shown,
            value=value,
            following=self.pages.base + draft.following if is_local(draft.following) else "",
            script=COPY_SCRIPT,
        )
        return HTMLResponse(html, answer.status, headers=SCRIPT_HEADERS | {"Cache-Control": "no-store"})

    async def _shown(
        self,
        request: Request,
        draft: Draft,
        status: int = 200,
        errors: Sequence[str] = (),
        *,
        logs: str = "",
        success: bool = False,
        now: str = "",
    ) -> Response:
        """Show the form of *draft*, with the *logs* of a test, or what is stored *now* by someone who was faster."""
        methods = self._methods(draft.path)
        method = draft.method if draft.method in methods else next(iter(methods), "")
        content, revision = "" if draft.path.startswith(urls.SECRETS) else draft.content, draft.revision
        if not content and method in {"PUT", "PATCH", "POST"}:  # no page shows the value of a secret again
            content, revision = await self._proposed(request, method, draft.path)
        token = submissions.token(request)
        question = self._question(method, draft.path)
        title = question.text if question is not None else f"{method} {unquote(draft.path)}".strip()
        title = "Test of the webhook" if logs else title
        following = draft.following if is_local(draft.following) else ""
        html = self.pages.render(
            "form.html",
            section="api" if question is None else _section(draft.path),
            title=title or "Change something",
            question=question,
            fields_form=self._fields_form(method, draft.path),
            method=method,
            methods=methods,
            path=draft.path,
            content=content,
            revision=revision,
            following=following,
            cancel=self.pages.base + (following or (question.page if question is not None else urls.INDEX)),
            errors=errors,
            logs=logs,
            success=success,
            now=now,
            token=token,
            command=self._command(request, method, draft.path),
        )
        return submissions.with_cookie(HTMLResponse(html, status, headers=SECURITY_HEADERS), request, token)

    async def _proposed(self, request: Request, method: str, path: str) -> tuple[str, str]:
        """Return a body to begin with, and its revision: for a PUT the document, otherwise the documented fields."""
        if method == "PUT" and (stored := await self._stored(request, path))[0]:
            return stored
        body = next((each.operation.body for each in self._matching(method, path)), None)
        if body is None:
            return "", ""
        fields = body.model_json_schema().get("properties", {})
        return json.dumps({name: _example(field) for name, field in fields.items()}, indent=2), ""

    async def _stored(self, request: Request, path: str) -> tuple[str, str]:
        """Return the document at *path* as a PUT would send it, and its revision; empty without one."""
        answer = await self.api.send(request, "GET", path, "")
        document = answer_document(answer) if answer.status == 200 else None  # noqa: PLR2004
        if not isinstance(document, dict):
            return "", ""
        own = {name: value for name, value in document.items() if name not in _NOT_SENT}
        return json.dumps(own, indent=2, ensure_ascii=False), answer.headers.get("etag", "").strip('"')

    def _methods(self, path: str) -> list[str]:
        """Return the methods that change something at *path*."""
        return [method for method in _CHANGES if self._matching(method, path)] if is_local(path) else []

    def _matching(self, method: str, path: str) -> list[Resource]:
        scope = {"type": "http", "method": method, "path": path.partition("?")[0], "root_path": ""}
        return [each for each in self.routes if each.matches(scope)[0] is Match.FULL][:1]

    def _question(self, method: str, path: str) -> Question | None:
        """Return what to ask before the request; None if the form has a body to fill in."""
        for route in self._matching(method, path):
            if (question := QUESTIONS.get((method, route.operation.path))) is not None:
                parameters = _parameters(route, method, path)
                page = urls.expand(question.page, **parameters) if question.page else path
                return replace(question, text=question.text.format(**parameters), page=page)
        return Question(text=f"Delete {unquote(path)}?", page=path) if method == "DELETE" else None

    def _fields_form(self, method: str, path: str) -> str:
        """Return the path of the form with fields for the same change, or empty."""
        for route in self._matching(method, path) if method != "DELETE" else ():
            if (form := FIELDS.get(route.operation.path)) is not None:
                values = {name: urls.encode(value) for name, value in _parameters(route, method, path).items()}
                return self.pages.base + form.format(**values)
        return ""

    def _command(self, request: Request, method: str, path: str) -> str:
        base = base_urls.of(self.base_url, request)
        return f"curl -X {method} '{base}{path}'" if method else ""


_NOT_SENT = {"_links", "_embedded", "createdAt", "updatedAt", "uuid"}
_EMPTY: Mapping[Any, Any] = {"string": "", "array": [], "object": {}, "boolean": False, "integer": 0}


def _parameters(route: Resource, method: str, path: str) -> Mapping[str, str]:
    """Return the parameters of *path*, which the *route* has."""
    scope = {"type": "http", "method": method, "path": path.partition("?")[0], "root_path": ""}
    return {name: unquote(value) for name, value in route.matches(scope)[1]["path_params"].items()}


def _section(path: str) -> str:
    """Return the section of the navigation bar that has *path*."""
    return next((section for start, section in SECTIONS.items() if path.startswith(start)), "contracts")


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
        revision=fields.get(REVISION, ""),
    )


def is_local(path: str) -> bool:
    """Whether *path* leads to a page of this broker, not to a host, whose name follows two slashes of any kind."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
