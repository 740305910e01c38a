"""From the file of an estate into a database, in batches, and what is to be told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.broker.store import archive
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
    Webhook,
    name,
)
from contracts.model.contents import is_sha_of
from contracts.model.webhook_rules import Allowed
from contracts.model.webhooks import WebhookRequest, described


if TYPE_CHECKING:
    from contracts.broker.store.database import Database


_Dated = Pact | Deployment | Release  # ordered by when they came, wherever they stand

_RECORDS_AT_ONCE = 500
_BYTES_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a file *brought*, and what of it was not there before, by kind, and what it lacks.

    *other_identity* are the contents whose identity is not the one that is computed from them.
    """

    brought: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    other_identity: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether all came that could have."""
        return all(each.inherent for each in self.gaps)


def require_unchanged(path: Path) -> None:
    """Refuse the file at *path* where the text of a content is not the one that its identity was computed from.

    Raises:
        ArchiveError: if there is one; or if the file cannot be read.
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


def load(database: Database, path: Path, on_progress: Progress, allowed: Allowed) -> Loaded:
    """Bring what the file at *path* holds into *database*: each batch in a transaction of its own.

    What is there already is left as it is, so that a load that was interrupted is run again. An enabled webhook that
    is not *allowed* comes disabled, and a gap says why.

    Raises:
        ArchiveError: if the file cannot be read (nothing was written then), or the database holds something else.
    """
    total = files.check(path)
    loaded = Loaded()
    written = 0
    on_progress("records written to the database", written, total)
    for batch in _batches(path, loaded, allowed):
        with database.writing() as connection:
            loaded.added.update(archive.load(connection, batch))
        written += len(batch)
        on_progress("records written to the database", written, total)
    return loaded


def _batches(path: Path, loaded: Loaded, allowed: Allowed) -> Iterator[list[DataRecord]]:
    """The records in an order that they can be written in; what else is to be told goes to *loaded*."""
    later: list[_Dated | Integration] = []
    yield from _grouped(_in_place(path, loaded, later, allowed))
    dated = sorted((each for each in later if not isinstance(each, Integration)), key=lambda each: each.created_at)
    pairs = [(each, 0) for each in later if isinstance(each, Integration)]  # their pacts may have to date them
    yield from _grouped((each, 0) for each in dated)
    yield from _grouped(pairs)


def _in_place(
    path: Path, loaded: Loaded, later: list[_Dated | Integration], allowed: Allowed
) -> Iterator[tuple[DataRecord, int]]:
    """What is written where it stands, with its size; the rest is collected for *later*."""
    for record, size in files.records(path):
        if isinstance(record, Gap):
            loaded.gaps.append(record)
            continue
        loaded.brought[record.kind] += 1
        if isinstance(record, Content) and not is_sha_of(record.sha, record.text):
            loaded.other_identity.append(name(record))
        if isinstance(record, _Dated | Integration):
            later.append(record)
        elif isinstance(record, Webhook):
            yield _judged(record, allowed, loaded), size
        else:
            yield record, size


def _judged(webhook: Webhook, allowed: Allowed, loaded: Loaded) -> Webhook:
    """*webhook*, disabled where it breaks a rule of webhooks that are made here; *loaded* tells of it.

    Raises:
        ArchiveError: if its headers are not names with texts.
    """
    headers = {} if webhook.headers is None else webhook.headers
    if not isinstance(headers, dict) or not all(isinstance(each, str) for each in headers.values()):
        raise ArchiveError(f"The {name(webhook)} has headers that are not names with texts; correct the file")
    webhook = replace(webhook, headers={key.lower(): value for key, value in headers.items()} or None)
    request = WebhookRequest(method=webhook.method, url=webhook.url, headers=headers)
    reasons = [f"its {field} {reason}" for field, reason in webhook_rules.problems(request, allowed).items()]
    wrong_events = [webhook_rules.event_problem(each) for each in webhook.events]
    reasons += [f"each of its events {reason}" for reason in dict.fromkeys(wrong_events) if reason]
    if not (webhook.enabled and reasons):
        return webhook
    called = webhook.description or described(request)
    reason = f"it comes disabled: {'; '.join(reasons)}. Change it, or the setting of the broker, and enable it"
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
