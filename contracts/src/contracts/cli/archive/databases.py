"""The database of `contracts broker`, to import into or to export from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.broker.store.database import Database
from contracts.broker.vault import Vault
from contracts.cli import database_errors


option = click.option(
    "--database-url", help="Same as for `contracts broker`  [default: PACT_BROKER_DATABASE_URL, or its default]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A database, the settings that name it, and the vault for its secrets."""

    database: Database
    settings: Settings
    vault: Vault


@contextmanager
def opened(database_url: str | None, *, must_exist: bool = False) -> Iterator[Opened]:
    """The database at *database_url*, or of the settings, brought up to date; it is created unless it *must_exist*.

    Raises:
        click.UsageError: if the settings cannot be used.
        click.exceptions.Exit: if the database cannot be used; the reason is printed.
    """
    with database_errors.reported():
        settings = Settings.from_environment(os.environ, database_url=database_url)
        database = Database(settings.database_url)  # no limit for statements: batches are large
        try:
            if must_exist:
                migrations.require(database)
            migrations.prepare(database)
            yield Opened(database=database, settings=settings, vault=Vault(settings, database))
        finally:
            database.dispose()
