"""Tests of a webhook, saved or not: the broker sends it now, with the parameters of the last event or an example.

Source: Pact Broker protocol, test execution.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import exemplify, send, sign
from contracts.broker.api import bodies, webhook_bodies
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present
from contracts.broker.api.resources import Resources
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import webhooks
from contracts.broker.webhooks import requests
from contracts.broker.webhooks.requests import Sent
from contracts.broker.webhooks.shares import host_and_port
from contracts.model.errors import Invalid
from contracts.model.signatures import Signing
from contracts.model.webhooks import WebhookRequest


routes = Resources("webhooks")


@routes.post(urls.WEBHOOKS_EXECUTE, body=webhook_bodies.WebhookBody, accepts=None, changes=False, sends=True)
def execute_unsaved_webhook(call: Call) -> Response:
    webhook = webhook_bodies.parse(call).webhook()
    with call.reading() as connection:
        parameters = exemplify.parameters(connection, webhook, call.links.base)
    call.require_content_type()
    unsigned = partial(Signing, id=call.runtime.uuid(), at=call.now())
    sent = _send(call.runtime, webhook.request, parameters, unsigned)
    return call.hal(_render(call, sent, urls.WEBHOOKS_EXECUTE, None))


@routes.post(urls.WEBHOOK_EXECUTE, accepts=None, changes=False, sends=True)
def execute_webhook(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        webhook = webhooks.find(connection, uuid)
        parameters = exemplify.parameters(connection, webhook, call.links.base)
    call.require_content_type()
    signing = partial(sign.signing, call.runtime, webhook, call.runtime.uuid())
    sent = _send(call.runtime, webhook.request, parameters, signing)
    return call.hal(_render(call, sent, urls.WEBHOOK_EXECUTE, uuid))


def _send(
    runtime: Runtime, request: WebhookRequest, parameters: Mapping[str, str], signing: Callable[[], Signing]
) -> Sent:
    host = host_and_port(request.url)
    if host in runtime.tests.full():
        return requests.refused(request, f"Other tests of webhooks to {host} have no response yet. Try again later.")
    started_at = time.monotonic()
    runtime.tests.begin(host)
    try:
        with runtime.exchanges.within(requests.SECONDS) as deadline:
            return send.send(runtime, request, parameters, signing, deadline)
    finally:
        runtime.tests.end(host, late=time.monotonic() - started_at >= requests.SECONDS)


def _render(call: Call, sent: Sent, path: str, uuid: str | None) -> Document:
    settings = call.runtime.settings
    address = urlsplit(sent.url)
    here = {"uuid": uuid} if uuid is not None else {}
    links = {"try-again": link(call.links.to(path, **here), "Send it again")}
    if uuid is not None:
        links["webhook"] = link(call.links.to(urls.WEBHOOK, uuid=uuid))
    request = present(
        {
            "headers": dict(sent.headers),
            "body": _value(sent.body) if isinstance(sent.body, str) else sent.body,
            "url": (address.path or "/") + (f"?{address.query}" if address.query else ""),
        }
    )
    return {
        "request": request,
        **_outcome(settings, sent),
        "logs": requests.log_of(settings, sent),
        "success": sent.success,
        "_links": links,
    }


def _outcome(settings: Settings, sent: Sent) -> Document:
    hidden: Document = {} if settings.webhook_host_whitelist else {"message": requests.HIDDEN}
    if sent.response is None:
        return {"error": {"message": sent.error}, **hidden}
    if hidden:
        return hidden
    headers, body = dict(sent.response.headers), _value(sent.response.body)
    return {"response": {"status": sent.response.status, "headers": headers, "body": body}}


def _value(text: str) -> Any:
    """Return the JSON value of *text*, or *text* if it is not JSON."""
    try:
        return bodies.parse(text.encode())
    except Invalid:
        return text
