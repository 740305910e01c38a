"""`/ui/webhook/form`: the form that creates or edits a webhook, with a preview of its request.

The form is sent back to this path: its buttons save, preview, add a header and remove one. Saving goes through the API
as any other change. A script renews the preview as one types; without it, a button does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.actions import dry_run
from contracts.broker.actions.dry_run import Chosen, DryRun
from contracts.broker.api import base_urls, permissions
from contracts.broker.api.bodies import TEXTS
from contracts.broker.store import pacticipants, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.ui import webhook_drafts, webhook_fields
from contracts.broker.ui.api_requests import Api, answer_document
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.document_forms import DocumentForms, Shown, without_row
from contracts.broker.ui.pages import SCRIPT_HEADERS, Pages, middle
from contracts.broker.ui.webhook_fields import Fields, Header
from contracts.broker.ui.webhook_presets import TOKEN
from contracts.broker.webhooks import requests
from contracts.model import strict_json
from contracts.model.rendered_requests import as_curl
from contracts.model.secrets import is_reference
from contracts.model.webhooks import EVENTS, Webhook


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


class WebhookForms(DocumentForms[Webhook, Fields]):
    """The form of a webhook, which begins with the draft in the query."""

    template = "webhook_form.html"
    section = "webhooks"
    noun = "webhook"
    labels = LABELS
    places = webhook_fields.PLACES
    after_deletion = "Create makes a new one; enter its secrets again"
    default_button = "preview"
    headers = SCRIPT_HEADERS

    def __init__(self, api: Api, pages: Pages) -> None:
        super().__init__(api, pages)
        pages.static(SCRIPT, "text/javascript")

    def require(self, scope: Scope) -> None:
        """Only who may change webhooks opens the form."""
        permissions.require_webhooks(scope)

    def find(self, connection: Connection, query: Mapping[str, str]) -> Webhook | None:
        """Return the webhook whose uuid the query has."""
        uuid = query.get("webhook", "")
        return webhooks.find(connection, uuid) if uuid else None

    def revision(self, stored: Webhook) -> str:
        """Return the revision of the webhook."""
        return stored.revision

    def fields(self, stored: Webhook | None) -> Fields:
        """Return the fields of the webhook."""
        return Fields() if stored is None else webhook_fields.of_webhook(stored, stored)

    def beginning(self, request: Request, stored: Webhook | None) -> Fields:
        """Return the fields of the stored webhook, or else those of the draft in the query."""
        if stored is not None:
            return self.fields(stored)
        draft = webhook_drafts.draft_of(request.query_params)
        if draft.target:
            return webhook_fields.of_webhook(draft.webhook(), None)
        return Fields(events=(draft.event,), provider=draft.provider, consumer=draft.consumer)

    def typed(self, entries: Mapping[str, Sequence[str]], stored: Webhook | None) -> Fields:
        """Return the fields with the entries of the form."""
        return webhook_fields.of_entries(entries, stored)

    def texts(self, fields: Fields, stored: Webhook) -> Mapping[str, str]:
        """Return the fields as texts for display, without secrets."""
        return webhook_fields.texts(fields, stored)

    def problems(self, fields: Fields) -> Mapping[str, Sequence[str]]:
        """Return what is wrong with the headers."""
        return fields.problems()

    def by_field(self, errors: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        """Return the errors of the API in the order of the form."""
        by_field = dict(super().by_field(errors))
        if by_field.get("events") == [TEXTS["too_short"]]:
            by_field["events"] = ["choose at least one"]
        order = ["", *self.places.values()]
        return dict(sorted(by_field.items(), key=lambda each: order.index(each[0])))

    def edited(self, fields: Fields, button: str) -> Fields:
        """Return the fields without the header that a button removes; the form always ends with an empty row."""
        return replace(fields, headers=without_row(fields.headers, button))

    async def save(self, request: Request, stored: Webhook | None, fields: Fields, revision: str) -> Buffer:
        """Create or replace the webhook."""
        method, path = ("POST", urls.WEBHOOKS)
        if stored is not None:
            method, path = ("PUT", urls.expand(urls.WEBHOOK, uuid=stored.uuid))
        return await self.api.send(request, method, path, json.dumps(fields.document(stored)), revision=revision)

    def address(self, stored: Webhook | None) -> str:
        """Return the URL of the form."""
        return self.pages.url(urls.WEBHOOK_FORM) + (f"?webhook={urls.encode(stored.uuid)}" if stored else "")

    def page(self, stored: Webhook | None) -> str:
        """Return the URL of the webhook, or of all."""
        return self.pages.url(urls.WEBHOOKS) if stored is None else self.pages.url(urls.WEBHOOK, uuid=stored.uuid)

    def after(self, stored: Webhook | None, answer: Buffer) -> str:  # noqa: ARG002, a new one has a page, too
        """Return the URL of the webhook."""
        return self.pages.url(urls.WEBHOOK, uuid=answer_document(answer)["uuid"])

    def values(self, request: Request, stored: Webhook | None, shown: Shown[Fields]) -> Mapping[str, Any]:
        """Return the title, what to choose from, and the preview of the request."""
        fields = shown.fields
        webhook = fields.webhook(stored)
        with self.pages.runtime.database.reading() as connection:
            names = pacticipants.names(connection)
            event = webhook.events[0] if webhook.events else ""
            tried = None
            if event in EVENTS and webhook.request.url and _exist(fields, names):
                base = base_urls.of(self.pages.runtime.settings.base_url, request)
                tried = dry_run.dry_run(connection, webhook, base, event, Chosen())
        return {
            "title": f"Edit: {middle(stored.shown_as)}" if stored is not None else "Create a webhook",
            "rows": [*(each for each in fields.headers if each.name or each.value), Header(name="", value="")],
            "limited": any(getattr(fields, name) or name in shown.errors for name in LIMITS),
            "has_password": webhook_fields.hides_password(stored),
            "is_open": _is_open,
            "events": EVENTS,
            "methods": dict.fromkeys([*self.pages.runtime.settings.webhook_http_method_whitelist, fields.method]),
            "names": names[: webhook_drafts.MOST_NAMES],
            "script": SCRIPT,
            **_preview(self.pages, fields, stored, tried),
        }


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
