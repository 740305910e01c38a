"""`/ui/token/form`: the form that creates a token, and the page that shows it, once.

Creating goes through the API as any other change: the API refuses what the person may not do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api.permissions import require_own_tokens
from contracts.broker.api.tokens import DEFAULT_DAYS
from contracts.broker.store import environments
from contracts.broker.ui import submissions
from contracts.broker.ui.api_requests import Api, answer_document, problems
from contracts.broker.ui.pages import COPY_SCRIPT, SCRIPT_HEADERS, SECURITY_HEADERS, Pages
from contracts.model.permissions import Role


ANY = "*"
_NOT_STORED = {"Cache-Control": "no-store"}
_PRIVATE = SECURITY_HEADERS | _NOT_STORED
_CREATED = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the form has; *applications* are one on a line, and `*` stands for any."""

    note: str = ""
    days: str = str(DEFAULT_DAYS)
    applications: str = ""
    teams: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the body of the request that creates the token."""
        names = [each.strip() for each in self.applications.splitlines() if each.strip()]
        permissions: list[dict[str, Any]] = []
        if ANY in names:
            permissions.append({"role": Role.PUBLISH})
        elif names or self.teams:
            limits = {"names": names, "teams": list(self.teams)}
            permissions.append({"role": Role.PUBLISH} | {name: each for name, each in limits.items() if each})
        if ANY in self.environments:
            permissions.append({"role": Role.DEPLOY})
        elif self.environments:
            permissions.append({"role": Role.DEPLOY, "names": list(self.environments)})
        permissions += [{"role": each} for each in self.roles if each in {Role.WEBHOOKS, Role.ADMIN}]
        days = int(self.days) if self.days.isdecimal() and len(self.days) <= len("3650") else self.days
        return {"note": self.note, "permissions": permissions, "expiresInDays": days}


class TokenForms:
    """The form over *api*."""

    def __init__(self, api: Api, pages: Pages) -> None:
        self.api = api
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form, or create the token."""
        request = Request(scope, receive)
        require_own_tokens(scope)
        response = await self._created(request) if request.method == "POST" else await self._shown(request, Fields())
        await response(scope, receive, send)

    async def _created(self, request: Request) -> Response:
        if (entries := await submissions.entries(request)) is None:
            return await self._shown(request, Fields(), [submissions.TOO_LARGE], 413)
        fields = _fields(entries)
        if not submissions.is_genuine(request, entries):
            return await self._shown(request, fields, [submissions.FOREIGN], 403)
        answer = await self.api.send(request, "POST", urls.TOKENS, json.dumps(fields.document()))
        if answer.status != _CREATED:
            return await self._shown(request, fields, problems(answer), answer.status)
        secret = answer_document(answer)["token"]
        html = self.pages.render(
            "token_created.html", section="tokens", title="Keep this token", secret=secret, script=COPY_SCRIPT
        )
        return HTMLResponse(html, 201, headers=SCRIPT_HEADERS | _NOT_STORED)

    async def _shown(self, request: Request, fields: Fields, errors: Sequence[str] = (), status: int = 200) -> Response:
        token = submissions.token(request)
        html = await run_in_threadpool(self._html, fields, errors, token)
        return submissions.with_cookie(HTMLResponse(html, status, headers=_PRIVATE), request, token)

    def _html(self, fields: Fields, errors: Sequence[str], token: str) -> str:
        with self.pages.runtime.database.reading() as connection:
            names = [each.name for each in environments.all(connection)]
        return self.pages.render(
            "token_form.html",
            section="tokens",
            title="Create a token",
            fields=fields,
            errors=errors,
            token=token,
            teams=[team for team, _ in self.pages.runtime.settings.teams],
            environments=[ANY, *names],
        )


def _fields(entries: Mapping[str, Sequence[str]]) -> Fields:
    def text(name: str) -> str:
        return entries.get(name, [""])[0].strip()

    return Fields(
        note=text("note"),
        days=text("days"),
        applications=text("applications"),
        teams=tuple(entries.get("teams", ())),
        environments=tuple(entries.get("environments", ())),
        roles=tuple(entries.get("roles", ())),
    )
