"""The content of a contract: its identity, the identities of its interactions, and the text that is kept.

What does not change the outcome of a verification does not change the sha: the order of interactions and of keys, white
space, names and other metadata. The hashes equal the reference broker's bit for bit, so that contents that come from there
are known again. The text is kept as it was sent (a `1.0` stays a `1.0`, a whole number as long as it is), but for the
`_id` that every interaction and message gets. Source: Pact Broker protocol, contract content, sha and `_id`.
"""

from __future__ import annotations

import hashlib
import json
import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterator


# the broker adds these to every representation: kept in a content that was fetched from a broker they would stand twice
_OF_THE_BROKER = ("createdAt", "_links")
_LISTS = ("interactions", "messages")
_EXPONENT = re.compile(r"\de[+-]?\d")
_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


def sha(document: object) -> str:
    """The identity of a contract's *document*, in 40 hexadecimal digits."""
    lists = {name: document[name] for name in _LISTS if isinstance(document, dict) and _is_list(document, name)}
    if not lists or not isinstance(document, dict):
        return _sha1(_dumps(document, ordered=False))
    parts = {name: [_dumps(each) for each in elements] for name, elements in lists.items()}
    parts[next(iter(parts))].sort()
    members = [f'"{name}":[{",".join(elements)}]' for name, elements in parts.items()]
    if version := specification_version(document):
        members.append(f'"pact_specification_version":{_dumps(version, ordered=False)}')
    return _sha1("{" + ",".join(members) + "}")


def specification_version(document: dict[str, Any]) -> Any:  # noqa: ANN401, a contract may hold anything there
    """The version of the Pact specification that *document* says it keeps; None if it says nothing."""
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return None
    for name in ("pactSpecification", "pact-specification"):
        if isinstance(inner := metadata.get(name), dict) and inner.get("version"):
            return inner["version"]
    return metadata.get("pactSpecificationVersion")


def counts(document: object) -> tuple[int, int]:
    """How many interactions and how many messages *document* lists."""
    if not isinstance(document, dict):
        return 0, 0
    interactions, messages = (len(document[name]) if _is_list(document, name) else 0 for name in _LISTS)
    return interactions, messages


def stored(text: str) -> str:
    """The JSON *text* of a contract as it is kept: every interaction and message has an `_id`, given or computed.

    Nothing is spelled anew; white space around the document's own keys, and the keys that the broker adds when it
    answers, go. A document that is not an object stays as it is.
    """
    text = text.strip()
    if not text.startswith("{"):
        return text
    kept = {}
    for key, value, start, end in _members(text):
        if key not in _OF_THE_BROKER:
            listed = key in _LISTS and isinstance(value, list)
            kept[key] = _with_ids(text, start) if listed else text[start:end]
    return "{" + ",".join(f"{encode_basestring(key)}:{value}" for key, value in kept.items()) + "}"


def interaction_id(interaction: dict[str, Any]) -> str:
    """The identity of *interaction*, in 40 hexadecimal digits; an `_id` that it holds plays no part."""
    return _sha1(_dumps({key: value for key, value in interaction.items() if key != "_id"}))


def with_members(text: str, added: str) -> str:
    """The JSON object *text* with *added*, the text of further members, at its end.

    Kept documents are large and asked for often: they are never parsed to be answered with.
    """
    separator = "" if text == "{}" else ","
    return f"{text[:-1]}{separator}{added}}}"


def is_object(text: str) -> bool:
    """Whether the kept *text* is a JSON object."""
    return text.startswith("{")


def _with_ids(text: str, start: int) -> str:
    elements = []
    for value, begin, end in _elements(text, start):
        element = text[begin:end]
        if isinstance(value, dict) and "_id" not in value:
            rest = element[1:] if value else "}"
            separator = "," if value else ""
            element = f'{{"_id":"{interaction_id(value)}"{separator}{rest}'
        elements.append(element)
    return "[" + ",".join(elements) + "]"


def _members(text: str) -> Iterator[tuple[str, Any, int, int]]:
    """Key, value, start and end of each member of the JSON object that *text* is, which is known to be valid."""
    at = _after_space(text, 1)
    while text[at] != "}":
        key, at = _decoder.raw_decode(text, _after_space(text, at))
        start = _after_space(text, _after_space(text, at) + 1)
        value, end = _decoder.raw_decode(text, start)
        yield key, value, start, end
        at = _after_space(text, end)
        at += text[at] == ","


def _elements(text: str, start: int) -> Iterator[tuple[Any, int, int]]:
    """Value, start and end of each element of the JSON array that starts at *start* of *text*."""
    at = _after_space(text, start + 1)
    while text[at] != "]":
        begin = _after_space(text, at)
        value, end = _decoder.raw_decode(text, begin)
        yield value, begin, end
        at = _after_space(text, end)
        at += text[at] == ","


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _is_list(document: dict[str, Any], name: str) -> bool:
    return isinstance(document.get(name), list)


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _dumps(value: object, *, ordered: bool = True) -> str:
    """*value* as Ruby writes JSON: compact, as UTF-8, *ordered* by key unless told otherwise."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=ordered)
    return _spelled_out(value, ordered=ordered) if _EXPONENT.search(text) else text


def _spelled_out(value: object, *, ordered: bool) -> str:
    """As `_dumps`, slower, for values that may hold floats with an exponent: Ruby writes 1.0e+20 where Python has 1e+20."""
    match value:
        case dict():
            keys = sorted(value) if ordered else value
            members = (f"{encode_basestring(key)}:{_spelled_out(value[key], ordered=ordered)}" for key in keys)
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(_spelled_out(each, ordered=ordered) for each in value) + "]"
        case float():
            mantissa, e, exponent = repr(value).partition("e")
            return mantissa + ("" if "." in mantissa or not e else ".0") + e + exponent
        case _:
            return json.dumps(value, ensure_ascii=False)
