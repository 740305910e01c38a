"""Taking secrets out of a text that may hold them, whichever way they were written there."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from contracts.model.webhooks import STARS


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


# a shorter value is found in any text, and its stars there would tell what it is
_SHORTEST = 4


def redacted(text: str, secrets: Iterable[str]) -> str:
    """*text* with stars for each of *secrets*: as it is, or written for JSON, an address or HTML."""
    written = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    for each in sorted(written, key=len, reverse=True):
        text = text.replace(each, STARS)
    return text


def redacted_value(value: Any, secrets: Collection[str]) -> Any:  # noqa: ANN401, JSON is anything
    """A JSON *value* with stars for each of *secrets* in its texts and keys."""
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
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escape(secret)} | in_json
