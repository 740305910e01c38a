"""Removal of secrets from texts, in every encoding that they may have there."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from contracts.model.webhooks import STARS


MASK = "*****"
_SECRET_PARAMETER = re.compile(r"([?&;][^=&;?]*(?:pass(?!file)|pwd|secret|token)[^=&;?]*=)[^&]+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/+|", re.IGNORECASE)

_SHORT_ESCAPES = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}  # of JSON, after a backslash
_BACKSLASH = r"(?:\\|%(?:25)*5[cC])"  # in a URL, too
_MOST_BACKSLASHES = 8  # text in JSON in JSON in JSON
_LONGEST_PART = 100
_ENTITIES = {"<": "lt", ">": "gt", "&": "amp", '"': "quot", "'": "apos"}
_FIRST_PRINTABLE = 32
_MOST_EXPANDED = 6  # times, by an encoding such as \\u00e9
_GROUP = 4  # characters of base64, for three bytes
_BREAK = r"(?:[\r\n]|\\+[rn]|%0[aAdD])*+"

# a shorter value appears in many texts by chance, and its stars there would reveal it
_SHORTEST = 4


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with stars for *secrets*, also if encoded for JSON, a URL or HTML, in base64 or in hex.

    An encoding may be applied to any of its characters, or several one after another, as when JSON is in a text of JSON
    or base64 in a URL.
    """
    # no encoding makes a text shorter
    fitting = {each for each in secrets if _SHORTEST <= len(each) <= len(text)}
    present = {form for each in fitting for form in _forms(each) if form.literal in text}
    for form in sorted(present, key=lambda each: len(each.text), reverse=True):
        text = re.sub(form.pattern, STARS, text)
    return text


def redacted_beginning(text: str, secrets: Iterable[str]) -> str:
    """Return the beginning of a text, of which *text* is a part, redacted and without the beginning of a secret."""
    values = {each for each in secrets if len(each) >= _SHORTEST}
    if not values:
        return text
    text = redacted(text, values)
    last = max(0, len(text) - _MOST_EXPANDED * max(map(len, values)))
    begins = "|".join({form.beginning for each in values for form in _forms(each)})
    beginning = re.compile(begins).search(text, last)
    return text if beginning is None else text[: beginning.start()]


def without_password(address: str) -> str:
    """Return *address*, of a database or a broker, with stars for the password, even if it is malformed.

    A password may contain any unescaped character, so everything up to the last `@` counts as the password.
    """
    address = _SECRET_PARAMETER.sub(rf"\1{MASK}", address)
    match = _SCHEME.match(address)
    scheme = match[0] if match else ""
    user, at, place = address[len(scheme) :].rpartition("@")
    name, colon, _ = user.partition(":")
    if not at or not colon or scheme.lower().startswith("sqlite"):
        return address
    return f"{scheme}{name}:{MASK}@{place}"


def redacted_value(value: Any, secrets: Collection[str]) -> Any:
    """Return a JSON *value* with stars for *secrets* in its texts and keys."""
    match value:
        case str():
            return redacted(value, secrets)
        case list():
            return [redacted_value(each, secrets) for each in value]
        case dict():
            return {redacted(key, secrets): redacted_value(each, secrets) for key, each in value.items()}
        case _:
            return value


def _encoded(secret: str) -> str:
    """Return a pattern for *secret*, with each character as it is or encoded; letters and digits never are.

    Of a long secret, the beginning and the end are enough; a pattern for all of it would take long to compile.
    """
    if len(secret) > 2 * _LONGEST_PART:
        rest = len(secret) - 2 * _LONGEST_PART
        between = f"(?s:.{{{rest},{_MOST_BACKSLASHES * rest}}}?)"
        return f"{_encoded(secret[:_LONGEST_PART])}{between}{_encoded(secret[-_LONGEST_PART:])}"
    parts = re.findall(r"[A-Za-z0-9]+|\\+|.", secret, re.DOTALL)
    return "".join(part if part.isascii() and part.isalnum() else _character(part) for part in parts)


def _character(character: str) -> str:
    """Return a pattern for *character*, or a run of backslashes; it never goes back, because a text can be hostile."""
    if character[0] == "\\":
        return f"{_BACKSLASH}{{1,{_MOST_BACKSLASHES * len(character)}}}+"
    code = ord(character)
    escaping = f"{_BACKSLASH}{{0,{_MOST_BACKSLASHES}}}+"
    units = character.encode("utf-16-be", "surrogatepass")
    forms = [
        re.escape(character),
        "".join(f"%(?:25)*{_hex(f'{byte:02x}')}" for byte in character.encode("utf-8", "surrogatepass")),
        escaping.join(f"u{_hex(units[at : at + 2].hex())}" for at in range(0, len(units), 2)),
        escaping.join(f"x{_hex(f'{byte:02x}')}" for byte in character.encode("utf-8", "surrogatepass")),  # repr(bytes)
        rf"&(?:amp;)*#0*{code};",
        f"&(?:amp;)*#[xX]0*{_hex(f'{code:x}')};",
    ]
    if character in _ENTITIES:
        forms.insert(0, rf"&(?:amp;)*{_ENTITIES[character]};")
    if character in _SHORT_ESCAPES:
        forms.append(_SHORT_ESCAPES[character])
    if character == " ":
        forms.append(r"\+")
    if code < _FIRST_PRINTABLE:
        forms.append(" ")  # in a header
    return f"{escaping}(?:{'|'.join(forms)})"


def _hex(digits: str) -> str:
    """Return a pattern for *digits* in upper and lower case; classes compile faster than a flag."""
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A secret as it is, in hex, or in *groups* of base64; *literal* is a part of it that no encoding changes."""

    text: str
    literal: str
    groups: tuple[str, ...] = ()

    @property
    def pattern(self) -> str:
        """A pattern for it, with each character as it is or encoded."""
        return _base64_pattern(self.groups) if self.groups else _encoded(self.text)

    @property
    def beginning(self) -> str:
        """The same for its beginning."""
        return _base64_pattern(self.groups[:2]) if self.groups else _encoded(self.text[:_SHORTEST])


@lru_cache(maxsize=256)  # a delivery removes the same secrets from many texts
def _forms(secret: str) -> tuple[_Form, ...]:
    forms = [_Form(text=secret, literal=_literal([secret[:_LONGEST_PART]]))]
    for data in _inner(secret):
        forms += [_Form(text=each, literal=each) for each in {data.hex(), data.hex().upper()}]
        forms += [
            _Form(text="".join(groups), literal=_literal(groups), groups=groups)
            for groups in _in_base64(data)
            if len(groups) > 1
        ]
    return tuple(forms)


def _inner(secret: str) -> set[bytes]:
    """Return *secret* as it is, and as it is in JSON and in a URL, which may be inside of base64 or hex."""
    texts = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    texts |= {quote(secret, safe=safe, errors="surrogatepass") for safe in ("", "/", "!'()*")}
    texts.add(quote_plus(secret, errors="surrogatepass"))
    return {each.encode(errors="surrogatepass") for each in texts}


def _literal(parts: Iterable[str]) -> str:
    """Return the longest run of letters and digits in *parts*."""
    return max((run for part in parts for run in re.findall(r"[A-Za-z0-9]+", part)), key=len, default="")


def _in_base64(data: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the base64 forms of *data* inside a longer text: three, by the offset at which it begins.

    Each is groups of four characters. The first and last characters depend on the surrounding text, so they are left
    out.
    """
    for offset, unknown in enumerate((0, 2, 3)):
        whole = (offset + len(data)) * 8 // 6
        form = b64encode(bytes(offset) + data).decode()[:whole]
        first, *others = (form[at : at + _GROUP] for at in range(0, whole, _GROUP))
        yield first[unknown:], *others


def _base64_pattern(groups: Sequence[str]) -> str:
    """Return a pattern for *groups* of base64, of either alphabet, with each character as it is or encoded.

    Lines of base64 end between two groups.
    """
    most = _LONGEST_PART // _GROUP
    if len(groups) > 2 * most:
        rest = _GROUP * (len(groups) - 2 * most)
        return f"{_base64_pattern(groups[:most])}(?s:.{{{rest},{2 * rest}}}?){_base64_pattern(groups[-most:])}"
    return _BREAK.join("".join(map(_base64_character, group)) for group in groups)


def _base64_character(character: str) -> str:
    if character.isalnum():
        return character
    return f"(?:{_character(character)}|{'-' if character == '+' else '_'})"
