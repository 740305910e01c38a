"""The body that describes a webhook, and its rules.

Source: Pact Broker protocol, webhooks (validation).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from contracts.broker.api import bodies, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants
from contracts.model import webhook_rules
from contracts.model.errors import InvalidFields
from contracts.model.webhooks import DEFAULT_EVENTS, Limits, NewWebhook, Side, WebhookRequest, described


LIMITS = ("consumers", "branches", "labels")
"""The fields that limit a webhook further; official clients do not know them."""
MOST_ALTERNATIVES = 100

_Alternatives = Annotated[list[rules.Line], rules.at_most(MOST_ALTERNATIVES)]
_UUID = re.compile(r"[A-Za-z0-9_-]{16,100}")


def require_uuid(text: str) -> str:
    """Return *text*, if it is a valid uuid of a webhook.

    Raises:
        ValueError: otherwise.
    """
    if not _UUID.fullmatch(text):
        raise ValueError("must be 16 to 100 of the characters A-Z a-z 0-9 _ -")
    return text


def _method(text: str, info: ValidationInfo[Settings]) -> str:
    _refuse(webhook_rules.method_problem(text, info.context.allowed_webhooks))
    return text


def _url(text: str, info: ValidationInfo[Settings]) -> str:
    _refuse(webhook_rules.url_problem(text, info.context.allowed_webhooks))
    return text


def _headers(headers: dict[str, str]) -> dict[str, str]:
    _refuse(webhook_rules.headers_problem(headers))
    return {name.lower(): value.strip() for name, value in headers.items()}


def _event(name: str) -> str:
    _refuse(webhook_rules.event_problem(name))
    return name


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise ValueError(problem)


def _filled(value: object) -> object:
    if value == {}:
        raise ValueError("must be filled")
    return value


class SideBody(Body):
    """One application by name, or those with a label."""

    name: str | None = None
    label: str | None = None

    def side(self) -> Side:
        """Return it in the words of the model."""
        return Side(name=self.name or None, label=self.label or None)


class EventBody(Body):
    """An event, by name."""

    name: Annotated[str, AfterValidator(_event)]


class RequestBody(Body):
    """The request that a webhook sends."""

    method: Annotated[rules.Filled, AfterValidator(_method)]
    url: Annotated[rules.Filled, AfterValidator(_url)]
    headers: Annotated[dict[str, str], AfterValidator(_headers)] = Field(default_factory=dict)
    body: Any = None
    username: rules.Written | None = None
    password: rules.Written | None = None

    def request(self) -> WebhookRequest:
        """Return it in the words of the model."""
        return WebhookRequest(
            method=self.method,
            url=self.url,
            headers=self.headers,
            body=self.body,
            username=self.username,
            password=self.password,
        )


class WebhookBody(Body):
    """A complete webhook."""

    uuid: Annotated[str, AfterValidator(require_uuid)] | None = None
    description: rules.SingleLine | None = None
    enabled: bool = True
    consumer: SideBody | None = None
    provider: SideBody | None = None
    consumers: _Alternatives = Field(default_factory=list)
    branches: _Alternatives = Field(default_factory=list)
    labels: _Alternatives = Field(default_factory=list)
    request: Annotated[RequestBody, BeforeValidator(_filled)]
    events: list[EventBody] = Field(
        default_factory=lambda: [EventBody(name=name) for name in DEFAULT_EVENTS], min_length=1
    )

    def webhook(self, consumer: str | None = None, provider: str | None = None) -> NewWebhook:
        """Return it in the words of the model; a *consumer* or *provider* in the path replaces that of the body."""
        request = self.request.request()
        return NewWebhook(
            description=self.description or described(request),
            enabled=self.enabled,
            consumer=_side(consumer, self.consumer),
            provider=_side(provider, self.provider),
            request=request,
            events=tuple(each.name for each in self.events),
            limits=Limits(
                consumers=tuple(dict.fromkeys(self.consumers)),
                branches=tuple(dict.fromkeys(self.branches)),
                labels=tuple(dict.fromkeys(self.labels)),
            ),
        )


def _side(name: str | None, body: SideBody | None) -> Side | None:
    if name is not None:
        return Side(name=name)
    return None if body is None else body.side()


def parse(call: Call) -> WebhookBody:
    """Return the webhook in the body of *call*.

    It looks up the named applications before the Accept header is checked: a 400 comes first.

    Raises:
        Invalid: if the body is not a JSON object.
        InvalidFields: with every error.
    """
    document = call.json_object()
    errors = _side_errors(call, document)
    try:
        body = bodies.validate(WebhookBody, document, context=call.runtime.settings)
    except InvalidFields as invalid:
        raise InvalidFields(invalid.errors | errors) from None
    if errors:
        raise InvalidFields(errors)
    return body


def _side_errors(call: Call, document: dict[str, Any]) -> dict[str, list[str]]:
    sides = {role: side for role in ("consumer", "provider") if isinstance(side := document.get(role), dict)}
    consumers = _consumers(document)
    written = (*(side.get("name") for side in sides.values()), *consumers)
    names = {name for name in written if isinstance(name, str) and name.strip() and "\0" not in name}
    existing_names: Collection[str] = ()
    if names:
        with call.runtime.database.reading() as connection:
            existing_names = pacticipants.by_names(connection, names)
    errors: dict[str, list[str]] = {}
    if consumers and "consumer" in sides:
        errors["consumers"] = ["cannot be combined with consumer. Use only one of them"]
    elif unknown := [
        f"'{name}' does not match an existing pacticipant (at index {index})"
        for index, name in enumerate(consumers)
        if name in names and name not in existing_names
    ]:
        errors["consumers"] = unknown
    for role, side in sides.items():
        errors |= _errors_of_side(role, side.get("name"), side.get("label"), existing_names)
    return errors


def _consumers(document: dict[str, Any]) -> list[object]:
    """Return the elements of the list of consumers; the model refuses those that are not texts."""
    listed = document.get("consumers")
    return listed[:MOST_ALTERNATIVES] if isinstance(listed, list) else []


def _errors_of_side(role: str, name: object, label: object, existing_names: Collection[str]) -> dict[str, list[str]]:
    """Return the errors of one side; the model refuses a name or label that is not a text."""
    if any(not isinstance(each, str | None) for each in (name, label)):
        return {}
    name_text, label_text = (str(each or "").strip() for each in (name, label))
    if name_text and label_text:
        return {f"{role}.label": ["cannot be combined with a name. Use only one of them"]}
    if not name_text and not label_text:
        return {f"{role}.name": ["cannot be blank"]}
    if name_text and name not in existing_names:
        return {f"{role}.name": ["does not match an existing pacticipant"]}
    return {}
