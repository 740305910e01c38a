"""Pacts that are selected for verification, each with all its reasons.

Source: Pact Broker protocol, merge and order of the pacts for verification.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from contracts.model.metadata import SelectorMetadata
from contracts.model.pacts import Pact


_cached = lru_cache(maxsize=1024)  # hundreds of consumers are selected for the same reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a consumer version's pact is to be verified.

    *short* appears in the list of pacts, *phrase* in the notices, before the version's number, and *metadata* in the
    pact's URL, together with the version's id. The reasons of one pact are in the order of *rank*.
    """

    rank: int
    short: str
    phrase: str
    metadata: SelectorMetadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A pact, and one reason to verify it."""

    pact: Pact
    reason: Reason

    @property
    def criterion(self) -> str:
        """The reason as a line of a notice."""
        return f"{self.reason.phrase} ({self.pact.consumer_version.number})"

    @property
    def metadata(self) -> SelectorMetadata:
        """The reason in the pact's URL."""
        why = self.reason.metadata
        return SelectorMetadata(  # as `replace` would, at a third of its cost
            branch=why.branch,
            tag=why.tag,
            latest=why.latest,
            environment=why.environment,
            consumer_version_id=self.pact.consumer_version.id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A content to verify once; *pact* is that of the latest selected consumer version, *selected* has all of them."""

    pact: Pact
    selected: tuple[Selected, ...]

    @property
    def short_description(self) -> str:
        """Its reasons in one line."""
        return ", ".join(dict.fromkeys(each.reason.short for each in self.selected))


def merge(selected: Iterable[Selected]) -> list[Item]:
    """Return one item for each content, sorted by the consumer's name and the order of its versions."""
    contents: dict[int, dict[tuple[int, Reason], Selected]] = {}
    for each in selected:
        contents.setdefault(each.pact.pact_version_id, {})[each.pact.id, each.reason] = each
    items = [
        Item(
            pact=max((each.pact for each in group.values()), key=lambda pact: pact.consumer_version.id),
            selected=tuple(sorted(group.values(), key=_place)),
        )
        for group in contents.values()
    ]
    return sorted(items, key=lambda item: (item.pact.consumer.name, item.pact.consumer_version.id))


def _place(selected: Selected) -> tuple[int, str, int]:
    return selected.reason.rank, selected.reason.phrase, selected.pact.consumer_version.id


def newest(consumer: str | None = None) -> Reason:
    """The newest version that has a pact with the provider; *consumer* only if the selector names one."""
    phrase = f"the latest version{_of(consumer)} that has a pact with this provider"
    return Reason(rank=0, short="latest", phrase=phrase, metadata=SelectorMetadata(latest=True))


@_cached
def main_branch_head(branch: str, consumer: str | None = None) -> Reason:
    """The head of the consumer's main branch."""
    return Reason(
        rank=1,
        short="latest from main branch",
        phrase=f"the head of the main branch{_of(consumer)}, {branch}",
        metadata=SelectorMetadata(branch=branch, latest=True),
    )


@_cached
def branch_head(branch: str, consumer: str | None = None, *, instead_of: str | None = None) -> Reason:
    """The head of a branch; it is the fallback if *instead_of* has the name of the selector's branch."""
    fallback = "" if instead_of is None else f", because branch {instead_of} has no pact"
    return Reason(
        rank=2,
        short=f"latest from branch {branch}",
        phrase=f"the head of branch {branch}{_of(consumer)}{fallback}",
        metadata=SelectorMetadata(branch=branch, latest=True),
    )


@_cached
def tag_head(tag: str, consumer: str | None = None, *, instead_of: str | None = None) -> Reason:
    """The newest version with a tag; it is the fallback if *instead_of* has the selector's tag."""
    fallback = "" if instead_of is None else f", because no pact has tag {instead_of}"
    return Reason(
        rank=3,
        short=f"latest with tag {tag}",
        phrase=f"the latest version{_of(consumer)} with tag {tag}{fallback}",
        metadata=SelectorMetadata(tag=tag, latest=True),
    )


@_cached
def tagged(tag: str, consumer: str | None = None) -> Reason:
    """One of all versions with a tag."""
    return Reason(
        rank=4,
        short=f"one of {tag}" if consumer is None else f"one of {consumer} {tag}",
        phrase=f"one of all versions{_of(consumer)} with tag {tag}",
        metadata=SelectorMetadata(tag=tag),
    )


@_cached
def deployed(environment: str, consumer: str | None = None) -> Reason:
    """Deployed to an environment now."""
    return Reason(
        rank=5,
        short=f"deployed to {environment}",
        phrase=f"the version{_of(consumer)} that is deployed to {environment} now",
        metadata=SelectorMetadata(environment=environment),
    )


@_cached
def released(environment: str, consumer: str | None = None) -> Reason:
    """Released to an environment and supported there now."""
    return Reason(
        rank=6,
        short=f"released in {environment}",
        phrase=f"a version{_of(consumer)} that is released and supported in {environment} now",
        metadata=SelectorMetadata(environment=environment),
    )


def _of(consumer: str | None) -> str:
    return "" if consumer is None else f" of {consumer}"
