"""The ids of rows by the names in records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Connection, select, tuple_

from contracts.broker.store.tables import branches, environments, pact_versions, pacticipants, versions
from contracts.model.archive.records import ArchiveError


_Names = TypeVar("_Names", tuple[str, str], tuple[str, str, str])


class _Ids(dict[str, int]):
    """Ids by name; a missing name is an error of the archive."""

    def __init__(self, what: str, ids: Mapping[str, int]) -> None:
        super().__init__(ids)
        self._what = what

    def __missing__(self, name: str) -> int:
        raise ArchiveError(f"The {self._what} '{name}' is named, but is neither in the database nor in the archive")


class Names:
    """Looks up ids for one batch of records."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

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
            tuple_(branches.c.pacticipant_id, branches.c.name).in_(keys_by_ids)
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
            tuple_(versions.c.pacticipant_id, versions.c.number).in_(keys_by_ids)
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
        query = select(pact_versions.c.id, *columns).where(tuple_(*columns).in_(keys_by_ids))
        ids_by_key = {
            keys_by_ids[row.consumer_id, row.provider_id, row.sha]: row.id for row in self.connection.execute(query)
        }
        _require("content", keys, ids_by_key)
        return ids_by_key


def _require(what: str, keys: Collection[_Names], ids_by_key: Mapping[_Names, int]) -> None:
    if missing := [each for each in keys if each not in ids_by_key]:
        raise ArchiveError(
            f"The {what} {' '.join(missing[0])} is named, but is neither in the database nor in the archive"
        )
