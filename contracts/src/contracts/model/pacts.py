"""Pacts: what a consumer's version expects of a provider, and whether that is something new.

Source: Pact Broker protocol, detection of "content changed".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.model.versions import VersionRef


OnConflict = Literal["overwrite", "merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacticipantRef:
    """An application where its name suffices."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pact:
    """The last revision of what a consumer version published for a provider; *id* is that of the publication.

    Equal contents of a pair share one *pact_version_id*, on which results hang; *sha* is its name on the wire.
    """

    id: int
    consumer: PacticipantRef
    provider: PacticipantRef
    consumer_version: VersionRef
    pact_version_id: int
    sha: str
    revision_number: int
    created_at: datetime

    @property
    def name(self) -> str:
        """The name that its links bear."""
        return f"Pact between {self.consumer.name} ({self.consumer_version.number}) and {self.provider.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A content to be kept for a provider: its identity and its text; *size* is as that of a `KeptContent`.

    *sha_of_part* says that the sha names no more than what was merged into it. *former_shas* are the other identities
    under which the same content may be kept.
    """

    provider_id: int
    sha: str
    text: str
    size: tuple[int, int]
    sha_of_part: bool = False
    former_shas: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[int, str]:
        """What it is found by among the consumer's contents."""
        return self.provider_id, self.sha

    @property
    def former_keys(self) -> list[tuple[int, str]]:
        """As `key`, for the former identities."""
        return [(self.provider_id, each) for each in sorted(self.former_shas)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContent:
    """A content that is kept already; *size* is how many interactions and messages it lists."""

    id: int
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """What a new pact is compared with: the previous one whose version has *tag*, or has no tag at all.

    *pact_version_id* is None when there is none.
    """

    tag: str | None
    pact_version_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Whether a publication brought a new content, and why that is said, tag by tag where there are tags."""

    changed: bool
    reasons: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        """The reasons in one line; empty where there is nothing to say."""
        return ", ".join(self.reasons)


UNCHANGED = Change(changed=False)
MODIFIED = Change(changed=True, reasons=("the same version's contract was modified",))


def compare(pact_version_id: int, predecessors: Sequence[Predecessor]) -> Change:
    """Judge a content that its consumer version publishes for the first time; any difference is a change."""
    new = [_reason(each) for each in predecessors if each.pact_version_id != pact_version_id]
    if new:
        return Change(changed=True, reasons=tuple(new))
    tags = [each.tag for each in predecessors if each.tag is not None]
    if not tags:
        return Change(changed=False, reasons=("the same content as the previous version without tags",))
    noun = "tag" if len(tags) == 1 else "tags"
    return Change(changed=False, reasons=(f"the same content as before with {noun} {', '.join(tags)}",))


def _reason(predecessor: Predecessor) -> str:
    first = predecessor.pact_version_id is None
    if predecessor.tag is None:
        return "the first contract without tags" if first else "changed since the previous version without tags"
    tag = f"tag {predecessor.tag}"
    return f"the first contract with {tag}" if first else f"changed since the previous version with {tag}"
