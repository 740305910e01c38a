"""`contracts backup` and `contracts restore`: verified backups of the broker's database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from contracts.broker.actions import audits
from contracts.broker.settings import Settings
from contracts.broker.store import audit_trail, backups
from contracts.broker.store.backups import BackupBusy, BackupError, Facts, Options
from contracts.broker.store.database import Database
from contracts.broker.store.tables import audit_entries
from contracts.broker.vault import Vault
from contracts.cli import database_errors
from contracts.cli.progress import Progress
from contracts.model.plain_text import plain


_KEYS = "PACT_BROKER_SECRETS_KEY"
FAILED = 1
BUSY = 3

_BACKUP_EXIT = """\b
Examples:
  contracts backup broker.backup
  contracts backup broker.dump --database-url postgresql://…

\b
Exit status: 0 written and verified; 1 not, and nothing is written;
2 wrong usage; 3 another process makes a backup; 4 database cannot be used;
130 interrupted."""
_RESTORE_EXIT = """\b
Examples:
  contracts restore broker.backup --database-url sqlite:///new.sqlite3
  contracts restore broker.backup --replace

\b
Exit status: 0 restored and verified; 1 not, and nothing is changed;
2 wrong usage; 4 database cannot be used; 130 interrupted."""

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_database_url = click.option(
    "--database-url", help="sqlite:///FILE or postgresql://…  [default: as for `contracts broker`]"
)
_tools = click.option(
    "--postgresql-tools",
    "tools",
    type=click.Path(file_okay=False, exists=True),
    help="Folder of pg_dump and pg_restore  [default: found in PATH and the usual places]",
)


@click.command(name="backup", short_help="Back up the database, also while it is in use.", epilog=_BACKUP_EXIT)
@_file
@_database_url
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists, once the new backup is verified")
@_tools
@click.option(
    "--verification-url", metavar="URL", help="PostgreSQL server for the temporary database  [default: the same]"
)
def backup(
    file: Path, database_url: str | None, tools: str | None, verification_url: str | None, *, overwrite: bool
) -> None:
    """Write a backup of the broker's database to FILE, and verify it. The broker may run, and write.

    The backup is restored into a temporary database, and compared with the snapshot that it was made from. FILE has
    everything but the settings and the keys of secrets, and only its owner may read it.
    """
    with _prepared(
        database_url=database_url,
        database_backup_tools=tools,
        database_backup_verification_url=verification_url,
    ) as (settings, database):
        _say(f"Backing up {database.shown} …")
        options = Options.of(settings)
        facts = backups.make(database, file, Progress(_say), overwrite=overwrite, options=options)
        click.echo(f"Backed up {database.shown} to {file} ({file.stat().st_size:,} bytes).")
        click.echo(f"Verified by a restore into a temporary database: {_text(facts, database)}.")
        click.echo(_remark_on_keys(settings, database, restored=False))


@click.command(name="restore", short_help="Restore a backup of the database.", epilog=_RESTORE_EXIT)
@_file
@_database_url
@click.option("--replace", is_flag=True, help="Replace a database with data, which stays under another name")
@_tools
def restore(file: Path, database_url: str | None, tools: str | None, *, replace: bool) -> None:
    """Restore FILE, a backup, into the broker's database, and verify it. Stop the broker first.

    The database must be new or empty, unless --replace is set.
    """
    with _prepared(database_url=database_url, database_backup_tools=tools) as (settings, database):
        _say(f"Restoring {file} …")
        options = Options.of(settings)
        facts, predecessor = backups.restore(file, database, Progress(_say), replace=replace, options=options)
        if audit_entries.name in facts.rows:  # tables of an older version have no audit log
            with audit_trail.recording(audits.of_command("restore", {"from": file.name})), database.writing():
                pass
        click.echo(f"Restored {file} into {database.shown}.")
        click.echo(f"Verified: {_text(facts, database)}.")
        if predecessor:
            place = predecessor if database.sqlite else f"the database {predecessor}"
            click.echo(f"The replaced data is in {place}. Delete it when you no longer need it.")
        click.echo(_remark_on_keys(settings, database, restored=True))


COMMANDS = (backup, restore)


@contextmanager
def _prepared(**options: object) -> Iterator[tuple[Settings, Database]]:
    """Provide the settings and their database; report the errors of backups."""
    with database_errors.reported():
        settings = Settings.from_environment(os.environ, **options)
        database = Database(settings.database_url)  # no limit for statements: they read whole tables
        try:
            yield settings, database
        except (BackupError, BackupBusy) as error:
            click.echo(f"Error: {error}.", err=True)
            raise click.exceptions.Exit(BUSY if isinstance(error, BackupBusy) else FAILED) from error
        finally:
            database.dispose()


def _say(line: str) -> None:
    """Progress goes to standard error, so the output does not depend on the duration."""
    click.echo(line, err=True)


def _text(facts: Facts, database: Database) -> str:
    intact = "its file is intact" if database.sqlite else "its constraints and indexes hold"
    rows = f"each of {len(facts.rows)} tables has as many rows as the original, {sum(facts.rows.values()):,} in all"
    pact = f"the newest pact can be read: {plain(facts.newest_pact)}" if facts.newest_pact else "there is no pact"
    return f"{intact}; its revision is {facts.revision}; {rows}; {pact}"


def _remark_on_keys(settings: Settings, database: Database, *, restored: bool) -> str:
    """Say where the keys are, without which encrypted secrets cannot be read."""
    vault = Vault(settings, database)
    if vault.file is not None:
        file = vault.file.absolute()
        if not vault.file.exists():
            return (
                f"If the broker had secrets, copy the file of their keys to {file}: it is not in a backup."
                if restored
                else f"No key encrypts secrets yet: there is no file {file}."
            )
        place = f"the file {file}"
    elif not settings.configures_keys:
        return f"No key encrypts secrets: {_KEYS} is not set."
    else:
        place = (
            f"what the command in {_KEYS}_COMMAND prints" if settings.secrets_key_command else f"the variable {_KEYS}"
        )
    return f"The keys of its secrets are not in a backup: keep a copy of {place}, in another place."
