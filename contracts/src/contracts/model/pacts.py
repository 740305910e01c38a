"""Pacts, and whether a publication changes their content.

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
    """A reference to an application: its id and name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pact:
    """The last revision of a pact of a consumer version; *id* is the id of the publication.

    Equal contents of a pair have the same *pact_version_id*, which results belong to; *sha* is its identity in the API.
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
        """The name of its links."""
        return f"Pact between {self.consumer.name} ({self.consumer_version.number}) and {self.provider.name}"


ContentKey = tuple[int, str]
"""The identity of a content among those of a consumer: the provider's id and the sha."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A content to store for a provider; *size* has the numbers of interactions and messages.

    With *sha_of_part*, *sha* is the identity of only the part that was merged into it. *former_shas* are other
    identities under which the same content may already be stored.
    """

    provider_id: int
    sha: str
    text: str
    size: tuple[int, int]
    sha_of_part: bool = False
    former_shas: frozenset[str] = frozenset()

    @property
    def key(self) -> ContentKey:
        """Its identity among the consumer's contents."""
        return self.provider_id, self.sha

    @property
    def former_keys(self) -> list[ContentKey]:
        """The keys of the former identities."""
        return [(self.provider_id, each) for each in sorted(self.former_shas)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """A content that is already stored; *size* has the numbers of interactions and messages."""

    id: int
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The content that a new pact is compared with: of the previous version with *tag*, or (None) without tags.

    *pact_version_id* is None if no such version exists.
    """

    tag: str | None
    pact_version_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentChange:
    """Whether a publication has a new content, with the reasons, one for each tag."""

    changed: bool
    reasons: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        """The reasons in one line; empty without a reason."""
        return ", ".join(self.reasons)


UNCHANGED = ContentChange(changed=False)
MODIFIED = ContentChange(changed=True, reasons=("the same version's contract was modified",))


def compare(pact_version_id: int, predecessors: Sequence[Predecessor]) -> ContentChange:
    """Compare a content that a version publishes for the first time; a difference from any predecessor is a change."""
    new = [_reason(each) for each in predecessors if each.pact_version_id != pact_version_id]
    if new:
        return ContentChange(changed=True, reasons=tuple(new))
    tags = [each.tag for each in predecessors if each.tag is not None]
    if not tags:
        return ContentChange(changed=False, reasons=("the same content as the previous version without tags",))
    noun = "tag" if len(tags) == 1 else "tags"
    return ContentChange(changed=False, reasons=(f"the same content as before with {noun} {', '.join(tags)}",))


def _reason(predecessor: Predecessor) -> str:
    first = predecessor.pact_version_id is None
    if predecessor.tag is None:
        return "the first contract without tags" if first else "changed since the previous version without tags"
    tag = f"tag {predecessor.tag}"
    return f"the first contract with {tag}" if first else f"changed since the previous version with {tag}"
