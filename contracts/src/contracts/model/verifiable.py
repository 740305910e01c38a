"""Pacts for verification: the provider's question, the pacts to verify, and the notices for its build.

Source: Pact Broker protocol, pacts for verification and their notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.model.metadata import Metadata
from contracts.model.pending import Pending, ProviderRef, subject
from contracts.model.selections import Item
from contracts.model.selectors import ConsumerVersionSelector


BEFORE = "before_verification"
AFTER = "after_verification:success_{success}_published_{published}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationQuestion:
    """The question of a *provider*: which pacts to verify, and whether they are pending.

    Without *selectors* the default applies. With *wip_since*, work in progress published after it is included.
    """

    provider: ProviderRef
    selectors: tuple[ConsumerVersionSelector, ...] = ()
    include_pending: bool = True
    wip_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifiable:
    """A pact to verify; *pending* is None if the question does not include it; with *wip*, no selector selected it."""

    item: Item
    pending: Pending | None
    wip: bool = False

    @property
    def metadata(self) -> Metadata:
        """The metadata in its URL."""
        if self.wip:
            return Metadata(wip=True)
        return Metadata(
            selectors=tuple(each.metadata for each in self.item.selected),
            pending=None if self.pending is None else self.pending.pending,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A notice to show at one moment of a verification."""

    when: str
    text: str


DEPRECATED_GET = Instruction(
    when=BEFORE,
    text="These pacts were requested with GET, which is deprecated. Upgrade the Pact library of this provider.",
)


def instructions(verifiable: Verifiable, provider: ProviderRef, pact_url: str) -> Iterator[Instruction]:
    """Return the notices of a pact: why it is verified, whether it can fail the build, and what its result means.

    *pact_url* is its URL without metadata.
    """
    yield Instruction(when=BEFORE, text=_why(verifiable, provider, pact_url))
    if verifiable.pending is None:
        return
    yield Instruction(when=BEFORE, text=_consequence(verifiable, verifiable.pending))
    if verifiable.pending.pending:
        yield from _afterwards(verifiable.pending)


def _why(verifiable: Verifiable, provider: ProviderRef, pact_url: str) -> str:
    criteria = "\n".join(f"    * {each.criterion}" for each in verifiable.item.selected)
    if not verifiable.wip:
        return f"The pact at {pact_url} is being verified because the selectors ask for:\n{criteria}"
    return (
        f"The pact at {pact_url} is being verified as work in progress: no selector asks for it, {subject(provider)} "
        f"has not verified it with success when one did, and it is of:\n{criteria}\n"
        "More about work in progress: https://docs.pact.io/wip"
    )


def _consequence(verifiable: Verifiable, pending: Pending) -> str:
    if not pending.pending:
        return (
            f"This pact was verified with success by {pending.subject} before. If its verification fails now, "
            "the build fails. More about pending pacts: https://docs.pact.io/pending"
        )
    cause = "is work in progress" if verifiable.wip else f"has no published success by {pending.subject} yet"
    return (
        f"This pact is pending, as it {cause}. If its verification fails, the build does not fail. "
        "More about pending pacts: https://docs.pact.io/pending"
    )


def _afterwards(pending: Pending) -> Iterator[Instruction]:
    unproven = f"This pact is still pending, as no success by {pending.subject} has been published."
    texts = {
        (True, False): "This pact is still pending, as the results of this verification are not published.",
        (False, False): unproven,
        (True, True): "This pact is no longer pending: from now on, a failure to verify it fails the build.",
        (False, True): unproven,
    }
    for (success, published), text in texts.items():
        when = AFTER.format(success=str(success).lower(), published=str(published).lower())
        yield Instruction(when=when, text=text)
