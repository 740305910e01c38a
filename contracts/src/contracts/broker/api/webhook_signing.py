"""`/webhooks/{uuid}/signing-secret`: the secret by which a receiver verifies deliveries.

An addition of this broker. The secret is in the response that creates it, and nowhere else.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import sign
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import webhooks
from contracts.model.errors import InvalidFields
from contracts.model.webhooks import Webhook


DEFAULT_HOURS = 24
MOST_HOURS = 720


class RotationBody(Body):
    """A replacement of the signing secret; deliveries carry the signatures of both for some hours."""

    old_valid_for_hours: int = Field(default=DEFAULT_HOURS, alias="oldValidForHours")


routes = Resources("webhooks")


@routes.post(urls.WEBHOOK_SIGNING_SECRET, body=RotationBody)
def rotate_signing_secret(call: Call, uuid: str) -> Response:
    hours = call.body(RotationBody, empty=True).old_valid_for_hours
    if not 0 <= hours <= MOST_HOURS:
        raise InvalidFields({"oldValidForHours": [f"must be from 0 to {MOST_HOURS}"]})
    with call.writing() as connection:
        webhook = webhooks.find(connection, uuid)
        webhook, secret = sign.rotate(call.runtime, connection, webhook, timedelta(hours=hours))
    links = {
        "self": link(call.url, "The signing secret"),
        "pb:webhook": link(call.links.to(urls.WEBHOOK, uuid=uuid), "The webhook", webhook.shown_as),
    }
    return call.hal({"signingSecret": secret, "signing": render(webhook), "_links": links}, 201)


@routes.delete(urls.WEBHOOK_SIGNING_SECRET)
def remove_signing_secret(call: Call, uuid: str) -> Response:
    with call.writing() as connection:
        webhooks.set_signing_secrets(connection, webhooks.find(connection, uuid), ())
    return Response(status_code=204)


def render(webhook: Webhook) -> Document | None:
    """Return when the secrets of *webhook* were created, and until when the previous one is valid; None without any."""
    if not webhook.signing_secrets:
        return None
    newest, *previous = webhook.signing_secrets
    document: Document = {"createdAt": timestamp(newest.created_at)}
    for each in previous:
        if each.valid_until is not None:
            document["previousValidUntil"] = timestamp(each.valid_until)
    return document
