"""Tokens, which only our broker has; free of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.client import hal
from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token; *secret* is the token itself, which only its creation returns, otherwise None.

    *start* are its first characters. *permissions* are JSON objects. Times are as the broker writes them.
    """

    uuid: str
    note: str
    start: str
    permissions: tuple[dict[str, Any], ...]
    created_by: str
    created_at: str
    expires_at: str | None
    expired: bool
    last_used_at: str | None
    url: str
    secret: str | None = None


def token_from(document: JsonObject) -> ApiToken:
    """Read one token."""
    return ApiToken(
        uuid=hal.text(document, "uuid"),
        note=hal.text(document, "note"),
        start=hal.text(document, "start"),
        permissions=tuple(hal.objects(document.get("permissions") or [], "permissions")),
        created_by=hal.get_text(document, "createdBy") or "",
        created_at=hal.text(document, "createdAt"),
        expires_at=hal.get_text(document, "expiresAt"),
        expired=hal.truth(document, "expired"),
        last_used_at=hal.get_text(document, "lastUsedAt"),
        url=hal.find_link(document, "self", "tokens").href,
        secret=hal.get_text(document, "token"),
    )
