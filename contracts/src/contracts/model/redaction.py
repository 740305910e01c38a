"""Removal of secrets from texts, in every encoding that they may have there."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterable
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from contracts.model.webhooks import STARS


MASK = "*****"
_SECRET_PARAMETER = re.compile(r"([?&;][^=&;?]*(?:pass(?!file)|pwd|secret|token)[^=&;?]*=)[^&]+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/+|", re.IGNORECASE)

# a shorter value appears in many texts by chance, and its stars there would reveal it
_SHORTEST = 4


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with stars for *secrets*, also if encoded for JSON, a URL or HTML, in base64 or in hex."""
    written = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    for each in sorted(written, key=len, reverse=True):
        text = text.replace(each, STARS)
    return text


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


def _forms(secret: str) -> set[str]:
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    written = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escape(secret)}
    data = secret.encode(errors="surrogateescape")
    return written | in_json | {data.hex(), data.hex().upper()} | _in_base64(data)


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
