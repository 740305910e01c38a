"""The audit log: what changed or was refused, in a chain of entries.

The digest of an entry covers its content and the digest before it, so an entry cannot be altered, removed or inserted
without all later digests. Only its beginning can be removed: the last removed entry is then the anchor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


ANONYMOUS = "anonymous"
"""The subject of a request without an identity."""


class Unreadable(ValueError):
    """An entry cannot be read, for example because its time is not one."""


class Kind(StrEnum):
    """What an entry is about."""

    CHANGE = "change"
    """A request that changed something."""
    REFUSAL = "refusal"
    """A request with the status 401, 403 or 429, or several alike."""
    SYSTEM = "system"
    """A change that the broker made itself."""
    COMMAND = "command"
    """A change by a command that opened the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an entry records: who did what, when and from where.

    *names* are those in the path and the most important ones of the body, never its other content. *status* is that of
    the response; of a change, the one that it has if nothing fails after the commit. Commands and tasks have None.
    """

    kind: Kind
    at: datetime
    subject: str
    actor: str
    method: str = ""
    resource: str = ""
    """The template of the path, or the name of a command or of a task of the broker."""
    names: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    address: str = ""
    request_id: str = ""
    requests: int = 1
    """The number of requests; of several, the first has the other fields."""
    last_at: datetime | None = None
    """The time of the last of several requests."""

    @property
    def what(self) -> str:
        """The method and the resource."""
        return f"{self.method} {self.resource}".strip()

    def document(self) -> dict[str, Any]:
        """Return every field as JSON."""
        return {
            "kind": self.kind.value,
            "at": _text(self.at),
            "subject": self.subject,
            "actor": self.actor,
            "method": self.method,
            "resource": self.resource,
            "names": dict(self.names),
            "status": self.status,
            "address": self.address,
            "requestId": self.request_id,
            "requests": self.requests,
            "lastAt": None if self.last_at is None else _text(self.last_at),
        }

    def content(self) -> str:
        """Return the text that the digest covers."""
        return canonical(self.document())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in the chain: the *number* and *digest* of an entry."""

    number: int
    digest: str

    def __str__(self) -> str:
        """Return both, as `verify --expect` takes them."""
        return f"{self.number}:{self.digest}"

    @classmethod
    def of(cls, text: str) -> Mark:
        """Read a mark.

        >>> str(Mark.of("3:" + "0" * 64))[:5]
        '3:000'

        Raises:
            ValueError: if *text* is not a number and a digest.
        """
        number, _, digest = text.partition(":")
        if not number.isdecimal() or len(digest) != len(BEGINNING.digest) or set(digest) - set("0123456789abcdef"):
            raise ValueError(f"'{text}' is not the NUMBER:DIGEST of an entry")
        return cls(number=int(number), digest=digest)


BEGINNING = Mark(number=0, digest="0" * 64)
"""The mark before the first entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An act at its place in the chain."""

    mark: Mark
    act: Act

    def follows(self, previous: Mark) -> bool:
        """Whether the digest is the one of this content after *previous*."""
        return self.mark.digest == digest(previous.digest, self.mark.number, self.act.content())

    def document(self) -> dict[str, Any]:
        """Return the entry as JSON, as an export has it."""
        return {"number": self.mark.number, "digest": self.mark.digest} | self.act.document()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The result of a check of the chain: *problem* is empty if it is intact."""

    count: int
    last: Mark
    problem: str = ""


def verify(entries: Iterable[Entry], anchor: Mark, expected: Mark | None = None) -> Verified:
    """Check each of *entries* after *anchor*, up to the first broken one.

    *expected* is a mark that somebody noted earlier: the chain must contain it, unless it was removed since.
    """
    last, count = anchor, 0
    try:
        for entry in entries:
            if problem := _problem(entry, last, expected):
                return Verified(count=count, last=last, problem=problem)
            last, count = entry.mark, count + 1
    except Unreadable as error:
        return Verified(count=count, last=last, problem=f"entry {last.number + 1} was altered: {error}")
    if expected is not None and last.number < expected.number:
        return Verified(count=count, last=last, problem=f"entry {expected.number} is missing, which was noted earlier")
    return Verified(count=count, last=last)


def _problem(entry: Entry, last: Mark, expected: Mark | None) -> str:
    if entry.mark.number != last.number + 1:
        return f"entry {last.number + 1} is missing: entry {entry.mark.number} comes after entry {last.number}"
    if not entry.follows(last):
        return f"entry {entry.mark.number} was altered, or an entry before it was removed"
    if expected is not None and entry.mark.number == expected.number and entry.mark != expected:
        return f"entry {entry.mark.number} is not the one that was noted earlier"
    return ""


def digest(previous: str, number: int, content: str) -> str:
    """Return the digest of the entry with this *number* and *content* after the one with the digest *previous*."""
    return hashlib.sha256(f"{previous}\n{number}\n{content}".encode()).hexdigest()


def canonical(document: Mapping[str, Any]) -> str:
    """Return *document* as text in ASCII: the same for equal documents."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def read_entry(document: Mapping[str, Any]) -> Entry:
    """Return the entry of a line of an export.

    Raises:
        Unreadable: if *document* is not one.
    """
    try:
        act = Act(
            kind=Kind(document["kind"]),
            at=datetime.fromisoformat(document["at"]),
            subject=document["subject"],
            actor=document["actor"],
            method=document["method"],
            resource=document["resource"],
            names=document["names"],
            status=document["status"],
            address=document["address"],
            request_id=document["requestId"],
            requests=document["requests"],
            last_at=None if document["lastAt"] is None else datetime.fromisoformat(document["lastAt"]),
        )
        return Entry(mark=Mark(number=document["number"], digest=document["digest"]), act=act)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"it has no valid {error}" if isinstance(error, KeyError) else str(error)) from error


def read_lines(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of an export, one in each line.

    Raises:
        Unreadable: if a line is not an entry.
    """
    for line in lines:
        try:
            document = json.loads(line)
        except ValueError as error:
            raise Unreadable(f"its line is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise Unreadable("its line is not a JSON object")
        yield read_entry(document)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
