"""Load an archive file into a database, in batches, with a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.broker.store import archive, secrets
from contracts.broker.store.archive import places
from contracts.cli.archive import files
from contracts.cli.progress import Progress
from contracts.model import webhook_rules
from contracts.model.archive.records import (
    ArchiveError,
    Content,
    DataRecord,
    Deployment,
    Gap,
    Integration,
    Pact,
    Release,
    Result,
    Webhook,
    name,
)
from contracts.model.contents import is_sha_of
from contracts.model.secrets import Cipher
from contracts.model.webhook_rules import Allowed
from contracts.model.webhooks import described


if TYPE_CHECKING:
    from contracts.broker.store.database import Database


_Dated = Pact | Deployment | Release  # ordered by their dates, not by their place in the file

_RECORDS_AT_ONCE = 500
_BYTES_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The numbers of records in a file and of those *added* to the database, by kind, and the gaps of the file.

    *other_identity* are the contents whose identity differs from the computed one. *attested* are the numbers of the
    results with an attestation.
    """

    brought: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    other_identity: list[str] = field(default_factory=list)
    attested: list[int] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything was copied that a broker can return."""
        return all(each.inherent for each in self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What webhooks may do, and the names of the *secrets* that they may refer to."""

    allowed: Allowed
    secrets: frozenset[str]


def require_unchanged(path: Path) -> None:
    """Refuse the file at *path* if the text of a content does not match its identity.

    Raises:
        ArchiveError: if there is one, or the file cannot be read.
    """
    others = [
        name(record)
        for record, _ in files.records(path)
        if isinstance(record, Content) and not is_sha_of(record.sha, record.text)
    ]
    if others:
        raise ArchiveError(
            f"{path} was changed, or its contents were named by other rules, as merged pacts are: {len(others)} are "
            f"not what their identity says, the first {others[0]}. Results would become those of other contracts. "
            "Where you know why, say --accept-other-identities"
        )


def load(
    database: Database,
    path: Path,
    on_progress: Progress,
    allowed: Allowed,
    *,
    cipher: Cipher | None = None,
    trust_attestations: bool = False,
) -> Loaded:
    """Load the file at *path* into *database*, each batch in its own transaction; *cipher* encrypts secrets.

    Existing records stay, so you can repeat an interrupted load. An enabled webhook that is not *allowed* is disabled,
    and a gap says why.

    Raises:
        ArchiveError: if the file cannot be read (then nothing is written), or the database has different data.
    """
    total = files.check(path)
    loaded = Loaded()
    written = 0
    on_progress("records written to the database", written, total)
    with database.reading() as connection:
        names = frozenset(each.name for each in secrets.all(connection))
    for batch in _batches(path, loaded, _Rules(allowed=allowed, secrets=names)):
        with database.writing() as connection:
            loaded.added.update(archive.load(connection, batch, cipher, trust_attestations=trust_attestations))
        written += len(batch)
        on_progress("records written to the database", written, total)
    return loaded


def _batches(path: Path, loaded: Loaded, rules: _Rules) -> Iterator[list[DataRecord]]:
    """Yield the records in an order for writing; add everything to report to *loaded*."""
    later: list[_Dated | Integration] = []
    yield from _grouped(_in_place(path, loaded, later, rules))
    dated = sorted((each for each in later if not isinstance(each, Integration)), key=lambda each: each.created_at)
    pairs = [(each, 0) for each in later if isinstance(each, Integration)]  # they may get their dates from their pacts
    yield from _grouped((each, 0) for each in dated)
    yield from _grouped(pairs)


def _in_place(
    path: Path, loaded: Loaded, later: list[_Dated | Integration], rules: _Rules
) -> Iterator[tuple[DataRecord, int]]:
    """Yield the records that keep their place, with their sizes; collect the others for *later*."""
    for record, size in files.records(path):
        if isinstance(record, Gap):
            loaded.gaps.append(record)
            continue
        loaded.brought[record.kind] += 1
        if isinstance(record, Content) and not is_sha_of(record.sha, record.text):
            loaded.other_identity.append(name(record))
        if isinstance(record, Result) and record.attestation is not None:
            loaded.attested.append(record.number)
        if isinstance(record, _Dated | Integration):
            later.append(record)
        elif isinstance(record, Webhook):
            yield _judged(record, rules, loaded), size
        else:
            yield record, size


def _judged(webhook: Webhook, rules: _Rules, loaded: Loaded) -> Webhook:
    """*webhook*, disabled with an entry in *loaded* if it breaks a rule for new webhooks.

    Raises:
        ArchiveError: if its headers are not texts by name.
    """
    headers = {} if webhook.headers is None else webhook.headers
    if not isinstance(headers, dict) or not all(isinstance(each, str) for each in headers.values()):
        raise ArchiveError(f"The {name(webhook)} has headers that are not names with texts; correct the file")
    webhook = replace(webhook, headers={key.lower(): value for key, value in headers.items()} or None)
    request = places.request(webhook)
    reasons = [f"its {field} {reason}" for field, reason in webhook_rules.problems(request, rules.allowed).items()]
    names = set().union(*request.references().values()) - rules.secrets
    reasons += [f"it refers to the secret '{each}', which does not exist" for each in sorted(names)]
    wrong_events = [webhook_rules.event_problem(each) for each in webhook.events]
    reasons += [f"each of its events {reason}" for reason in dict.fromkeys(wrong_events) if reason]
    if not (webhook.enabled and reasons):
        return webhook
    called = webhook.description or described(request)
    reason = f"it is disabled: {'; '.join(reasons)}. Change it, or the setting of the broker, and enable it"
    loaded.gaps.append(Gap(what=f"the webhook '{called}' ({webhook.uuid}), enabled", reason=reason, inherent=True))
    return replace(webhook, enabled=False)


def _grouped(sized: Iterable[tuple[DataRecord, int]]) -> Iterator[list[DataRecord]]:
    batch: list[DataRecord] = []
    total = 0
    for record, size in sized:
        batch.append(record)
        total += size
        if len(batch) >= _RECORDS_AT_ONCE or total >= _BYTES_AT_ONCE:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
