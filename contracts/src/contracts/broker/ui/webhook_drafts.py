"""The form that drafts a webhook: a service, the contracts and the event, with a preview of the request.

It changes nothing, and works without a script. The next step is the form of `webhook_forms`, which begins with the
draft, and creates the webhook.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import dry_run
from contracts.broker.actions.dry_run import Chosen
from contracts.broker.api import base_urls
from contracts.broker.store import pacticipants
from contracts.broker.ui.pages import LIVE_SCRIPT, Pages
from contracts.broker.ui.webhook_presets import PRESETS, Preset
from contracts.broker.webhooks import requests
from contracts.model.rendered_requests import as_curl
from contracts.model.webhooks import EVENTS, Limits, NewWebhook, Side


MOST_NAMES = 500  # that the browser suggests


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of the form, as texts; *branches* are separated by spaces."""

    service: str
    target: str
    consumer: str
    provider: str
    event: str
    branches: str

    @property
    def preset(self) -> Preset:
        """The chosen service."""
        return PRESETS[self.service]

    def webhook(self) -> NewWebhook:
        """Return the webhook that the form describes."""
        return NewWebhook(
            description=f"{self.preset.label} {self.target}",
            enabled=True,
            consumer=Side(name=self.consumer) if self.consumer else None,
            provider=Side(name=self.provider) if self.provider else None,
            request=self.preset.request(self.target),
            events=(self.event,),
            limits=Limits(branches=tuple(self.branches.split())),
        )


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.WEBHOOK_DRAFT, scripts=True)
    def show(request: Request) -> str:
        draft = draft_of(request.query_params)
        with pages.runtime.database.reading() as connection:
            names = pacticipants.names(connection)
            webhook = draft.webhook() if draft.target else None
            tried = None
            if webhook is not None and {draft.consumer, draft.provider} <= {"", *names}:
                base = base_urls.of(pages.runtime.settings.base_url, request)
                tried = dry_run.dry_run(connection, webhook, base, draft.event, Chosen())
        problem = requests.problem_of(pages.runtime.settings, webhook.request) if webhook is not None else None
        return pages.render(
            "webhook_draft.html",
            section="webhooks",
            title="Create a webhook",
            draft=draft,
            presets=PRESETS,
            events=EVENTS,
            names=names[:MOST_NAMES],
            tried=tried,
            curl=as_curl(tried.request) if tried is not None else "",
            problem=problem,
            fields=dataclasses.asdict(draft),
            script=LIVE_SCRIPT,
        )


def draft_of(query: QueryParams) -> Draft:
    """Return the draft in the *query* of a URL."""
    service = query.get("service", "")
    service = service if service in PRESETS else "github"
    event = query.get("event", "")
    fields = {name: query.get(name, "").strip() for name in ("target", "consumer", "provider", "branches")}
    return Draft(service=service, event=event if event in EVENTS else PRESETS[service].event, **fields)
