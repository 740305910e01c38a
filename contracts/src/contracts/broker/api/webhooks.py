"""`/webhooks`: the requests that the broker sends when an event happens.

Source: Pact Broker protocol, webhooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import seal, sign
from contracts.broker.api import webhook_bodies, webhook_signing
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.api.webhook_bodies import LIMITS, WebhookBody
from contracts.broker.store import audit_trail, pacticipants, webhooks
from contracts.broker.urls import Links
from contracts.model.errors import InvalidFields
from contracts.model.webhooks import STARS, NewWebhook, Side, Webhook


routes = Resources("webhooks")
_OF_PARTIES = (urls.WEBHOOKS_PAIR, urls.PACT_WEBHOOKS, urls.WEBHOOKS_PROVIDER, urls.WEBHOOKS_CONSUMER)


@routes.get(*_OF_PARTIES)
def list_webhooks_of_parties(call: Call, **names: str) -> Response:
    with call.reading() as connection:
        ids = {f"{role}_id": pacticipants.find(connection, name, role).id for role, name in names.items()}
        listed = webhooks.of(connection, **ids)
    return call.hal(_list(call, listed))


@routes.post(*_OF_PARTIES, body=WebhookBody)
def create_webhook_of_parties(call: Call, **names: str) -> Response:
    return _create(call, names.get("consumer"), names.get("provider"))


@routes.get(urls.WEBHOOKS)
def list_webhooks(call: Call) -> Response:
    with call.reading() as connection:
        listed = webhooks.all(connection)
    return call.hal(_list(call, listed))


@routes.post(urls.WEBHOOKS, body=WebhookBody)
def create_webhook(call: Call) -> Response:
    return _create(call, None, None)


@routes.get(urls.WEBHOOK)
def show_webhook(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        webhook = webhooks.find(connection, uuid)
    return call.hal(render(call.links, webhook), revision=webhook.revision)


@routes.put(urls.WEBHOOK, body=WebhookBody)
def replace_webhook(call: Call, uuid: str) -> Response:
    body = webhook_bodies.parse(call)
    _require_uuid(uuid)
    new = body.webhook()
    with call.writing() as connection:
        if call.requires_revision():
            webhooks.lock(connection, uuid)
        existing = webhooks.get(connection, uuid)
        call.require_revision(existing.revision if existing is not None else "")
        if existing is None:
            sealed = seal.webhook(call.runtime, connection, new)
            webhook = webhooks.create(connection, uuid, sealed, call.now())
            return call.hal(_created(call.links, *sign.begin(call.runtime, connection, webhook)), 201)
        sealed = seal.webhook(call.runtime, connection, _completed(new, existing, body))
        changed = webhooks.replace(connection, existing, sealed, call.now())
        return call.hal(render(call.links, changed), revision=changed.revision)


@routes.delete(urls.WEBHOOK)
def delete_webhook(call: Call, uuid: str) -> Response:
    with call.writing() as connection:
        webhooks.remove(connection, webhooks.find(connection, uuid))
    return Response(status_code=204)


def _create(call: Call, consumer: str | None, provider: str | None) -> Response:
    new = webhook_bodies.parse(call).webhook(consumer, provider)
    with call.writing() as connection:
        sealed = seal.webhook(call.runtime, connection, new)
        webhook = webhooks.create(connection, call.runtime.token(), sealed, call.now())
        audit_trail.note(uuid=webhook.uuid)
        webhook, secret = sign.begin(call.runtime, connection, webhook)
    return call.hal(_created(call.links, webhook, secret), 201, location=address(call.links, webhook))


def _created(links: Links, webhook: Webhook, secret: str | None) -> Document:
    """Return a new *webhook* with its signing secret, which no other document has."""
    return render(links, webhook) | present({"signingSecret": secret})


def _require_uuid(text: str) -> None:
    try:
        webhook_bodies.require_uuid(text)
    except ValueError as error:
        raise InvalidFields({"uuid": [str(error)]}) from None


def _completed(new: NewWebhook, existing: Webhook, body: WebhookBody) -> NewWebhook:
    """Return *new* with the description, the secrets and the limits of *existing* that the body leaves out.

    A client that does not know limits writes back a webhook without them.
    """
    request = new.request
    if "password" not in body.request.model_fields_set and existing.request.password is not None:
        request = replace(request, password=STARS)
    request = request.kept_from(existing.request)
    description = new.description if "description" in body.model_fields_set else existing.description
    omitted = {name: getattr(existing.limits, name) for name in LIMITS if name not in body.model_fields_set}
    return replace(new, request=request, description=description, limits=replace(new.limits, **omitted))


def address(links: Links, webhook: Webhook) -> str:
    """Return the URL of a webhook."""
    return links.to(urls.WEBHOOK, uuid=webhook.uuid)


def render(links: Links, webhook: Webhook) -> Document:
    """Return *webhook* as HAL, with stars in place of secrets."""
    request = webhook.request
    return present(
        {
            "uuid": webhook.uuid,
            "description": webhook.shown_as,
            "consumer": _side(webhook.consumer),
            "provider": _side(webhook.provider),
            "consumers": list(webhook.limits.consumers) or None,
            "branches": list(webhook.limits.branches) or None,
            "labels": list(webhook.limits.labels) or None,
            "enabled": webhook.enabled,
            "request": present(
                {
                    "method": request.method,
                    "url": request.url,
                    "headers": request.redacted_headers() or None,
                    "body": request.body,
                    "username": request.username,
                    "password": request.shown_password(),
                }
            ),
            "events": [{"name": name} for name in webhook.events],
            "signing": webhook_signing.render(webhook),
            "createdAt": timestamp(webhook.created_at),
            "updatedAt": timestamp(webhook.updated_at) if webhook.updated_at != webhook.created_at else None,
            "_links": _links(links, webhook),
        }
    )


def _side(side: Side | None) -> Document | None:
    return None if side is None else present({"name": side.name, "label": side.label})


def _links(links: Links, webhook: Webhook) -> Document:
    document: Document = {
        "self": link(address(links, webhook), webhook.shown_as),
        "pb:execute": link(links.to(urls.WEBHOOK_EXECUTE, uuid=webhook.uuid), "Test the webhook by sending it now"),
        "pb:decisions": link(
            f"{links.to(urls.WEBHOOK_DECISIONS)}?{urlencode({'webhook': webhook.uuid})}",
            "What events did with the webhook, and why",
        ),
        "pb:signing-secret": link(
            links.to(urls.WEBHOOK_SIGNING_SECRET, uuid=webhook.uuid),
            "POST to replace the signing secret, DELETE to end signing",
        ),
        "pb:dry-run": link(
            f"{links.to(urls.WEBHOOK_DRY_RUN, uuid=webhook.uuid)}{{?event,consumer,provider,version}}",
            "The request that an event would send, without sending it",
            templated=True,
        ),
    }
    for role, side in (("consumer", webhook.consumer), ("provider", webhook.provider)):
        if side is not None and side.name is not None:
            href = links.to(urls.PACTICIPANT, pacticipant=side.name)
            document[f"pb:{role}"] = link(href, role.capitalize(), side.name)
        elif side is not None and side.label is not None:
            href = links.to(urls.PACTICIPANTS_WITH_LABEL, label=side.label)
            document[f"pb:{role}s"] = link(href, f"{role.capitalize()}s by label", side.label)
    if webhook.consumer is not None and webhook.provider is not None:
        href = links.to(urls.WEBHOOKS_PAIR, provider=webhook.provider.name or "", consumer=webhook.consumer.name or "")
        document["pb:pact-webhooks"] = link(href, "Webhooks of the pair")
    document["pb:webhooks"] = link(links.to(urls.WEBHOOKS), "Webhooks")
    return document


def _list(call: Call, listed: Sequence[Webhook]) -> Document:
    links = call.links
    return {
        "_links": {
            "self": link(call.url, "Webhooks"),
            "pb:create": link(call.url, "Create a webhook"),
            "pb:webhooks": [link(address(links, each), "A webhook", each.shown_as) for each in listed],
            "curies": [{"name": "pb", "href": f"{links.base}/doc/webhooks-{{rel}}", "templated": True}],
        }
    }
