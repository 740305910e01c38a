"""Revisions: what a client has read, so that a change based on something older is noticed."""

from __future__ import annotations

from hashlib import sha256


_LENGTH = 32


def revision_of(*values: object) -> str:
    """Return a word that differs if one of *values* does; none of them may be a secret."""
    return sha256(repr(values).encode()).hexdigest()[:_LENGTH]
