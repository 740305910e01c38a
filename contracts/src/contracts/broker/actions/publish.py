"""Publishing contracts: what a consumer's version expects of its providers.

Source: Pact Broker protocol, contracts/publish, potential duplicates, revisions and content changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker.actions import admit, branch, notify, tag
from contracts.broker.actions.notify import Notified
from contracts.broker.runtime import Runtime
from contracts.broker.store import integrations, pacts, publications, versions
from contracts.broker.store.database import Connection
from contracts.model import contents, merging
from contracts.model.errors import Conflict, PotentialDuplicate, PublishConflict
from contracts.model.modifications import Modification, Modified, refusal
from contracts.model.notices import Notice
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import (
    MODIFIED,
    UNCHANGED,
    Change,
    Content,
    KeptContent,
    Pact,
    PacticipantRef,
    Predecessor,
    compare,
)
from contracts.model.publications import Contract, Outcome, Publication
from contracts.model.versions import Version, VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A contract that is published: the pact it is now, what became of it, whether it is new, and who hears of it."""

    pact: Pact
    outcome: Outcome
    change: Change
    notified: Notified


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """A version and its contracts; *created* if nobody knew it before.

    The contracts stand in the order in which they were sent, but for further ones with the same provider, which come
    last.
    """

    consumer: Pacticipant
    version: Version
    created: bool
    contracts: tuple[Published, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What publishing a contract comes to; *replaced* is what the version has with the provider already."""

    provider: Pacticipant
    contract: Contract
    sha: str
    former_shas: frozenset[str]
    replaced: Pact | None
    outcome: Outcome

    @property
    def same(self) -> bool:
        """Whether the version has this content already."""
        return self.replaced is not None and self.replaced.sha == self.sha


def publish(runtime: Runtime, connection: Connection, publication: Publication, *, base_url: str) -> PublishedVersion:
    """Publish everything in *publication*, or nothing; webhooks are told addresses below *base_url*.

    Raises:
        Modified: if a contract of this version exists with another content.
        PublishConflict: if contracts cannot be merged, or a new name looks like an old one.
    """
    parties = _parties(runtime, connection, publication)
    consumer = parties[publication.consumer]
    if provider_ids := {parties[each.provider].id for each in publication.contracts}:
        # first of all: the rows are locked, so that publications of one pair, and removals, follow one another
        integrations.touch(connection, consumer.id, provider_ids, runtime.now())
    version, created = _version(runtime, connection, consumer, publication)
    if publication.branch is not None:
        join = branch.add_new_version if created else branch.add_version
        join(runtime, connection, consumer, version, publication.branch)
    tag.add(runtime, connection, consumer, version, publication.tags, deploys=False)
    published: list[Published] = []
    for number, contracts in enumerate(_rounds(publication.contracts)):
        pairs = [(parties[each.provider], each) for each in contracts]
        plans = _plans(runtime, connection, version, pairs, bare=created and number == 0)
        _require_unmodified(runtime, connection, version, plans)
        try:
            published += _carry_out(runtime, connection, consumer, version, plans, base_url)
        except Conflict as error:
            raise PublishConflict([str(error)], [Notice(type="error", text=str(error))]) from None
    return PublishedVersion(consumer=consumer, version=version, created=created, contracts=tuple(published))


def put(
    runtime: Runtime, connection: Connection, consumer: str, number: str, contract: Contract, *, base_url: str
) -> Published:
    """Publish one contract for version *number* of the consumer: in place of what it has, or merged into it.

    Raises:
        Conflict: if the version has another content, and may not change it; or if the contracts cannot be merged.
        PotentialDuplicate: if a new name looks like an existing one.
    """
    parties = admit.parties(runtime, connection, [consumer, contract.provider])
    party, provider = parties[consumer], parties[contract.provider]
    integrations.touch(connection, party.id, [provider.id], runtime.now())
    version, created = versions.ensure(connection, party.id, number, runtime.now())
    plans = _plans(runtime, connection, version, [(provider, contract)], bare=created)
    modified = plans[0].outcome is Outcome.OVERWRITTEN
    if modified and not runtime.settings.allow_dangerous_contract_modification:
        raise Conflict(refusal(version.number, provider.name))
    return _carry_out(runtime, connection, party, version, plans, base_url)[0]


def _rounds(contracts: Sequence[Contract]) -> list[list[Contract]]:
    """The *contracts* in rounds: whoever sends several for one provider wants them one after another."""
    rounds: list[list[Contract]] = []
    for contract in contracts:
        free = next((each for each in rounds if all(other.provider != contract.provider for other in each)), None)
        if free is None:
            rounds.append([contract])
        else:
            free.append(contract)
    return rounds


def _parties(runtime: Runtime, connection: Connection, publication: Publication) -> dict[str, Pacticipant]:
    try:
        return admit.parties(
            runtime, connection, [publication.consumer, *(each.provider for each in publication.contracts)]
        )
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


def _plans(
    runtime: Runtime,
    connection: Connection,
    version: Version,
    contracts: Sequence[tuple[Pacticipant, Contract]],
    *,
    bare: bool,
) -> list[_Plan]:
    """What publishing *contracts*, each with its provider, one for each, comes to; a *bare* version has none yet."""
    ids = [provider.id for provider, _ in contracts]
    existing = {} if bare else pacts.of_version(connection, version.id, ids)
    strict = not runtime.settings.base_equality_only_on_content_that_affects_verification_results
    return [_plan(provider, contract, existing.get(provider.id), strict=strict) for provider, contract in contracts]


def _plan(provider: Pacticipant, contract: Contract, replaced: Pact | None, *, strict: bool) -> _Plan:
    sha = contents.text_sha(contract.text) if strict else contents.sha(contract.document)
    former_shas = frozenset() if strict else contents.former_shas(contract.document)
    if replaced is not None and replaced.sha in former_shas:
        sha = replaced.sha
    if replaced is None:
        outcome = Outcome.CREATED
    elif contract.on_conflict == "merge":
        outcome = Outcome.MERGED
    else:
        outcome = Outcome.UNCHANGED if replaced.sha == sha else Outcome.OVERWRITTEN
    return _Plan(
        provider=provider, contract=contract, sha=sha, former_shas=former_shas, replaced=replaced, outcome=outcome
    )


def _require_unmodified(runtime: Runtime, connection: Connection, version: Version, plans: Sequence[_Plan]) -> None:
    """Refuse *plans* that give the version another content, merged or not, unless the settings allow it."""
    modified = [(each, each.replaced) for each in plans if each.replaced is not None and not each.same]
    if not modified or runtime.settings.allow_dangerous_contract_modification:
        return
    raise Modified(
        [
            Modification(
                number=version.number,
                provider=plan.provider.name,
                stored=pacts.content(connection, replaced.pact_version_id),
                sent=plan.contract.document,
            )
            for plan, replaced in modified
        ]
    )


def _carry_out(
    runtime: Runtime,
    connection: Connection,
    consumer: Pacticipant,
    version: Version,
    plans: Sequence[_Plan],
    base_url: str,
) -> list[Published]:
    had = {each.provider.id: each.replaced for each in plans if each.replaced is not None}
    made = _add(runtime, connection, consumer, version, [each for each in plans if not each.same], had)
    new = [each for each in made if each not in had]
    before = publications.predecessors(connection, consumer.id, version.id, new) if new else {}
    kept = had | made
    changes = {each.provider.id: _change(each, kept[each.provider.id], before) for each in plans}
    notified = notify.pacts_published(
        runtime,
        connection,
        [(kept[provider_id], change.changed) for provider_id, change in changes.items()],
        build_url=version.build_url,
        base_url=base_url,
        kept={each.provider.id for each in plans if each.same},
    )
    return [
        Published(pact=kept[each.provider.id], outcome=each.outcome, change=changes[each.provider.id], notified=told)
        for each, told in zip(plans, notified, strict=True)
    ]


def _change(plan: _Plan, pact: Pact, before: Mapping[int, Sequence[Predecessor]]) -> Change:
    """Whether *plan* brings a new content; *before* holds what comes before the pacts that are new."""
    if pact.provider.id in before:
        return compare(pact.pact_version_id, before[pact.provider.id])
    return UNCHANGED if plan.same else MODIFIED


def _add(
    runtime: Runtime,
    connection: Connection,
    consumer: Pacticipant,
    version: Version,
    plans: Sequence[_Plan],
    had: Mapping[int, Pact],
) -> dict[int, Pact]:
    """The pacts that come of *plans*, by provider id; *had* are those that the version has."""
    if not plans:
        return {}
    kept = _keep(runtime, connection, consumer, [_content(runtime, connection, each) for each in plans])
    content_ids = {provider_id: content_id for provider_id, (content_id, _) in kept.items()}
    revisions = {provider_id: had[provider_id].revision_number + 1 for provider_id in kept if provider_id in had}
    now = runtime.now()
    ids = publications.publish(connection, consumer.id, version.id, content_ids, revisions, now)
    providers = {each.provider.id: PacticipantRef(id=each.provider.id, name=each.provider.name) for each in plans}
    return {
        provider_id: Pact(
            id=ids[provider_id],
            consumer=PacticipantRef(id=consumer.id, name=consumer.name),
            provider=providers[provider_id],
            consumer_version=VersionRef(id=version.id, pacticipant=consumer.name, number=version.number),
            pact_version_id=content_id,
            sha=sha,
            revision_number=revisions.get(provider_id, 1),
            created_at=now,
        )
        for provider_id, (content_id, sha) in kept.items()
    }


def _content(runtime: Runtime, connection: Connection, plan: _Plan) -> Content:
    sent, sha = plan.contract, plan.sha
    content = Content(provider_id=plan.provider.id, sha=sha, text=sent.text, size=contents.counts(sent.document))
    if plan.outcome is not Outcome.MERGED or plan.replaced is None:
        return replace(content, former_shas=plan.former_shas)
    text = contents.stored(merging.merge(pacts.content(connection, plan.replaced.pact_version_id), sent.text))
    document = json.loads(text)
    merged = replace(content, text=text, size=contents.counts(document))
    if not runtime.settings.base_equality_only_on_content_that_affects_verification_results:
        return replace(merged, sha=contents.text_sha(text))
    if sha == contents.sha_of_stored(document):
        return merged
    # what lists as much as its part could not be told from it, see `_is_kept`
    alike = merged.size == content.size
    return replace(merged, sha=contents.text_sha(text)) if alike else replace(merged, sha_of_part=True)


def _keep(
    runtime: Runtime, connection: Connection, consumer: Pacticipant, wanted: Sequence[Content]
) -> dict[int, tuple[int, str]]:
    """The id and sha of each of the contents *wanted*, by provider id; what is not kept yet is kept now.

    A merged contract bears the sha of what was merged into it, as in the reference broker. Where that is taken by
    another content, the text's own sha tells them apart. A content that is kept under a former identity stays that
    content, with its results.
    """
    keys = [each.key for each in wanted] + [key for each in wanted for key in each.former_keys]
    kept = publications.kept(connection, consumer.id, keys)
    named = [_named(connection, each, kept) for each in wanted]
    if renamed := [each.key for each in named if each not in wanted and each.key not in kept]:
        kept |= publications.kept(connection, consumer.id, renamed)
    if new := [replace(each, text=contents.stored(each.text)) for each in named if each.key not in kept]:
        kept |= publications.keep(connection, consumer.id, new, runtime.now())
    return {each.provider_id: (kept[each.key].id, each.sha) for each in named}


def _named(connection: Connection, content: Content, kept: Mapping[tuple[int, str], KeptContent]) -> Content:
    """*content* under the sha by which it is, or will be, *kept*."""
    if content.key in kept:
        same = _is_kept(connection, content, kept[content.key])
        return content if same else replace(content, sha=contents.text_sha(content.text))
    former = (key for key in content.former_keys if key in kept and kept[key].size == content.size)
    return next((replace(content, sha=sha) for _, sha in former), content)


def _is_kept(connection: Connection, content: Content, kept: KeptContent) -> bool:
    """Whether the content that is *kept* under the same sha says the same as *content*.

    What lists as much as the sha's own content is that content: a merged one bears the sha of a part only where it
    lists more. Of two merged ones only the texts can tell.
    """
    if kept.size != content.size:
        return False
    return not content.sha_of_part or pacts.content(connection, kept.id) == content.text
