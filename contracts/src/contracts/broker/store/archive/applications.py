"""Applications with their labels, environments, and branches."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select, tuple_

from contracts.broker.store.archive.names import Names
from contracts.broker.store.tables import (
    branches,
    environments,
    labels,
    pacticipants,
)
from contracts.model.archive.records import Branch, Environment, Pacticipant


Which = ColumnElement[bool]


class Pacticipants:
    """Applications with their labels, which have no dates of their own in an archive."""

    record = Pacticipant
    table = pacticipants
    large = False

    def among(self, names: Names, records: Sequence[Pacticipant]) -> Which:  # noqa: ARG002, as of every kind
        """Those with the name of one of *records*."""
        return pacticipants.c.name.in_({each.name for each in records})

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Pacticipant]:
        """Applications by id."""
        rows = connection.execute(select(pacticipants).where(which).order_by(pacticipants.c.id).limit(limit)).all()
        labelled = select(labels.c.pacticipant_id, labels.c.name).where(
            labels.c.pacticipant_id.in_([row.id for row in rows])
        )
        labels_by_id: dict[int, list[str]] = {}
        for label in connection.execute(labelled):
            labels_by_id.setdefault(label.pacticipant_id, []).append(label.name)
        return {
            row.id: Pacticipant(
                name=row.name,
                display_name=row.display_name,
                repository_url=row.repository_url,
                repository_name=row.repository_name,
                repository_namespace=row.repository_namespace,
                main_branch=row.main_branch,
                labels=tuple(sorted(labels_by_id.get(row.id, ()))),
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Pacticipant]) -> None:
        """Add *records*."""
        rows = [
            {
                "name": each.name,
                "display_name": each.display_name,
                "repository_url": each.repository_url,
                "repository_name": each.repository_name,
                "repository_namespace": each.repository_namespace,
                "main_branch": each.main_branch,
                "created_at": each.created_at,
                "updated_at": each.updated_at,
            }
            for each in records
        ]
        names.insert(pacticipants, rows)
        names.insert(
            labels,
            [
                {"pacticipant_id": names.pacticipants[each.name], "name": label, "created_at": each.created_at}
                for each in records
                for label in each.labels
            ],
        )


class Environments:
    """Environments."""

    record = Environment
    table = environments
    large = False

    def among(self, names: Names, records: Sequence[Environment]) -> Which:  # noqa: ARG002, as of every kind
        """Those with the name of one of *records*."""
        return environments.c.name.in_({each.name for each in records})

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Environment]:
        """Environments by id."""
        rows = connection.execute(select(environments).where(which).order_by(environments.c.id).limit(limit))
        return {
            row.id: Environment(
                uuid=row.uuid,
                name=row.name,
                display_name=row.display_name,
                production=row.production,
                contacts=row.contacts,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Environment]) -> None:
        """Add *records*."""
        rows = [
            {
                "uuid": each.uuid,
                "name": each.name,
                "display_name": each.display_name,
                "production": each.production,
                "contacts": each.contacts,
                "created_at": each.created_at,
                "updated_at": each.updated_at,
            }
            for each in records
        ]
        names.insert(environments, rows)


class Branches:
    """Branches, without their heads."""

    record = Branch
    table = branches
    large = False

    def among(self, names: Names, records: Sequence[Branch]) -> Which:
        """Those with the key of one of *records*."""
        keys = {(names.pacticipants[each.pacticipant], each.name) for each in records}
        return tuple_(branches.c.pacticipant_id, branches.c.name).in_(keys)

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Branch]:
        """Branches by id."""
        query = (
            select(
                branches.c.id,
                pacticipants.c.name.label("pacticipant"),
                branches.c.name,
                branches.c.created_at,
                branches.c.updated_at,
            )
            .join(pacticipants, pacticipants.c.id == branches.c.pacticipant_id)
            .where(which)
            .order_by(branches.c.id)
            .limit(limit)
        )
        return {
            row.id: Branch(
                pacticipant=row.pacticipant, name=row.name, created_at=row.created_at, updated_at=row.updated_at
            )
            for row in connection.execute(query)
        }

    def write(self, names: Names, records: Sequence[Branch]) -> None:
        """Add *records*."""
        rows = [
            {
                "pacticipant_id": names.pacticipants[each.pacticipant],
                "name": each.name,
                "created_at": each.created_at,
                "updated_at": each.updated_at,
            }
            for each in records
        ]
        names.insert(branches, rows)
