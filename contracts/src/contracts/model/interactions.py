"""The interactions of a contract, of any version of the Pact specification, for display.

Source: Pact specification, versions 1 to 4: `interactions` and `messages`; `provider_state`, `providerState` and
`providerStates`; the body as it is, or under `content`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict
from urllib.parse import urlencode

from contracts.model import contents


_CONTENT_SINCE = 4
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAJOR = re.compile(r"[0-9]{1,4}(?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionState:
    """A provider state; *parameters* is JSON, or empty."""

    name: str
    parameters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSide:
    """One side of an exchange: a *title* such as `GET /products`, headers by name, and a body.

    *content* is the body: a text, another JSON value, or None if there is none. A *binary* one is in base64.
    *content_type* is that of the body, or empty if only a header or nothing has it.
    *source* is the side as the contract has it, with its matching rules.
    """

    title: str
    headers: tuple[tuple[str, str], ...] = ()
    content: Any = None
    binary: bool = False
    content_type: str = ""
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def body(self) -> str | None:
        """The body as text, which takes long for a large one; None if there is none."""
        return None if self.content is None else _text(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """An interaction or message; its parts are in the order in which they happen.

    *title* is that of a request, such as `GET /products`, or empty. *id* is the `_id` that the broker adds to each
    interaction, or empty. *markup* is the text that a plugin gives to show, or empty. An outline has no parts.
    """

    description: str
    kind: str
    title: str
    states: tuple[InteractionState, ...]
    parts: tuple[tuple[str, ExchangeSide], ...]
    id: str = ""
    markup: str = ""


def read(document: object) -> tuple[Interaction, ...]:
    """Return the interactions and messages of a contract, in its order; none if it is not a pact."""
    return part(document, range(len(listed(document))))


def part(document: object, indexes: Iterable[int]) -> tuple[Interaction, ...]:
    """Return the interactions at *indexes* of what `read` returns, without reading the others."""
    everything = listed(document)
    chosen = [everything[index] for index in indexes]
    return tuple(_interaction(each, kind, wrapped=_wraps_bodies(_dict(document), each)) for each, kind in chosen)


def outline(document: object) -> tuple[Interaction, ...]:
    """Return what `read` returns, without the parts, which may be large."""
    return tuple(
        Interaction(
            description=_word(each.get("description")),
            kind=kind,
            title=_title(_dict(each.get("request"))) if kind == "request" else "",
            states=_states(each),
            parts=(),
            id=_word(each.get("_id")),
        )
        for each, kind in listed(document)
    )


def plugins(document: object) -> tuple[str, ...]:
    """Return the plugins that a contract needs: `protobuf 0.3.0`.

    >>> plugins({"metadata": {"plugins": [{"name": "csv", "version": "0.0.6"}]}})
    ('csv 0.0.6',)
    """
    declared = _list(_dict(_dict(document).get("metadata")).get("plugins"))
    named = (each for each in declared if isinstance(each, dict))
    return tuple(f"{_word(each.get('name'))} {_word(each.get('version'))}".strip() for each in named)


def listed(document: object) -> list[tuple[dict[str, Any], str]]:
    """Return each interaction and message of a contract as it is, and its kind."""
    return [
        (each, "message" if key == "messages" else _kind(each))
        for key in ("interactions", "messages")
        for each in _list(_dict(document).get(key))
        if isinstance(each, dict)
    ]


def _wraps_bodies(document: dict[str, Any], interaction: dict[str, Any]) -> bool:
    """Whether bodies are under `content`: since version 4, the first with a `type` for each interaction."""
    match contents.specification_version(document):
        case str() as version if major := _MAJOR.match(version):
            return int(major[0]) >= _CONTENT_SINCE
        case int() | float() as version:
            return version >= _CONTENT_SINCE
        case _:
            return "type" in interaction


def _kind(interaction: dict[str, Any]) -> str:
    match str(interaction.get("type", "")):
        case "Asynchronous/Messages":
            return "message"
        case "Synchronous/Messages":
            return "message and answer"
        case _:
            return "request"


def _interaction(interaction: dict[str, Any], kind: str, *, wrapped: bool) -> Interaction:
    if kind == "message":
        parts = [("Message", _message(interaction, wrapped=wrapped))]
    elif kind == "message and answer":
        parts = [("Message", _message(_dict(interaction.get("request")), wrapped=wrapped))]
        answers = interaction.get("response")
        listed = answers if isinstance(answers, list) else [answers]
        parts += [("Answer", _message(_dict(each), wrapped=wrapped)) for each in listed]
    else:
        parts = [
            ("Request", _request(_dict(interaction.get("request")), wrapped=wrapped)),
            ("Response", _response(_dict(interaction.get("response")), wrapped=wrapped)),
        ]
    description = _word(interaction.get("description"))
    return Interaction(
        description=description,
        kind=kind,
        title=parts[0][1].title,
        states=_states(interaction),
        parts=tuple(parts),
        id=_word(interaction.get("_id")),
        markup=_word(_dict(interaction.get("interactionMarkup")).get("markup")),
    )


def _states(interaction: dict[str, Any]) -> tuple[InteractionState, ...]:
    listed = interaction.get("providerStates")
    if isinstance(listed, list):
        return tuple(
            InteractionState(
                name=_word(each.get("name")), parameters=_text(each["params"]) if each.get("params") else ""
            )
            for each in listed
            if isinstance(each, dict)
        )
    named = interaction.get("providerState") or interaction.get("provider_state")
    return (InteractionState(name=_word(named)),) if named else ()


def _title(request: dict[str, Any]) -> str:
    query = request.get("query")
    if isinstance(query, dict):
        query = urlencode({name: list(map(_word, _listed(value))) for name, value in query.items()}, doseq=True)
    address = _word(request.get("path")) + (f"?{_word(query)}" if query else "")
    return f"{_word(request.get('method')).upper()} {address}".strip()


def _request(request: dict[str, Any], *, wrapped: bool) -> ExchangeSide:
    return ExchangeSide(
        title=_title(request),
        headers=_headers(request.get("headers")),
        **_body(request, "body", wrapped=wrapped),
        source=request,
    )


def _response(response: dict[str, Any], *, wrapped: bool) -> ExchangeSide:
    return ExchangeSide(
        title=_word(response.get("status")) or "any status",
        headers=_headers(response.get("headers")),
        **_body(response, "body", wrapped=wrapped),
        source=response,
    )


def _message(message: dict[str, Any], *, wrapped: bool) -> ExchangeSide:
    return ExchangeSide(
        title="",
        headers=_headers(message.get("metadata") or message.get("metaData")),
        **_body(message, "contents", wrapped=wrapped),
        source=message,
    )


def _headers(headers: object) -> tuple[tuple[str, str], ...]:
    return tuple((name, ", ".join(map(_word, _listed(value)))) for name, value in _dict(headers).items())


class _Body(TypedDict, total=False):
    """What an `ExchangeSide` has of a body."""

    content: Any
    binary: bool
    content_type: str


def _body(part: dict[str, Any], key: str, *, wrapped: bool) -> _Body:
    """Return the body; with *wrapped*, it is under `content`, next to its content type and encoding."""
    if (body := part.get(key)) is None:
        return {}
    if not wrapped or not isinstance(body, dict) or "content" not in body:
        return {"content": body}
    content, content_type = body["content"], _word(body.get("contentType"))
    if isinstance(content, str) and body.get("encoded") in {True, "base64"}:
        text = _decoded(content)
        return {"content": content if text is None else text, "binary": text is None, "content_type": content_type}
    return {"content": "null" if content is None else content, "content_type": content_type}


def _decoded(content: str) -> str | None:
    """Return the text in the base64 *content*; None if that is not a text."""
    try:
        text = base64.b64decode(content, validate=True).decode()
    except ValueError:
        return None
    return None if _CONTROLS.search(text) else text


def _word(value: object) -> str:
    """Return *value* as part of a line; null is an empty text."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
