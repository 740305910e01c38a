"""The content of a contract: its identity, the identities of its interactions, and the stored text.

The sha ignores everything that cannot change the result of a verification: the order of interactions and keys, white
space, names and other metadata. The hashes are identical to those of the reference broker, so that imported contents
are recognised. The text is stored as it was sent (`1.0` stays `1.0`, and integers of any length are exact), except for
the `_id` that every interaction and message gets.
Source: Pact Broker protocol, contract content, sha and `_id`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

from contracts.model import floats
from contracts.model.floats import Notation


# the broker adds these to every response; in a content that was fetched from a broker they would appear twice
_OF_THE_BROKER = ("createdAt", "_links")
_LISTS = ("interactions", "messages")
_FLOAT = re.compile(r"[0-9][.eE]")  # in every text with a float; texts without one need not be parsed for it
_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A part of a document: its value, its text, and the position where that starts.

    The list of the interactions or messages also has its *elements*, with their positions in the document.
    """

    value: Any
    text: str
    start: int
    elements: tuple[TextPart, ...] = ()


def sha(document: object) -> str:
    """The identity of a contract's *document*, in 40 hexadecimal digits."""
    return _sha(document, floats.CURRENT)


def former_shas(document: object) -> frozenset[str]:
    """Return the different identities of *document* in brokers with older JSON libraries; few contracts have any."""
    former = _otherwise(json.dumps(document), floats.FORMER)
    return frozenset(_sha(document, each) for each in former) - {sha(document)} if former else frozenset()


def _sha(document: object, notation: Notation) -> str:
    lists = {name: document[name] for name in _LISTS if isinstance(document, dict) and _is_list(document, name)}
    if not lists or not isinstance(document, dict):
        return _sha1(_dumps(document, notation, ordered=False))
    parts = {name: [_dumps(each, notation) for each in elements] for name, elements in lists.items()}
    parts[next(iter(parts))].sort()
    members = [f'"{name}":[{",".join(elements)}]' for name, elements in parts.items()]
    if version := specification_version(document):
        members.append(f'"pact_specification_version":{_dumps(version, notation, ordered=False)}')
    return _sha1("{" + ",".join(members) + "}")


def specification_version(document: dict[str, Any]) -> Any:
    """Return the version of the Pact specification in *document*; None if it has none."""
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return None
    for name in ("pactSpecification", "pact-specification"):
        if isinstance(inner := metadata.get(name), dict) and inner.get("version"):
            return inner["version"]
    return metadata.get("pactSpecificationVersion")


def text_sha(text: str) -> str:
    """Return the hash of the exact *text* of a contract, in 40 hexadecimal digits."""
    return _sha1(text)


def sha_of_stored(document: object) -> str:
    """The identity of a *document* that was `stored`: its computed `_id`s are ignored."""
    return sha(_without_injected_ids(document))


def is_sha_of(sha_at_source: str, text: str) -> bool:
    """Whether a stored *text* has this identity, in this broker or in one with an older JSON library.

    An `_id` that equals the computed one was either added by a broker or sent by the client. Only in the second case is
    it part of the identity, so both are tried.
    """
    document = json.loads(text)
    readings = (_without_injected_ids(document), document)
    return any(sha_at_source == sha(each) or sha_at_source in former_shas(each) for each in readings)


def counts(document: object) -> tuple[int, int]:
    """Return the numbers of interactions and messages in *document*."""
    if not isinstance(document, dict):
        return 0, 0
    interactions, messages = (len(document[name]) if _is_list(document, name) else 0 for name in _LISTS)
    return interactions, messages


def stored(text: str) -> str:
    """Return the text to store for the contract *text*, a JSON object; interactions and messages get a missing `_id`.

    Values keep their text. White space around the top-level keys and the keys that the broker adds to responses are
    removed.
    """
    parts = {key: part for key, part in members(text).items() if key not in _OF_THE_BROKER}
    return write_object(
        {
            key: write_array(map(_with_id, part.elements)) if _has_interactions(key, part) else part.text
            for key, part in parts.items()
        }
    )


def interaction_id(interaction: dict[str, Any]) -> str:
    """The identity of *interaction*, in 40 hexadecimal digits; its own `_id` is ignored."""
    return _sha1(_dumps(_without_id(interaction)))


def without_injected_ids(text: str) -> str:
    """Return the stored JSON object *text* without each `_id` that equals the computed one."""
    return write_object(
        {
            key: write_array(map(_without_id_text, part.elements)) if _has_interactions(key, part) else part.text
            for key, part in members(text).items()
        }
    )


def with_members(text: str, added: str) -> str:
    """Return the stored JSON object *text* with *added*, the text of more members, at its end.

    Stored documents are large and often requested, so a response never parses them.
    """
    separator = "" if text == "{}" else ","
    return f"{text[:-1]}{separator}{added}}}"


def members(text: str) -> dict[str, TextPart]:
    """Return the members of the valid JSON object *text* by key; if a key occurs twice, the last counts."""
    parts = {}
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] != "}":
        key, at = _decoder.raw_decode(text, at)
        part, at = _part(text, _after_space(text, at) + 1, splits=key in _LISTS)
        parts[str(key)] = part
    return parts


def _has_interactions(key: str, part: TextPart) -> bool:
    """Whether the member *key* of a contract is the list of its interactions or messages."""
    return key in _LISTS and isinstance(part.value, list)


def elements(text: str) -> list[TextPart]:
    """Return the elements of the valid JSON array *text*."""
    return _elements(text, _after_space(text, 0))[0]


def write_object(texts: Mapping[str, str]) -> str:
    """Return the JSON object with these members; the values are JSON *texts*."""
    return "{" + ",".join(f"{encode_basestring(key)}:{text}" for key, text in texts.items()) + "}"


def write_array(texts: Iterable[str]) -> str:
    """Return the JSON array of these elements, which are JSON *texts*."""
    return "[" + ",".join(texts) + "]"


def _without_injected_ids(document: object) -> object:
    if not isinstance(document, dict):
        return document
    return document | {
        name: [_without_injected_id(each) for each in document[name]] for name in _LISTS if _is_list(document, name)
    }


def _without_injected_id(element: object) -> object:
    return _without_id(element) if isinstance(element, dict) and _is_injected(element) else element


def _without_id_text(element: TextPart) -> str:
    if not isinstance(element.value, dict) or not _is_injected(element.value):
        return element.text
    return write_object({key: part.text for key, part in members(element.text).items() if key != "_id"})


def _is_injected(element: dict[str, Any]) -> bool:
    """Whether its `_id` is the computed one, of this broker or of one with an older JSON library."""
    return "_id" in element and element["_id"] in _interaction_ids(element)


def _interaction_ids(element: dict[str, Any]) -> Iterator[str]:
    yield interaction_id(element)
    sent = _without_id(element)
    yield from (_sha1(_dumps(sent, each)) for each in _otherwise(json.dumps(sent), floats.FORMER))


def _without_id(element: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in element.items() if key != "_id"}


def _with_id(element: TextPart) -> str:
    if not isinstance(element.value, dict) or "_id" in element.value:
        return element.text
    member = f'"_id":"{interaction_id(element.value)}"'
    return f"{{{member},{element.text[1:]}" if element.value else f"{{{member}}}"


def _elements(text: str, at: int) -> tuple[list[TextPart], int]:
    """Return the elements of the array at *at* in *text*, and the position after it."""
    parts = []
    at = _after_space(text, at + 1)
    while text[at] != "]":
        part, at = _part(text, at)
        parts.append(part)
    return parts, at + 1


def _part(text: str, at: int, *, splits: bool = False) -> tuple[TextPart, int]:
    """Return the value at *at* in *text*, and the position after it and its comma; *splits* an array."""
    start = _after_space(text, at)
    parts: list[TextPart] = []
    if splits and text[start] == "[":
        parts, end = _elements(text, start)
        value: Any = [each.value for each in parts]
    else:
        value, end = _decoder.raw_decode(text, start)
    following = _after_space(text, end)
    if text[following] == ",":
        following = _after_space(text, following + 1)
    return TextPart(value=value, text=text[start:end], start=start, elements=tuple(parts)), following


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _is_list(document: dict[str, Any], name: str) -> bool:
    return isinstance(document.get(name), list)


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _otherwise(text: str, notations: Iterable[Notation]) -> list[Notation]:
    """Return those of *notations* that write a float in the JSON *text* differently from the current one."""
    numbers = _numbers(text)
    return [each for each in notations if any(each.write(n) != floats.CURRENT.write(n) for n in numbers.values())]


def _numbers(text: str) -> dict[str, float]:
    """Return the finite floats in the JSON *text*, by their spelling."""
    if not _FLOAT.search(text):
        return {}
    spellings: set[str] = set()
    json.loads(text, parse_float=spellings.add, parse_int=str)  # str: an integer can have any length
    numbers = {spelling: float(spelling) for spelling in spellings}
    return {spelling: number for spelling, number in numbers.items() if isfinite(number)}


def _dumps(value: object, notation: Notation = floats.CURRENT, *, ordered: bool = True) -> str:
    """*value* as Ruby writes JSON: compact, as UTF-8, *ordered* by key unless that is false."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=ordered)
    if all(notation.write(number) == spelling for spelling, number in _numbers(text).items()):
        return text
    return _spelled_out(value, notation, ordered=ordered)


def _spelled_out(value: object, notation: Notation, *, ordered: bool) -> str:
    """Do the same as `_dumps`, more slowly, for values with floats that Ruby writes differently from Python."""
    match value:
        case dict():
            keys = sorted(value) if ordered else value
            members = (
                f"{encode_basestring(key)}:{_spelled_out(value[key], notation, ordered=ordered)}" for key in keys
            )
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(_spelled_out(each, notation, ordered=ordered) for each in value) + "]"
        case float():
            return notation.write(value)
        case str():
            return encode_basestring(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
