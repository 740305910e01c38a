"""Secrets: values with a name, which only the broker reads. A webhook refers to one as `${user.NAME}`.

Source: PactFlow's API, which official clients use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
SHORTEST = 4
"""Characters of a value: a shorter one appears in many texts by chance, so logs could not be cleared of it."""
LONGEST = 10_000
USE_IS_RECORDED_EVERY = timedelta(minutes=1)

REFERENCE = re.compile(r"\$\{user\.([A-Za-z0-9_-]+)\}")
_ONLY_A_REFERENCE = re.compile(rf"(?:(?:basic|bearer|token)\s+)?{REFERENCE.pattern}", re.IGNORECASE)
_SEALED = re.compile(r"sealed:v1:([0-9a-f]{12}):[A-Za-z0-9_-]+=*")


class Sealed(str):
    """A text that is encrypted: it reveals only that a secret exists."""

    __slots__ = ()


class Cipher(Protocol):
    """Encrypts and decrypts texts."""

    def encrypt(self, text: str) -> str:
        """Return *text* encrypted."""
        ...

    def decrypt(self, sealed: str) -> str:
        """Return the text that was encrypted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret without its value. *value_at* is when its value was last set."""

    id: int
    uuid: str
    name: str
    description: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    value_at: datetime
    last_used_at: datetime | None

    def should_record_use(self, now: datetime) -> bool:
        """Whether its last use is to be written: at most once a minute."""
        return self.last_used_at is None or now - self.last_used_at >= USE_IS_RECORDED_EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A secret to store, with its encrypted *value*; without a value, a secret that it replaces keeps its value."""

    name: str
    description: str | None
    created_by: str
    value: Sealed | None = None


def sealed(text: str) -> str:
    """Return *text* from the database, as `Sealed` if it is encrypted."""
    return Sealed(text) if _SEALED.fullmatch(text) else text


def looks_sealed(text: str) -> bool:
    """Whether *text* looks like an encrypted one; from outside of the database it is a text like any other."""
    return _SEALED.fullmatch(text) is not None


def key_id(text: str) -> str | None:
    """Return the id of the key that encrypted *text*; None if it is not encrypted."""
    parts = _SEALED.fullmatch(text)
    return None if parts is None else parts[1]


def name_problem(name: str) -> str | None:
    """Return why a secret cannot have this *name*; None if it can."""
    return None if NAME.fullmatch(name) else "must be 1 to 100 of the characters A-Z a-z 0-9 _ -"


def value_problem(value: str) -> str | None:
    """Return why a secret cannot have this *value*, without repeating it; None if it can."""
    if len(value) < SHORTEST:
        return f"must have at least {SHORTEST} characters: the broker cannot remove a shorter text from logs"
    if len(value) > LONGEST:
        return f"must have at most {LONGEST} characters"
    return None


def is_reference(text: str) -> bool:
    """Whether *text* is only a reference, so that everyone may read it: `${user.TOKEN}` or `Bearer ${user.TOKEN}`."""
    return _ONLY_A_REFERENCE.fullmatch(text) is not None


def references(value: Any) -> set[str]:
    """Return the names of the secrets that a text, or any text inside a JSON *value*, refers to."""
    return {name for text in _texts(value) for name in REFERENCE.findall(text)}


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            yield from _all(value)
        case dict():
            yield from value.keys()
            yield from _all(value.values())


def _all(values: Iterable[Any]) -> Iterator[str]:
    for each in values:
        yield from _texts(each)
