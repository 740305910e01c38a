"""`${pactbroker.…}` in a webhook's request: names that stand for what happened.

Source: Pact Broker protocol, template parameters. The reference broker puts values into the body's text as they are, so
that a quotation mark in a branch's name breaks a JSON body; here a body that is JSON stays so.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus


if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.model.webhooks import WebhookRequest


_PARAMETER = re.compile(r"\$\{pactbroker\.([A-Za-z]+)\}")


def fill_request(request: WebhookRequest, parameters: Mapping[str, str]) -> WebhookRequest:
    """*request* with each known name in it replaced by its value."""
    return replace(
        request,
        url=fill_url(request.url, parameters),
        headers={name: fill(value, parameters) for name, value in request.headers.items()},
        body=fill_body(request.body, parameters),
        username=None if request.username is None else fill(request.username, parameters),
        password=None if request.password is None else fill(request.password, parameters),
    )


def fill(text: str, parameters: Mapping[str, str]) -> str:
    """*text* with each known name replaced by its value; an unknown name stays as it is."""
    return _PARAMETER.sub(lambda found: parameters.get(found[1], found[0]), text)


def fill_url(url: str, parameters: Mapping[str, str]) -> str:
    """*url* with each known name replaced by its value, encoded so that it stays one part of the address."""
    return fill(url, {name: quote_plus(value) for name, value in parameters.items()})


def fill_body(body: Any, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401, JSON is anything
    """A request's *body* with each known name replaced: a JSON value, or a text, which may hold JSON itself."""
    if isinstance(body, str) and _is_json(body):
        return fill(body, {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in parameters.items()})
    return _fill_value(body, parameters)


def _fill_value(value: Any, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401, see fill_body
    match value:
        case str():
            return fill(value, parameters)
        case list():
            return [_fill_value(each, parameters) for each in value]
        case dict():
            return {fill(key, parameters): _fill_value(each, parameters) for key, each in value.items()}
        case _:
            return value


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
