"""Credentials for a broker."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credentials:
    """A bearer token, or a user name and password, or nothing."""

    token: str | None = None
    username: str | None = None
    password: str | None = None

    def header(self) -> str | None:
        """Return the value of the Authorization header; None without credentials."""
        if self.token is not None:
            return f"Bearer {self.token}"
        if self.username is not None:
            pair = f"{self.username}:{self.password or ''}"
            return f"Basic {b64encode(pair.encode()).decode()}"
        return None
