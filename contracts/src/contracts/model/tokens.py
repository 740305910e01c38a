"""Tokens: what a program presents instead of a password.

A token is a random text, so a plain digest of it is enough to recognise it; the token itself is shown once and stored
nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.model.permissions import Identity, Permission


PREFIX = "contracts_"
"""Secret scanners recognise a token by its start."""
SHOWN = len(PREFIX) + 6
"""Characters of a token that lists show."""
USE_IS_RECORDED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token without its secret part; *start* are its first characters. *expires_at* is None if it never expires.

    *owner* is the subject of the person whose token it is; None for a program's.
    """

    id: int
    uuid: str
    note: str
    start: str
    permissions: tuple[Permission, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    owner: str | None = None

    @property
    def identity(self) -> Identity:
        """Who a request with this token comes from."""
        of_owner = f" of {self.created_by}" if self.owner is not None else ""
        return Identity(
            name=f"the token {self.note}{of_owner}", permissions=self.permissions, subject=f"token:{self.uuid}"
        )

    def has_expired(self, now: datetime) -> bool:
        """Whether the token is of no use any more."""
        return self.expires_at is not None and self.expires_at <= now

    def should_record_use(self, now: datetime) -> bool:
        """Whether its last use is to be written: at most once a minute."""
        return self.last_used_at is None or now - self.last_used_at >= USE_IS_RECORDED_EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token to store: of its secret part only the digest."""

    uuid: str
    note: str
    start: str
    digest: str
    permissions: tuple[Permission, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    owner: str | None = None


def generate() -> str:
    """Return a new token, with 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the digest by which *token* is found.

    >>> digest("contracts_x")[:8]
    '1a54ef4d'
    """
    return hashlib.sha256(token.encode()).hexdigest()
