"""`${pactbroker.…}` and `${user.…}` in a webhook's request: names that values of an event and secrets replace.

A value stays one value, whatever it contains: `contracts.model.encodings` writes it as the text around it requires.
Source: Pact Broker protocol, template parameters. The reference broker puts values into the body's text as they are, so
that a quotation mark in a branch's name breaks a JSON body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contracts.model import encodings
from contracts.model.webhooks import WebhookRequest


class Unfillable(Exception):
    """The request cannot be sent with a value; the message says where, and why."""


def fill_request(request: WebhookRequest, parameters: Mapping[str, str]) -> WebhookRequest:
    """Replace each known name in *request* by its value.

    Raises:
        Unfillable: if the request cannot be sent with a value.
    """
    return replace(
        request,
        url=fill_url(request.url, parameters),
        headers={name: encodings.in_header(value, parameters) for name, value in request.headers.items()},
        body=fill_body(request.body, parameters, request.headers.get("content-type")),
        username=None if request.username is None else _fill_username(request.username, parameters),
        password=None if request.password is None else encodings.as_it_is(request.password, parameters),
    )


def fill_url(url: str, parameters: Mapping[str, str]) -> str:
    """Replace each known name in *url* by its value, encoded so that it stays one part of the address.

    Raises:
        Unfillable: if a part of the path would become `.` or `..`, which HTTP libraries and servers remove.
    """
    address, hash_mark, fragment = url.partition("#")
    path, question_mark, query = address.partition("?")
    segments = []
    for segment in path.split("/"):
        filled = encodings.in_path(segment, parameters)
        if filled != segment and encodings.moves_in_path(filled):
            raise Unfillable(
                f"The part {segment} of the path becomes '{filled}', which servers take for another folder. "
                "Move the parameter to the query or the body"
            )
        segments.append(filled)
    query = encodings.in_form(query, parameters)
    return "/".join(segments) + question_mark + query + hash_mark + encodings.in_path(fragment, parameters)


def fill_body(body: Any, parameters: Mapping[str, str], content_type: str | None = None) -> Any:
    """Replace each known name in a request's *body*: a JSON value, or a text that is sent as *content_type*."""
    match body:
        case str():
            return _fill_text(body, parameters, (content_type or "").partition(";")[0].strip().lower())
        case list():
            return [_fill_value(each, parameters) for each in body]
        case dict():
            return _fill_value(body, parameters)
        case _:
            return body


def _fill_text(text: str, parameters: Mapping[str, str], media_type: str) -> str:
    """Fill a text body; without a media type, one that looks like a form is sent as a form."""
    if media_type == "application/x-www-form-urlencoded":
        return encodings.in_form(text, parameters)
    if media_type == "application/json" or media_type.endswith("+json"):
        return encodings.in_json(text, parameters)
    if media_type in {"application/xml", "text/xml", "text/html"} or media_type.endswith("+xml"):
        return encodings.in_xml(text, parameters)
    if not media_type and encodings.is_form(text):
        return encodings.in_form(text, parameters)
    return encodings.in_text(text, parameters)


def _fill_value(value: Any, parameters: Mapping[str, str]) -> Any:
    match value:
        case str():
            return encodings.in_text(value, parameters)
        case list():
            return [_fill_value(each, parameters) for each in value]
        case dict():
            return {encodings.in_text(key, parameters): _fill_value(each, parameters) for key, each in value.items()}
        case _:
            return value


def _fill_username(username: str, parameters: Mapping[str, str]) -> str:
    filled = encodings.as_it_is(username, parameters)
    if filled.count(":") > username.count(":"):
        raise Unfillable(f"The user name becomes '{filled}': a colon ends a user name (RFC 7617), so it cannot be sent")
    return filled
