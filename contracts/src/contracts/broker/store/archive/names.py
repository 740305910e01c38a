"""The ids of rows by the names in records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Connection, Table, func, insert, literal, select, tuple_
from sqlalchemy.exc import IntegrityError

from contracts.broker.store.tables import branches, environments, pact_versions, pacticipants, versions
from contracts.model.archive.records import ArchiveError
from contracts.model.secrets import Cipher


_Names = TypeVar("_Names", tuple[str, str], tuple[str, str, str])


class _Ids(dict[str, int]):
    """Ids by name; a missing name is an error of the archive."""

    def __init__(self, what: str, ids: Mapping[str, int]) -> None:
        super().__init__(ids)
        self._what = what

    def __missing__(self, name: str) -> int:
        raise ArchiveError(f"The {self._what} '{name}' is named, but is neither in the database nor in the archive")


class Names:
    """Looks up ids for one batch of records, and inserts its rows; *copies* is for many rows that do not exist.

    *cipher* encrypts secrets; without it, none can be inserted.
    """

    def __init__(self, connection: Connection, *, copies: bool = False, cipher: Cipher | None = None) -> None:
        self.connection = connection
        self.cipher = cipher
        self._copies = copies and connection.dialect.name == "postgresql"

    def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert *rows*, all with the same columns, in their order; there may be none.

        PostgreSQL copies a hundred thousand rows three times as fast as it inserts them.

        Raises:
            IntegrityError: if a row is refused.
        """
        if not rows:
            return
        if not self._copies:
            self.connection.execute(insert(table), rows)
            return
        columns = [table.c[name] for name in rows[0]]
        dialect = self.connection.dialect
        processors = [(each.name, each.type.dialect_impl(dialect).bind_processor(dialect)) for each in columns]
        cursor = self.connection.connection.cursor()
        statement = f"COPY {table.name} ({', '.join(rows[0])}) FROM STDIN"
        try:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row([process(row[name]) if process else row[name] for name, process in processors])
        except dialect.loaded_dbapi.IntegrityError as error:
            raise IntegrityError(statement, None, error) from error
        finally:
            cursor.close()

    @cached_property
    def pacticipants(self) -> Mapping[str, int]:
        """The ids of all applications, by name."""
        rows = self.connection.execute(select(pacticipants.c.name, pacticipants.c.id))
        return _Ids("application", {row.name: row.id for row in rows})

    @cached_property
    def environments(self) -> Mapping[str, int]:
        """The ids of all environments, by name."""
        rows = self.connection.execute(select(environments.c.name, environments.c.id))
        return _Ids("environment", {row.name: row.id for row in rows})

    def branches(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The ids of branches, by application and name.

        Raises:
            ArchiveError: if one is missing.
        """
        keys_by_ids = {(self.pacticipants[owner], name): (owner, name) for owner, name in keys}
        query = select(branches.c.id, branches.c.pacticipant_id, branches.c.name).where(
            self._among((branches.c.pacticipant_id, branches.c.name), keys_by_ids)
        )
        ids_by_key = {keys_by_ids[row.pacticipant_id, row.name]: row.id for row in self.connection.execute(query)}
        _require("branch", keys, ids_by_key)
        return ids_by_key

    def versions(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The ids of versions, by application and number.

        Raises:
            ArchiveError: if one is missing.
        """
        keys_by_ids = {(self.pacticipants[owner], number): (owner, number) for owner, number in keys}
        query = select(versions.c.id, versions.c.pacticipant_id, versions.c.number).where(
            self._among((versions.c.pacticipant_id, versions.c.number), keys_by_ids)
        )
        ids_by_key = {keys_by_ids[row.pacticipant_id, row.number]: row.id for row in self.connection.execute(query)}
        _require("version", keys, ids_by_key)
        return ids_by_key

    def contents(self, keys: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
        """The ids of contents, by consumer, provider and sha.

        Raises:
            ArchiveError: if one is missing.
        """
        ids = self.pacticipants
        keys_by_ids = {
            (ids[consumer], ids[provider], sha): (consumer, provider, sha) for consumer, provider, sha in keys
        }
        columns = (pact_versions.c.consumer_id, pact_versions.c.provider_id, pact_versions.c.sha)
        query = select(pact_versions.c.id, *columns).where(self._among(columns, keys_by_ids))
        ids_by_key = {
            keys_by_ids[row.consumer_id, row.provider_id, row.sha]: row.id for row in self.connection.execute(query)
        }
        _require("content", keys, ids_by_key)
        return ids_by_key

    def _among(self, columns: Sequence[ColumnElement[Any]], rows: Collection[tuple[Any, ...]]) -> ColumnElement[bool]:
        """The condition that *columns* have the values of one of *rows*.

        PostgreSQL gets an array for each column: psycopg takes long to read a statement with thousands of parameters.
        """
        if self.connection.dialect.name != "postgresql" or not rows:
            return tuple_(*columns).in_(rows)
        lists = zip(*rows, strict=True)
        arrays = [literal(list(values), ARRAY(column.type)) for column, values in zip(columns, lists, strict=True)]
        table = func.unnest(*arrays).table_valued(*(f"value_{place}" for place in range(len(columns)))).render_derived()
        return tuple_(*columns).in_(select(*table.c))


def _require(what: str, keys: Collection[_Names], ids_by_key: Mapping[_Names, int]) -> None:
    if missing := [each for each in keys if each not in ids_by_key]:
        raise ArchiveError(
            f"The {what} {' '.join(missing[0])} is named, but is neither in the database nor in the archive"
        )
