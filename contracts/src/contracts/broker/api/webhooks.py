"""`/webhooks`: what is sent when something happens, and to whom.

Source: Pact Broker protocol, webhooks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import Field
from starlette.responses import Response

from contracts.broker.api import rules, urls
from contracts.broker.api.bodies import Body
from contracts.broker.api.hal import link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import pacticipants, webhooks
from contracts.model import addresses
from contracts.model.errors import InvalidFields
from contracts.model.webhooks import DEFAULT_EVENTS, EVENTS, STARS, NewWebhook, Side, WebhookRequest, described


if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter
    from sqlalchemy import Connection

    from contracts.broker.api.calls import Call
    from contracts.broker.api.hal import Document
    from contracts.broker.api.urls import Links
    from contracts.broker.broker import Broker
    from contracts.broker.settings import Settings
    from contracts.model.pacticipants import Pacticipant
    from contracts.model.webhooks import Webhook


_UUID = re.compile(r"[A-Za-z0-9_-]{16,}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}


class SideBody(Body):
    """One application by name, or those with a label."""

    name: str | None = None
    label: str | None = None

    def side(self) -> Side:
        """It in the words of the model."""
        return Side(name=self.name, label=self.label)


class EventBody(Body):
    """An event, by name."""

    name: str


class RequestBody(Body):
    """What is sent."""

    method: str
    url: str
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None
    username: str | None = None
    password: str | None = None


class WebhookBody(Body):
    """A webhook, whole."""

    uuid: str | None = None
    description: rules.SingleLine | None = None
    enabled: bool = True
    consumer: SideBody | None = None
    provider: SideBody | None = None
    request: RequestBody
    events: list[EventBody] = Field(default_factory=lambda: [EventBody(name=name) for name in DEFAULT_EVENTS])

    def wanted(self, consumer: Side | None = None, provider: Side | None = None) -> NewWebhook:
        """It in the words of the model; *consumer* and *provider* are the path's, where it names them."""
        request = self.request
        return NewWebhook(
            description=self.description or described(_request(request)),
            enabled=self.enabled,
            consumer=consumer or (self.consumer.side() if self.consumer else None),
            provider=provider or (self.provider.side() if self.provider else None),
            request=_request(request),
            events=tuple(each.name for each in self.events),
        )


def _request(body: RequestBody) -> WebhookRequest:
    return WebhookRequest(
        method=body.method.upper(),
        url=body.url,
        headers={name.lower(): value for name, value in body.headers.items()},
        body=body.body,
        username=body.username,
        password=body.password,
    )


def wanted(call: Call, connection: Connection | None = None) -> WebhookBody:
    """The webhook in the body of *call*, every rule of it kept; what it names is looked up over *connection*.

    Raises:
        InvalidFields: with every rule broken.
    """
    body = call.body(WebhookBody)
    errors = _broken(call.broker.settings, body)
    if connection is not None:
        errors |= _unknown(connection, body)
    if errors:
        raise InvalidFields(errors)
    return body


def router(broker: Broker) -> APIRouter:
    """Build the routes over *broker*."""
    routes = Resources(broker, "webhooks")
    _add_pairs(routes)

    @routes.get(urls.WEBHOOKS)
    def everything(call: Call) -> Response:
        with call.reading() as connection:
            found = webhooks.all(connection)
        return call.hal(_list(call, found))

    @routes.post(urls.WEBHOOKS, body=WebhookBody)
    def create(call: Call) -> Response:
        return _create(call, None, None)

    @routes.get(urls.WEBHOOK)
    def show(call: Call, uuid: str) -> Response:
        with call.reading() as connection:
            found = webhooks.find(connection, uuid)
        return call.hal(render(call.links, found))

    @routes.put(urls.WEBHOOK, body=WebhookBody)
    def put(call: Call, uuid: str) -> Response:
        body = wanted(call)
        if not _UUID.fullmatch(uuid):
            raise InvalidFields({"uuid": ["must be at least 16 of the characters A-Z a-z 0-9 _ -"]})
        with call.writing() as connection:
            wanted(call, connection)
            new = body.wanted()
            if (known := webhooks.get(connection, uuid)) is None:
                return call.hal(render(call.links, webhooks.create(connection, uuid, new, call.now())), 201)
            changed = webhooks.replace(connection, known, _kept(new, known, body), call.now())
            return call.hal(render(call.links, changed))

    @routes.delete(urls.WEBHOOK)
    def remove(call: Call, uuid: str) -> Response:
        with call.writing() as connection:
            webhooks.remove(connection, webhooks.find(connection, uuid))
        return Response(status_code=204)

    return routes.router


def _add_pairs(routes: Resources) -> None:
    for path in (urls.WEBHOOKS_PAIR, urls.PACT_WEBHOOKS, urls.WEBHOOKS_PROVIDER, urls.WEBHOOKS_CONSUMER):
        _add_pair(routes, path)


def _add_pair(routes: Resources, path: str) -> None:
    @routes.get(path)
    def everything(call: Call, **names: str) -> Response:
        with call.reading() as connection:
            found = _parties(connection, names)
            consumer, provider = found.get("consumer"), found.get("provider")
            listed = webhooks.of(
                connection,
                consumer_id=consumer.id if consumer else None,
                provider_id=provider.id if provider else None,
            )
        return call.hal(_list(call, listed))

    @routes.post(path, body=WebhookBody)
    def create(call: Call, **names: str) -> Response:
        return _create(call, names.get("consumer"), names.get("provider"))


def _create(call: Call, consumer: str | None, provider: str | None) -> Response:
    body = wanted(call)
    named = {role: name for role, name in (("consumer", consumer), ("provider", provider)) if name is not None}
    with call.writing() as connection:
        _parties(connection, named)
        wanted(call, connection)
        new = body.wanted(*(Side(name=name) if name is not None else None for name in (consumer, provider)))
        made = webhooks.create(connection, call.broker.token(), new, call.now())
    return call.hal(render(call.links, made), 201, location=address(call.links, made))


def _parties(connection: Connection, names: dict[str, str]) -> dict[str, Pacticipant]:
    roles = [role for role in ("consumer", "provider") if role in names]
    return {role: pacticipants.find(connection, names[role], role) for role in roles}


def _kept(new: NewWebhook, known: Webhook, body: WebhookBody) -> NewWebhook:
    """What is wanted, with what is left as it was: the description, and secrets that are not sent again."""
    request = new.request.kept_from(known.request)
    if "password" not in body.request.model_fields_set:
        request = WebhookRequest(
            method=request.method,
            url=request.url,
            headers=request.headers,
            body=request.body,
            username=request.username,
            password=known.request.password,
        )
    return NewWebhook(
        description=new.description if "description" in body.model_fields_set else known.description,
        enabled=new.enabled,
        consumer=new.consumer,
        provider=new.provider,
        request=request,
        events=new.events,
    )


def _broken(settings: Settings, body: WebhookBody) -> dict[str, list[str]]:
    """The rules that can be judged without the database."""
    errors: dict[str, list[str]] = {}
    method, url = body.request.method.upper(), body.request.url
    if method not in _METHODS:
        errors["request.method"] = ["is not a recognised HTTP method"]
    elif method not in {each.upper() for each in settings.webhook_http_method_whitelist}:
        errors["request.method"] = [f"must be one of: {', '.join(settings.webhook_http_method_whitelist)}"]
    if problem := _url_problem(settings, url):
        errors["request.url"] = [problem]
    if not body.events:
        errors["events"] = ["size cannot be less than 1"]
    elif unknown := [(index, each.name) for index, each in enumerate(body.events) if each.name not in EVENTS]:
        errors["events"] = [f"name must be one of: {', '.join(EVENTS)} (at index {index})" for index, _ in unknown]
    if body.uuid is not None and not _UUID.fullmatch(body.uuid):
        errors["uuid"] = ["must be at least 16 of the characters A-Z a-z 0-9 _ -"]
    for role, side in (("consumer", body.consumer), ("provider", body.provider)):
        if side is not None:
            errors |= _broken_side(role, side)
    return errors


def _broken_side(role: str, side: SideBody) -> dict[str, list[str]]:
    if side.name is not None and side.label is not None:
        return {f"{role}.label": ["excludes a name: give one of the two"]}
    if side.label is not None:
        return {} if side.label.strip() else {f"{role}.label": ["cannot be blank"]}
    if not (side.name or "").strip():
        return {f"{role}.name": ["cannot be blank"]}
    return {}


def _url_problem(settings: Settings, url: str) -> str | None:
    host = addresses.host_of(url)
    scheme = url.partition(":")[0].lower()
    if not host or "://" not in url:
        return "is not a valid URL eg. http://example.org"
    if "${" in url.partition("://")[2].partition("/")[0]:
        return "cannot have a template parameter in its host"
    if scheme not in settings.webhook_scheme_whitelist:
        return f"must begin with one of: {', '.join(settings.webhook_scheme_whitelist)}"
    if settings.webhook_host_whitelist and not addresses.is_listed(host, settings.webhook_host_whitelist):
        return f"must have one of the hosts: {', '.join(settings.webhook_host_whitelist)}"
    return None


def _unknown(connection: Connection, body: WebhookBody) -> dict[str, list[str]]:
    sides = {"consumer": body.consumer, "provider": body.provider}
    names = {role: side.name for role, side in sides.items() if side is not None and side.name}
    known = pacticipants.by_names(connection, set(names.values()))
    return {
        f"{role}.name": ["does not match an existing pacticipant"] for role, name in names.items() if name not in known
    }


def address(links: Links, webhook: Webhook) -> str:
    """Where a webhook is found."""
    return links.to(urls.WEBHOOK, uuid=webhook.uuid)


def render(links: Links, webhook: Webhook) -> Document:
    """*webhook* as HAL, its secrets starred."""
    request = webhook.request
    return present(
        {
            "uuid": webhook.uuid,
            "description": webhook.shown_as,
            "consumer": _side(webhook.consumer),
            "provider": _side(webhook.provider),
            "enabled": webhook.enabled,
            "request": present(
                {
                    "method": request.method,
                    "url": request.url,
                    "headers": request.redacted_headers() or None,
                    "body": request.body,
                    "username": request.username,
                    "password": STARS if request.password is not None else None,
                }
            ),
            "events": [{"name": name} for name in webhook.events],
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


def _list(call: Call, found: Sequence[Webhook]) -> Document:
    links = call.links
    return {
        "_links": {
            "self": link(call.url, "Webhooks"),
            "pb:create": link(call.url, "Create a webhook"),
            "pb:webhooks": [link(address(links, each), "A webhook", each.shown_as) for each in found],
            "curies": [{"name": "pb", "href": f"{links.base}/doc/webhooks-{{rel}}", "templated": True}],
        }
    }
