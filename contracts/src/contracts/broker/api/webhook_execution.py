"""Testing a webhook: sending it now, saved or not, with what happened last, or with an example.

Source: Pact Broker protocol, test execution.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contracts.broker import sending
from contracts.broker.actions import notify
from contracts.broker.api import urls
from contracts.broker.api.hal import link, present
from contracts.broker.api.resources import Resources
from contracts.broker.api.webhooks import wanted
from contracts.broker.store import webhooks


if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.responses import Response

    from contracts.broker.api.calls import Call
    from contracts.broker.api.hal import Document
    from contracts.broker.broker import Broker
    from contracts.broker.sending import Sent
    from contracts.broker.settings import Settings


_HIDDEN = "The answer is shown where hosts are listed in PACT_BROKER_WEBHOOK_HOST_WHITELIST"


def router(broker: Broker) -> APIRouter:
    """Build the routes over *broker*."""
    routes = Resources(broker, "webhooks")

    @routes.post(urls.WEBHOOKS_EXECUTE, accepts=None)
    def execute_unsaved(call: Call) -> Response:
        body = wanted(call)
        with call.reading() as connection:
            wanted(call, connection)
            webhook = body.wanted()
            parameters = notify.example(connection, webhook, call.links.base)
        sent = sending.send(broker.settings, webhook.request, parameters)
        return call.hal(_render(call, sent, urls.WEBHOOKS_EXECUTE, None))

    @routes.post(urls.WEBHOOK_EXECUTE, accepts=None)
    def execute(call: Call, uuid: str) -> Response:
        with call.reading() as connection:
            webhook = webhooks.find(connection, uuid)
            parameters = notify.example(connection, webhook, call.links.base)
        sent = sending.send(broker.settings, webhook.request, parameters)
        return call.hal(_render(call, sent, urls.WEBHOOK_EXECUTE, uuid))

    return routes.router


def _render(call: Call, sent: Sent, path: str, uuid: str | None) -> Document:
    settings = call.broker.settings
    address = urlsplit(sent.url)
    here = {"uuid": uuid} if uuid is not None else {}
    links = {"try-again": link(call.links.to(path, **here), "Send it again")}
    if uuid is not None:
        links["webhook"] = link(call.links.to(urls.WEBHOOK, uuid=uuid))
    request = present(
        {
            "headers": dict(sent.headers),
            "body": sent.body,
            "url": address.path + (f"?{address.query}" if address.query else ""),
        }
    )
    answer: Document = {"error": {"message": sent.error}} if sent.error else {"response": _answer(settings, sent)}
    return {
        "request": request,
        **answer,
        "logs": sending.log_of(settings, sent),
        "success": sent.success,
        "_links": links,
    }


def _answer(settings: Settings, sent: Sent) -> Document:
    if not settings.webhook_host_whitelist:
        return {"body": _HIDDEN}
    try:
        body = json.loads(sent.answer_body)
    except ValueError:
        body = sent.answer_body
    return {"status": sent.status, "headers": dict(sent.answer_headers), "body": body}
