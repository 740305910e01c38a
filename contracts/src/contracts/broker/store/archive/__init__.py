"""Archives in SQL: each record is written once, and stored data is read as the same records.

So an import compares records: an equal one is left alone, a different one is a conflict. Nothing here raises events:
an import triggers no webhook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Table, func, select, text
from sqlalchemy.exc import IntegrityError

from contracts.broker.store import attestations
from contracts.broker.store.archive import applications, contracts, places, results, versions
from contracts.broker.store.archive.names import Names
from contracts.broker.store.tables import verifications
from contracts.model.archive.records import ArchiveError, DataRecord, Integration, Result, name
from contracts.model.attestations import Source
from contracts.model.secrets import Cipher


_AT_ONCE = 500
_LARGE_AT_ONCE = 50
_NEW_AT_ONCE = 5_000


class RecordKind(Protocol):
    """One kind of record: its table, and how it is read and written."""

    @property
    def record(self) -> type:
        """The class of its records."""
        ...

    @property
    def table(self) -> Table:
        """The table with a row for each."""
        ...

    @property
    def large(self) -> bool:
        """Whether a record may be megabytes."""
        ...

    def among(self, names: Names, records: Sequence[Any]) -> ColumnElement[bool]:
        """The condition that a row has the key of one of *records*."""
        ...

    def read(self, connection: Connection, which: ColumnElement[bool], limit: int) -> dict[int, Any]:
        """The first *limit* records that meet a condition, by the id of their row, which orders them."""
        ...

    def write(self, names: Names, records: Sequence[Any]) -> None:
        """Add *records*, none of which exists."""
        ...


# a record comes after those that it refers to
_KINDS: tuple[RecordKind, ...] = (
    applications.Pacticipants(),
    applications.Environments(),
    applications.Branches(),
    versions.Versions(),
    contracts.Contents(),
    contracts.Pacts(),
    results.Results(),
    contracts.Integrations(),
    places.Deployments(),
    places.Releases(),
    places.Webhooks(),
)


class ArchiveConflict(ArchiveError):
    """The database has different data in the place of a record; the message names both."""


def load(
    connection: Connection,
    records: Sequence[DataRecord],
    cipher: Cipher | None = None,
    *,
    trust_attestations: bool = False,
) -> Counter[str]:
    """Add those of *records* that do not exist yet; return their numbers by kind. *cipher* is for webhooks' secrets.

    Attestations are added also to results that exist, and count only if the caller trusts them.

    Raises:
        ArchiveConflict: if one exists with a different content, or its place is taken.
        ArchiveError: if one refers to a record that is neither in the database nor among *records*.
    """
    added: Counter[str] = Counter()
    for kind in _KINDS:
        those = list({each.key: each for each in reversed(records) if isinstance(each, kind.record)}.values())
        if those:
            new = _missing(connection, kind, those[::-1], cipher)
            _write(connection, kind, new, cipher=cipher)
            added[those[0].kind] += len(new)
    builds = {each.number: each.attestation for each in records if isinstance(each, Result) and each.attestation}
    source = Source.TRUSTED_IMPORT if trust_attestations else Source.IMPORT
    attestations.add_imported(connection, builds, datetime.now(UTC), source)
    return added


def add(connection: Connection, records: Iterable[DataRecord]) -> None:
    """Add *records*, none of which exists: without a comparison this is several times faster.

    Raises:
        ArchiveConflict: if the place of one is taken.
        ArchiveError: if one refers to a record that is neither in the database nor among *records*.
    """
    groups: dict[type, list[DataRecord]] = {}
    for each in records:
        groups.setdefault(type(each), []).append(each)
    for kind in _KINDS:
        group = groups.get(kind.record, [])
        for start in range(0, len(group), _NEW_AT_ONCE):
            _write(connection, kind, group[start : start + _NEW_AT_ONCE], copies=True)


def next_result_number(connection: Connection) -> int:
    """The number of the next result."""
    return (connection.scalar(select(func.max(verifications.c.id))) or 0) + 1


def analyse(connection: Connection) -> None:
    """Let the database count the rows of its tables, so that it plans for them."""
    connection.execute(text("ANALYZE"))


def count(connection: Connection) -> int:
    """The number of records that `everything` yields."""
    return sum(connection.scalar(select(func.count()).select_from(kind.table)) or 0 for kind in _KINDS)


def everything(connection: Connection) -> Iterator[DataRecord]:
    """Yield every record, in the order in which an archive file needs them."""
    for kind in _KINDS:
        last, limit = 0, _LARGE_AT_ONCE if kind.large else _AT_ONCE
        while batch := kind.read(connection, kind.table.c.id > last, limit):
            yield from batch.values()
            last = max(batch)


def _missing(
    connection: Connection, kind: RecordKind, records: Sequence[DataRecord], cipher: Cipher | None
) -> list[DataRecord]:
    stored = kind.read(connection, kind.among(Names(connection), records), len(records))
    existing = {each.key: places.readable(each, cipher) for each in stored.values()}
    for each in records:
        if each.key in existing and (differences := _differences(each, existing[each.key])):
            raise ArchiveConflict(f"The {name(each)} exists already, and differs: {differences}")
    return [each for each in records if each.key not in existing]


def _differences(record: DataRecord, stored: DataRecord) -> str:
    """The differences between two records in words; empty if they are equal."""
    match record, stored:
        case Result(), Result():
            stored = replace(
                stored,
                first_with_tags=stored.first_with_tags if record.first_with_tags is not None else None,
                attestation=(record.attestation and stored.attestation) or record.attestation,
            )
        case Integration(), Integration():
            stored = replace(
                stored,
                created_at=record.created_at and stored.created_at,
                contract_data_updated_at=record.contract_data_updated_at and stored.contract_data_updated_at,
            )
    if record == stored:
        return ""
    fields = [each for each in record.__slots__ if getattr(record, each) != getattr(stored, each)]
    return "; ".join(f"{each} is {_short(stored, each)}, not {_short(record, each)}" for each in fields)


def _short(record: DataRecord, field: str) -> str:
    longest = 100
    value = repr(getattr(record, field))
    return value if len(value) <= longest else f"{value[:longest]}…"


def _write(
    connection: Connection,
    kind: RecordKind,
    records: Sequence[DataRecord],
    *,
    copies: bool = False,
    cipher: Cipher | None = None,
) -> None:
    if not records:
        return
    try:
        with connection.begin_nested():
            kind.write(Names(connection, copies=copies, cipher=cipher), records)
    except IntegrityError:
        _write_singly(connection, kind, records, cipher)


def _write_singly(
    connection: Connection, kind: RecordKind, records: Iterable[DataRecord], cipher: Cipher | None
) -> None:
    """Write *records* one by one, to find the one whose place is taken."""
    for each in records:
        try:
            with connection.begin_nested():
                kind.write(Names(connection, cipher=cipher), [each])
        except IntegrityError as error:
            raise ArchiveConflict(f"Other data has the place of the {name(each)}: {str(error.orig).strip()}") from error
