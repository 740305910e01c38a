"""`/ui/webhook/form`: the form that creates or edits a webhook, with a preview of its request.

The form is sent back to this path: its buttons save, preview, add a header and remove one. Saving goes through the API
as any other change. A script renews the preview as one types; without it, a button does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.actions import dry_run
from contracts.broker.actions.dry_run import Chosen, DryRun
from contracts.broker.api import base_urls, permissions
from contracts.broker.store import pacticipants, webhooks
from contracts.broker.ui import submissions, webhook_drafts, webhook_fields
from contracts.broker.ui.api_requests import Api, answer_document, problems
from contracts.broker.ui.conflicts import CHANGED, REVISION, Difference, differences
from contracts.broker.ui.pages import SCRIPT_HEADERS, Pages, middle
from contracts.broker.ui.webhook_fields import Fields, Header
from contracts.broker.ui.webhook_presets import TOKEN
from contracts.broker.webhooks import requests
from contracts.model import strict_json
from contracts.model.errors import NotFound
from contracts.model.rendered_requests import as_curl
from contracts.model.secrets import is_reference
from contracts.model.webhooks import EVENTS, Webhook


log = logging.getLogger(__name__)

SCRIPT = "/ui/webhook-form.js"
LABELS = {
    "description": "Description",
    "events": "Events",
    "consumer": "Consumer",
    "consumer_label": "Label of the consumers",
    "provider": "Provider",
    "provider_label": "Label of the providers",
    "consumers": "Consumers",
    "branches": "Branches of the consumer version",
    "labels": "Labels",
    "method": "Method",
    "url": "URL",
    "headers": "Headers",
    "username": "User name",
    "password": "Password",
    "body": "Body",
    "enabled": "Enabled",
}
LIMITS = (*webhook_fields.LISTS, "consumer_label", "provider_label")
"""The fields that are folded unless they are used."""
_SAVED = {200, 201}
_DELETED = "Someone else has deleted this webhook. Create makes a new one; enter its secrets again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The form as it is shown: its *fields*, and what is wrong with them, by field.

    Saving replaces the webhook of this *revision*. After someone else has changed it, *changed* says what differs.
    """

    fields: Fields
    errors: Mapping[str, Sequence[str]]
    revision: str = ""
    status: int = 200
    changed: Sequence[Difference] | None = None


class WebhookForms:
    """The form over *api*."""

    def __init__(self, api: Api, pages: Pages, base_url: Sequence[str]) -> None:
        self.api = api
        self.pages = pages
        self.base_url = base_url
        pages.static(SCRIPT, "text/javascript")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form to those who may save it, or save the webhook."""
        request = Request(scope, receive)
        if request.method == "GET":  # what was typed is not lost by a refusal
            permissions.require_webhooks(scope)
        try:
            response = await self._response(request)
        except NotFound as error:
            response = self.pages.not_found(str(error))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._submitted(request)
        stored = await run_in_threadpool(self._stored, request)
        shown = Shown(fields=_beginning(request, stored), errors={}, revision=stored.revision if stored else "")
        return await self._page(request, stored, shown)

    async def _submitted(self, request: Request) -> Response:
        """Return the response to the form that was sent."""
        if (entries := await submissions.entries(request)) is None:
            errors = {"": [submissions.TOO_LARGE]}
            return await self._page(request, None, Shown(fields=Fields(), errors=errors, status=413))
        try:
            stored = await run_in_threadpool(self._stored, request)
        except NotFound:
            return await self._deleted(request, Shown(fields=webhook_fields.of_entries(entries, None), errors={}))
        button = entries.get("do", ["preview"])[0]
        fields = webhook_fields.of_entries(entries, stored)
        shown = Shown(fields=fields, errors={}, revision=entries.get(REVISION, [""])[0])
        if button == "save":
            return await self._saved(request, stored, shown, genuine=submissions.is_genuine(request, entries))
        return await self._page(request, stored, replace(shown, fields=_edited(fields, button)))

    async def _saved(self, request: Request, stored: Webhook | None, shown: Shown, *, genuine: bool) -> Response:
        """Save the webhook and lead to its page, or show the form again with each error at its field."""
        if not genuine:
            return await self._page(request, stored, replace(shown, errors={"": [submissions.FOREIGN]}, status=403))
        if errors := shown.fields.problems():
            shown = replace(shown, errors=webhook_fields.by_field(errors), status=400)
            return await self._page(request, stored, shown)
        method, path = ("POST", urls.WEBHOOKS)
        if stored is not None:
            method, path = ("PUT", urls.expand(urls.WEBHOOK, uuid=stored.uuid))
        content = json.dumps(shown.fields.document(stored))
        answer = await self.api.send(request, method, path, content, revision=shown.revision)
        log.info("%s %s from a form: %s", method, path, answer.status)
        document = answer_document(answer)
        if answer.status in _SAVED:
            return RedirectResponse(self.pages.url(urls.WEBHOOK, uuid=document["uuid"]), 303)
        if answer.status == CHANGED:
            return await self._outdated(request, shown)
        by_key = document.get("errors") if isinstance(document, dict) else None
        errors = by_key if isinstance(by_key, dict) else {"": problems(answer)}
        shown = replace(shown, errors=webhook_fields.by_field(errors), status=answer.status)
        return await self._page(request, stored, shown)

    async def _outdated(self, request: Request, shown: Shown) -> Response:
        """Show the form with what someone else has stored since it was opened, which saving it again replaces."""
        try:
            stored = await run_in_threadpool(self._stored, request)
        except NotFound:
            stored = None
        if stored is None:
            return await self._deleted(request, shown)
        stored_fields = webhook_fields.of_webhook(stored, stored)
        now, yours = (webhook_fields.texts(each, stored) for each in (stored_fields, shown.fields))
        shown = replace(shown, revision=stored.revision, changed=differences(LABELS, now, yours), status=409)
        return await self._page(request, stored, shown)

    async def _deleted(self, request: Request, shown: Shown) -> Response:
        """Show the fields of a webhook that someone else has deleted: they can create another one."""
        return await self._page(request, None, replace(shown, errors={"": [_DELETED]}, revision="", status=409))

    async def _page(self, request: Request, stored: Webhook | None, shown: Shown) -> Response:
        token = submissions.token(request)
        html = await run_in_threadpool(self._html, request, stored, shown, token)
        headers = SCRIPT_HEADERS | {"Cache-Control": "no-store"}  # a typed secret is part of the form
        return submissions.with_cookie(HTMLResponse(html, shown.status, headers=headers), request, token)

    def _html(self, request: Request, stored: Webhook | None, shown: Shown, token: str) -> str:
        webhook = shown.fields.webhook(stored)
        with self.pages.runtime.database.reading() as connection:
            names = pacticipants.names(connection)
            event = webhook.events[0] if webhook.events else ""
            tried = None
            if event in EVENTS and webhook.request.url and _exist(shown.fields, names):
                base = base_urls.of(self.base_url, request)
                tried = dry_run.dry_run(connection, webhook, base, event, Chosen())
        page = urls.expand(urls.WEBHOOK, uuid=stored.uuid) if stored is not None else urls.WEBHOOKS
        return self.pages.render(
            "webhook_form.html",
            section="webhooks",
            title=f"Edit: {middle(stored.shown_as)}" if stored is not None else "Create a webhook",
            fields=shown.fields,
            rows=[*(each for each in shown.fields.headers if each.name or each.value), Header(name="", value="")],
            errors=shown.errors,
            labels=LABELS,
            limited=any(getattr(shown.fields, name) or name in shown.errors for name in LIMITS),
            stored=stored,
            revision=shown.revision,
            changed=shown.changed,
            has_password=webhook_fields.hides_password(stored),
            is_open=_is_open,
            events=EVENTS,
            methods=dict.fromkeys([*self.pages.runtime.settings.webhook_http_method_whitelist, shown.fields.method]),
            names=names[: webhook_drafts.MOST_NAMES],
            here=self._address(stored),
            cancel=self.pages.base + page,
            token=token,
            script=SCRIPT,
            **_preview(self.pages, shown.fields, stored, tried),
        )

    def _address(self, stored: Webhook | None) -> str:
        return self.pages.url(urls.WEBHOOK_FORM) + (f"?webhook={urls.encode(stored.uuid)}" if stored else "")

    def _stored(self, request: Request) -> Webhook | None:
        """Return the webhook that the form edits; None if it creates one."""
        if not (uuid := request.query_params.get("webhook", "")):
            return None
        with self.pages.runtime.database.reading() as connection:
            return webhooks.find(connection, uuid)


def _beginning(request: Request, stored: Webhook | None) -> Fields:
    """Return the fields of the stored webhook, or else those of the draft in the query."""
    if stored is not None:
        return webhook_fields.of_webhook(stored, stored)
    draft = webhook_drafts.draft_of(request.query_params)
    if draft.target:
        return webhook_fields.of_webhook(draft.webhook(), None)
    return Fields(events=(draft.event,), provider=draft.provider, consumer=draft.consumer)


def _edited(fields: Fields, button: str) -> Fields:
    """Return *fields* without the row that a button removes; the form always ends with an empty row."""
    action, _, row = button.partition("-")
    if action != "remove" or not row.isdecimal():
        return fields
    return replace(fields, headers=tuple(each for place, each in enumerate(fields.headers) if place != int(row)))


def _is_open(value: str) -> bool:
    """Whether a secret's field shows its *value*: a placeholder, or a reference to a secret."""
    return TOKEN in value or is_reference(value)


def _exist(fields: Fields, names: Sequence[str]) -> bool:
    """Whether the applications of the form exist."""
    return {fields.consumer, fields.provider} <= {"", *names}


def _preview(pages: Pages, fields: Fields, stored: Webhook | None, tried: DryRun | None) -> dict[str, Any]:
    """Return the values of the preview for the template."""
    webhook = fields.webhook(stored)
    problem = requests.problem_of(pages.runtime.settings, webhook.request) if fields.url else None
    problem_of_body = ""
    announced = next((each.value for each in fields.headers if each.name.lower() == "content-type"), "")
    if "json" in announced and isinstance(webhook.request.body, str):
        try:
            strict_json.parse(webhook.request.body.encode())
        except strict_json.NotReadable as error:
            problem_of_body = f"The body {error}. It is sent as a text."
    texts = [problem, problem_of_body, tried.request.problem if tried is not None else ""]
    return {
        "tried": tried,
        "curl": as_curl(tried.request) if tried is not None else "",
        "preview_problems": [each for each in texts if each],
    }
