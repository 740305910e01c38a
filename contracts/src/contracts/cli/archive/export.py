"""The command that writes all data of our database to a file, which `contracts import` reads, or into a broker."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contracts.broker.store import archive, secrets
from contracts.broker.store.archive import places
from contracts.ci import exit_statuses
from contracts.ci.report import Reporter
from contracts.cli.archive import databases, files, sending
from contracts.cli.connections import BrokerCommand, connect, connecting, ending, logging_requests
from contracts.cli.progress import Progress
from contracts.model.archive.lines import End, Header, write
from contracts.model.archive.missing_secrets import without_secrets
from contracts.model.archive.records import ArchiveError, Gap, Record, Webhook
from contracts.model.secrets import Secret


if TYPE_CHECKING:
    from contracts.broker.store.database import Database
    from contracts.broker.vault import Vault


_EXIT = """\b
Examples:
  contracts export archive.jsonl
  contracts export --to https://broker.example.com

\b
Exit status with --to: 0 everything that the API can transfer was sent;
1 something was refused, and is listed as MISSING; 2 wrong usage;
4 broker unreachable or refusing: run it again to continue."""


@click.command(name="export", cls=BrokerCommand, short_help="Write all data to a file or a broker.", epilog=_EXIT)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False, writable=True))
@click.option("--to", "target", metavar="URL", help="Replay the archive into this Pact Broker or PactFlow.")
@databases.option
@click.option("--with-secrets", is_flag=True, help="Include passwords and secret headers of webhooks; keep FILE safe.")
@click.option(
    "--fire-webhooks", is_flag=True, help="Continue even if enabled webhooks of that broker would be triggered."
)
@connecting(url=False)
def command(
    *,
    file: Path | None,
    target: str | None,
    database_url: str | None,
    with_secrets: bool,
    fire_webhooks: bool,
    **connection: Any,
) -> None:
    """Write all data of the database of `contracts broker` to FILE, into the broker at --to, or both.

    The broker may run at the same time. The same data gives the same file. You can run --to again: existing data stays
    as it is.
    """
    if file is None and target is None:
        raise click.UsageError("Nothing to write to. Give a FILE, or a broker's URL with --to")
    if file is not None and not file.absolute().parent.is_dir():
        raise click.UsageError(f"The folder {file.parent} for {file.name} does not exist")
    reporter = Reporter.from_environment(os.environ)
    context = click.get_current_context()
    with tempfile.TemporaryDirectory(prefix="archive-") as folder, ending(reporter):
        path = file or Path(folder) / "archive.jsonl"
        with databases.opened(database_url, must_exist=True) as opened:
            progress = Progress(lambda line: reporter.say(line, "dim"))
            written = _write(opened.database, path, progress, opened.vault if with_secrets else None)
        if file is not None:
            rows = [(kind, str(count)) for kind, count in written.items()]
            reporter.moved(f"Wrote the archive to {file}", ("Kind", "Written"), rows)
        if target is None:
            return
        with logging_requests(connection["log_level"], verbose=False), connect(connection, target) as broker:
            broker.check()
            records = partial(_records, path)
            try:
                complete = sending.send(broker, records, written, reporter, fire_webhooks=fire_webhooks)
            except ArchiveError as error:
                reporter.failed("export", [str(error)])
                complete = False
        context.exit(exit_statuses.YES if complete else exit_statuses.NO)


def _write(database: Database, path: Path, on_progress: Progress, vault: Vault | None) -> Counter[str]:
    """Write the data of *database* to the file at *path*; return the numbers of records by kind.

    Without a *vault*, secrets are left out.
    """
    written: Counter[str] = Counter()
    with database.reading() as connection, files.written(path) as lines:
        total = archive.count(connection)
        on_progress("records written", 0, total)
        lines.write(f"{write(Header())}\n")
        for stored in archive.everything(connection):
            for record in _without_secrets(stored) if vault is None else [places.readable(stored, vault)]:
                lines.write(f"{write(record)}\n")
                written[record.kind] += 1
            on_progress("records written", written.total(), total)
        for secret in secrets.all(connection):
            lines.write(f"{write(_named(secret))}\n")
        lines.write(f"{write(End())}\n")
    return written


def _without_secrets(record: Record) -> list[Record]:
    return without_secrets(record) if isinstance(record, Webhook) else [record]


def _named(secret: Secret) -> Gap:
    """Return the gap that a named secret leaves: no archive contains one."""
    reason = "named secrets are not exported; create it again"
    return Gap(what=f"the secret '{secret.name}'", reason=reason, inherent=True)


def _records(path: Path) -> Iterator[sending.Record]:
    return (record for record, _ in files.records(path))
