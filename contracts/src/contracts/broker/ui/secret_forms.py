"""`/ui/secret/form`: the form that creates a secret, or replaces its value; it never shows a value again.

The change goes through the API as any other: the API refuses what the person may not do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import permissions
from contracts.broker.store import secrets
from contracts.broker.ui import submissions
from contracts.broker.ui.api_requests import REFUSED, Api, problems
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages
from contracts.model.secrets import Secret


_PRIVATE = SECURITY_HEADERS | {"Cache-Control": "no-store"}
_FIELDS = ("name", "description")


class SecretForms:
    """The form over *api*; the query has the uuid of a secret to replace."""

    def __init__(self, api: Api, pages: Pages) -> None:
        self.api = api
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form, or send what it has."""
        request = Request(scope, receive)
        permissions.require_webhooks(scope)
        stored = await run_in_threadpool(self._stored, request.query_params.get("secret"))
        response = await self._sent(request, stored) if request.method == "POST" else await self._shown(request, stored)
        await response(scope, receive, send)

    def _stored(self, uuid: str | None) -> Secret | None:
        if uuid is None:
            return None
        with self.pages.runtime.database.reading() as connection:
            return secrets.find(connection, uuid)

    async def _sent(self, request: Request, stored: Secret | None) -> Response:
        if (entries := await submissions.entries(request)) is None:
            return await self._shown(request, stored, {}, [submissions.TOO_LARGE], 413)
        fields = {name: entries.get(name, [""])[0].strip() for name in _FIELDS}
        if not submissions.is_genuine(request, entries):
            return await self._shown(request, stored, fields, [submissions.FOREIGN], 403)
        value = entries.get("value", [""])[0].replace("\r\n", "\n")
        document = fields | ({"value": value} if value or stored is None else {})
        method, path = ("POST", urls.SECRETS) if stored is None else ("PUT", urls.expand(urls.SECRET, uuid=stored.uuid))
        answer = await self.api.send(request, method, path, json.dumps(document))
        if answer.status >= REFUSED:
            return await self._shown(request, stored, fields, problems(answer), answer.status)
        return RedirectResponse(self.pages.url(urls.SECRETS), 303, headers=_PRIVATE)

    async def _shown(
        self,
        request: Request,
        stored: Secret | None,
        fields: Mapping[str, str] | None = None,
        errors: Sequence[str] = (),
        status: int = 200,
    ) -> Response:
        token = submissions.token(request)
        if fields is None:
            fields = {name: (getattr(stored, name) or "") if stored is not None else "" for name in _FIELDS}
        html = self.pages.render(
            "secret_form.html",
            section="webhooks",
            title="Create a secret" if stored is None else f"Replace the secret {stored.name}",
            fields=fields,
            stored=stored,
            errors=errors,
            token=token,
        )
        return submissions.with_cookie(HTMLResponse(html, status, headers=_PRIVATE), request, token)
