"""Removal of secrets from texts, in every encoding that they may have there."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterable
from typing import Any

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

# a shorter value appears in many texts by chance, and its stars there would reveal it
_SHORTEST = 4


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with stars for *secrets*, also if encoded for JSON, a URL or HTML, in base64 or in hex.

    An encoding may be applied to any of its characters, or twice, as when JSON is in a text of JSON.
    """
    longest_first = sorted({each for each in secrets if len(each) >= _SHORTEST}, key=len, reverse=True)
    for form in sorted({form for secret in longest_first for form in _forms(secret)}, key=len, reverse=True):
        text = text.replace(form, STARS)
    pattern = "|".join(map(_encoded, longest_first))
    return re.sub(pattern, STARS, text) if pattern else text


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
        rest = _MOST_BACKSLASHES * (len(secret) - 2 * _LONGEST_PART)
        return f"{_encoded(secret[:_LONGEST_PART])}(?s:.{{0,{rest}}}?){_encoded(secret[-_LONGEST_PART:])}"
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


def _forms(secret: str) -> set[str]:
    """Return *secret* in hex and in base64."""
    data = secret.encode(errors="surrogatepass")
    return {data.hex(), data.hex().upper()} | _in_base64(data)


def _in_base64(data: bytes) -> set[str]:
    """Return the base64 forms of *data* inside a longer text: three, by the offset at which it begins.

    The first and last characters depend on the surrounding text, so they are left out.
    """
    forms = set()
    for offset, unknown in enumerate((0, 2, 3)):
        whole = (offset + len(data)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            forms.add(encode(bytes(offset) + data).decode()[unknown:whole])
    return {each for each in forms if len(each) >= _SHORTEST}
