"""Reading a contract: what its interactions say, whatever version of the Pact specification wrote it.

Source: Pact specification, versions 1 to 4: `interactions` and `messages`; `provider_state`, `providerState` and
`providerStates`; the body as it is, or under `content`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What must be true of the provider first; *parameters* is JSON, or empty."""

    name: str
    parameters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One side of an exchange: a *title* such as `GET /products`, headers by name, and a body as text, or None."""

    title: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One thing that a consumer expects: parts in the order in which they happen."""

    description: str
    kind: str
    states: tuple[State, ...]
    parts: tuple[tuple[str, Part], ...]


def read(document: object) -> tuple[Interaction, ...]:
    """The interactions and messages of a contract, in its order; none where it is no pact."""
    if not isinstance(document, dict):
        return ()
    listed = [
        (each, "message" if key == "messages" else _kind(each))
        for key in ("interactions", "messages")
        for each in _list(document.get(key))
        if isinstance(each, dict)
    ]
    return tuple(_interaction(each, kind) for each, kind in listed)


def _kind(interaction: dict[str, Any]) -> str:
    match str(interaction.get("type", "")):
        case "Asynchronous/Messages":
            return "message"
        case "Synchronous/Messages":
            return "message and answer"
        case _:
            return "request"


def _interaction(interaction: dict[str, Any], kind: str) -> Interaction:
    if kind == "message":
        parts = [("Message", _message(interaction))]
    elif kind == "message and answer":
        parts = [("Message", _message(_dict(interaction.get("request"))))]
        answers = interaction.get("response")
        parts += [("Answer", _message(_dict(each))) for each in (answers if isinstance(answers, list) else [answers])]
    else:
        parts = [
            ("Request", _request(_dict(interaction.get("request")))),
            ("Response", _response(_dict(interaction.get("response")))),
        ]
    return Interaction(
        description=str(interaction.get("description", "")), kind=kind, states=_states(interaction), parts=tuple(parts)
    )


def _states(interaction: dict[str, Any]) -> tuple[State, ...]:
    listed = interaction.get("providerStates")
    if isinstance(listed, list):
        return tuple(
            State(name=str(each.get("name", "")), parameters=_text(each["params"]) if each.get("params") else "")
            for each in listed
            if isinstance(each, dict)
        )
    named = interaction.get("providerState") or interaction.get("provider_state")
    return (State(name=str(named)),) if named else ()


def _request(request: dict[str, Any]) -> Part:
    query = request.get("query")
    if isinstance(query, dict):
        query = urlencode(query, doseq=True)
    address = str(request.get("path", "")) + (f"?{query}" if query else "")
    return Part(
        title=f"{str(request.get('method', '')).upper()} {address}".strip(),
        headers=_headers(request.get("headers")),
        body=_body(request, "body"),
    )


def _response(response: dict[str, Any]) -> Part:
    return Part(
        title=str(response.get("status", "any status")),
        headers=_headers(response.get("headers")),
        body=_body(response, "body"),
    )


def _message(message: dict[str, Any]) -> Part:
    return Part(
        title="",
        headers=_headers(message.get("metadata") or message.get("metaData")),
        body=_body(message, "contents"),
    )


def _headers(headers: object) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(name), ", ".join(map(str, value)) if isinstance(value, list) else _text(value))
        for name, value in _dict(headers).items()
    )


def _body(part: dict[str, Any], key: str) -> str | None:
    """The body as text: version 4 keeps it under `content`, beside its content type."""
    if (body := part.get(key)) is None:
        return None
    if isinstance(body, dict) and "content" in body and ("contentType" in body or "encoded" in body):
        body = body["content"]
    return _text(body)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
