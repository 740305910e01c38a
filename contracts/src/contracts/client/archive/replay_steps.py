"""The records to replay, except the large ones, and the outcome of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.model.archive.records import (
    Branch,
    Deployment,
    Environment,
    Gap,
    Integration,
    Pact,
    Pacticipant,
    Record,
    Release,
    Result,
    Version,
    Webhook,
)


_LISTS = {
    Pacticipant: "pacticipants",
    Environment: "environments",
    Branch: "branches",
    Version: "versions",
    Deployment: "deployments",
    Release: "releases",
    Webhook: "webhooks",
    Integration: "integrations",
    Gap: "gaps",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A record that the broker now has; *added* if it did not exist before."""

    kind: str
    added: bool


@dataclass(slots=True)
class Outline:
    """The records of an archive without their large parts: contents and the reports of results."""

    pacticipants: list[Pacticipant] = field(default_factory=list)
    environments: list[Environment] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    pacts: dict[tuple[str, str, str], list[Pact]] = field(default_factory=lambda: defaultdict(list))
    deployments: list[Deployment] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    integrations: list[Integration] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    revisions: int = 0
    attested: int = 0
    last_results: set[tuple[str, str, str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Outline:
        """Collect these *records*."""
        outline = cls()
        for record in records:
            outline._note(record)
        return outline

    def _note(self, record: Record) -> None:
        match record:
            case Pact() if record.latest:
                self.pacts[record.consumer, record.provider, record.sha].append(record)
            case Pact():
                self.revisions += 1
            case Result() if record.latest:
                self.attested += record.attestation is not None
                self.last_results.add((record.consumer, record.provider, record.sha, record.provider_version))
            case _ if type(record) in _LISTS:
                getattr(self, _LISTS[type(record)]).append(record)
