"""Publish contracts: the expectations of a consumer version of its providers.

Source: Pact Broker protocol, contracts/publish, potential duplicates, revisions and content changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker.actions import admit, branch, notify, tag
from contracts.broker.actions.notify import Notified
from contracts.broker.actions.store_contents import ContentStore
from contracts.broker.runtime import Runtime
from contracts.broker.store import integrations, pacts, publications, versions
from contracts.broker.store.database import Connection
from contracts.model import contents
from contracts.model.errors import Conflict, PotentialDuplicate, PublishConflict
from contracts.model.modifications import Modification, Modified, refusal
from contracts.model.notices import Notice
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import (
    MODIFIED,
    UNCHANGED,
    Content,
    ContentChange,
    Pact,
    PacticipantRef,
    Predecessor,
    compare,
)
from contracts.model.publications import Contract, Publication, PublicationOutcome
from contracts.model.versions import Version, VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPact:
    """A published contract: its pact, the outcome, whether the content changed, and the webhooks it triggered."""

    pact: Pact
    outcome: PublicationOutcome
    change: ContentChange
    notified: Notified


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """A version and its contracts; *created* if the version is new.

    The contracts are in the order in which they were sent; a second one with the same provider comes after all firsts.
    """

    consumer: Pacticipant
    version: Version
    created: bool
    contracts: tuple[PublishedPact, ...]


def publish(runtime: Runtime, connection: Connection, publication: Publication, *, base_url: str) -> PublishedVersion:
    """Publish everything in *publication*, or nothing; URLs for webhooks start with *base_url*.

    Raises:
        Modified: if a contract of this version exists with another content.
        PublishConflict: if contracts cannot be merged, or a new name looks like an old one.
    """
    parties = _parties(runtime, connection, publication)
    consumer = parties[publication.consumer]
    if provider_ids := {parties[each.provider].id for each in publication.contracts}:
        # before anything else: this locks the pairs, so that publications and removals of a pair follow one another
        integrations.touch(connection, consumer.id, provider_ids, runtime.now())
    version, created = _version(runtime, connection, consumer, publication)
    if publication.branch is not None:
        join = branch.add_new_version if created else branch.add_version
        join(runtime, connection, consumer, version, publication.branch, base_url=base_url)
    tag.add(runtime, connection, consumer, version, publication.tags, deploys=False, base_url=base_url)
    publishing = _Publishing(
        runtime=runtime, connection=connection, consumer=consumer, version=version, base_url=base_url
    )
    published: list[PublishedPact] = []
    for number, contracts in enumerate(_rounds(publication.contracts)):
        pairs = [(parties[each.provider], each) for each in contracts]
        steps = publishing.steps(pairs, without_pacts=created and number == 0)
        publishing.require_unmodified(steps)
        try:
            published += publishing.carry_out(steps)
        except Conflict as error:
            raise PublishConflict([str(error)], [Notice(type="error", text=str(error))]) from None
    return PublishedVersion(consumer=consumer, version=version, created=created, contracts=tuple(published))


def put(
    runtime: Runtime, connection: Connection, consumer_name: str, number: str, contract: Contract, *, base_url: str
) -> PublishedPact:
    """Publish one contract for version *number* of the consumer: replace its pact, or merge into it.

    Raises:
        Conflict: if the version has another content and must not change it, or if the contracts cannot be merged.
        PotentialDuplicate: if a new name looks like an existing one.
    """
    parties = admit.parties(runtime, connection, [consumer_name, contract.provider])
    consumer, provider = parties[consumer_name], parties[contract.provider]
    integrations.touch(connection, consumer.id, [provider.id], runtime.now())
    version, created = versions.ensure(connection, consumer.id, number, runtime.now())
    publishing = _Publishing(
        runtime=runtime, connection=connection, consumer=consumer, version=version, base_url=base_url
    )
    steps = publishing.steps([(provider, contract)], without_pacts=created)
    modified = steps[0].outcome is PublicationOutcome.OVERWRITTEN
    if modified and not runtime.settings.allow_dangerous_contract_modification:
        raise Conflict(refusal(version.number, provider.name))
    return publishing.carry_out(steps)[0]


def _rounds(contracts: Sequence[Contract]) -> list[list[Contract]]:
    """Divide *contracts* into rounds: several contracts for one provider are published one after another."""
    rounds: list[list[Contract]] = []
    for contract in contracts:
        free = next((each for each in rounds if all(other.provider != contract.provider for other in each)), None)
        if free is None:
            rounds.append([contract])
        else:
            free.append(contract)
    return rounds


def _parties(runtime: Runtime, connection: Connection, publication: Publication) -> dict[str, Pacticipant]:
    names = [publication.consumer, *(each.provider for each in publication.contracts)]
    try:
        return admit.parties(runtime, connection, names)
    except PotentialDuplicate as error:
        sentences = str(error).splitlines()
        raise PublishConflict(sentences, [Notice(type="error", text=each) for each in sentences]) from None


def _version(
    runtime: Runtime, connection: Connection, consumer: Pacticipant, publication: Publication
) -> tuple[Version, bool]:
    number, build_url, now = publication.version, publication.build_url, runtime.now()
    version, created = versions.create(connection, consumer.id, number, now, build_url)
    if not created and build_url is not None and build_url != version.build_url:
        version = versions.set_build_url(connection, version.id, build_url, now)
    return version, created


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """The publication of one contract; *replaced* is the pact that the version already has with the provider."""

    provider: Pacticipant
    contract: Contract
    sha: str
    former_shas: frozenset[str]
    replaced: Pact | None
    outcome: PublicationOutcome

    @property
    def same(self) -> bool:
        """Whether the version has this content already."""
        return self.replaced is not None and self.replaced.sha == self.sha


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publishing:
    """Publishes contracts of one consumer version."""

    runtime: Runtime
    connection: Connection
    consumer: Pacticipant
    version: Version
    base_url: str

    @property
    def _contents(self) -> ContentStore:
        return ContentStore(runtime=self.runtime, connection=self.connection, consumer_id=self.consumer.id)

    def steps(self, contracts: Sequence[tuple[Pacticipant, Contract]], *, without_pacts: bool) -> list[_Step]:
        """Return a step for each contract and its provider; a version *without_pacts* has nothing to replace."""
        ids = [provider.id for provider, _ in contracts]
        existing = {} if without_pacts else pacts.of_version(self.connection, self.version.id, ids)
        return [self._step(provider, contract, existing.get(provider.id)) for provider, contract in contracts]

    def require_unmodified(self, steps: Sequence[_Step]) -> None:
        """Refuse a different content, merged or not, for this version, unless the settings allow it.

        Raises:
            Modified: if a step has one.
        """
        modified = [(each, each.replaced) for each in steps if each.replaced is not None and not each.same]
        if not modified or self.runtime.settings.allow_dangerous_contract_modification:
            return
        raise Modified(
            [
                Modification(
                    number=self.version.number,
                    provider=step.provider.name,
                    stored=pacts.content(self.connection, replaced.pact_version_id),
                    sent=step.contract.document,
                )
                for step, replaced in modified
            ]
        )

    def carry_out(self, steps: Sequence[_Step]) -> list[PublishedPact]:
        """Publish the contracts of *steps*, and raise their events.

        Raises:
            Conflict: if a contract cannot be merged.
        """
        existing = {each.provider.id: each.replaced for each in steps if each.replaced is not None}
        added = self._add([each for each in steps if not each.same], existing)
        new = [each for each in added if each not in existing]
        previous = publications.predecessors(self.connection, self.consumer.id, self.version.id, new) if new else {}
        current = existing | added
        changes = [_change(each, current[each.provider.id], previous) for each in steps]
        notified = notify.pacts_published(
            self.runtime,
            self.connection,
            [(current[each.provider.id], change.changed) for each, change in zip(steps, changes, strict=True)],
            build_url=self.version.build_url,
            base_url=self.base_url,
            published_before={each.provider.id for each in steps if each.same},
        )
        return [
            PublishedPact(pact=current[each.provider.id], outcome=each.outcome, change=change, notified=raised)
            for each, change, raised in zip(steps, changes, notified, strict=True)
        ]

    def _step(self, provider: Pacticipant, contract: Contract, replaced: Pact | None) -> _Step:
        sha, former_shas = self._contents.identity(contract)
        if replaced is not None and replaced.sha in former_shas:
            sha = replaced.sha
        if replaced is None:
            outcome = PublicationOutcome.CREATED
        elif contract.on_conflict == "merge":
            outcome = PublicationOutcome.MERGED
        else:
            outcome = PublicationOutcome.UNCHANGED if replaced.sha == sha else PublicationOutcome.OVERWRITTEN
        return _Step(
            provider=provider,
            contract=contract,
            sha=sha,
            former_shas=former_shas,
            replaced=replaced,
            outcome=outcome,
        )

    def _add(self, steps: Sequence[_Step], existing: Mapping[int, Pact]) -> dict[int, Pact]:
        """Add the pacts of *steps*, by provider id; *existing* are the pacts that the version has."""
        if not steps:
            return {}
        stored = self._contents.ensure([self._content(each) for each in steps])
        content_ids = {provider_id: content_id for provider_id, (content_id, _) in stored.items()}
        revisions = {each: existing[each].revision_number + 1 for each in stored if each in existing}
        now = self.runtime.now()
        ids = publications.publish(self.connection, self.consumer.id, self.version.id, content_ids, revisions, now)
        providers = {each.provider.id: PacticipantRef(id=each.provider.id, name=each.provider.name) for each in steps}
        return {
            provider_id: Pact(
                id=ids[provider_id],
                consumer=PacticipantRef(id=self.consumer.id, name=self.consumer.name),
                provider=providers[provider_id],
                consumer_version=VersionRef(
                    id=self.version.id, pacticipant=self.consumer.name, number=self.version.number
                ),
                pact_version_id=content_id,
                sha=sha,
                revision_number=revisions.get(provider_id, 1),
                created_at=now,
            )
            for provider_id, (content_id, sha) in stored.items()
        }

    def _content(self, step: _Step) -> Content:
        contract = step.contract
        content = Content(
            provider_id=step.provider.id,
            sha=step.sha,
            text=contract.text,
            size=contents.counts(contract.document),
        )
        if step.outcome is PublicationOutcome.MERGED and step.replaced is not None:
            return self._contents.merged(content, step.replaced.pact_version_id)
        return replace(content, former_shas=step.former_shas)


def _change(step: _Step, pact: Pact, previous: Mapping[int, Sequence[Predecessor]]) -> ContentChange:
    """Whether *step* has a new content; *previous* are the predecessors of the pacts that are new."""
    if pact.provider.id in previous:
        return compare(pact.pact_version_id, previous[pact.provider.id])
    return UNCHANGED if step.same else MODIFIED
