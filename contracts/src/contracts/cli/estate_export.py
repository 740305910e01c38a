"""The command that writes the estate of our database to a file, which `contracts import` reads."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click

from contracts.broker.store import estates
from contracts.cli import estate_databases, estate_files
from contracts.model.estate_lines import End, Header, write
from contracts.model.estates import Webhook, without_secrets
from contracts.pipeline.report import Reporter


@click.command(name="export", short_help="Write the whole estate to a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@estate_databases.option
@click.option("--with-secrets", is_flag=True, help="Also passwords and secret headers of webhooks; keep FILE safe.")
def command(*, file: Path, database_url: str | None, with_secrets: bool) -> None:
    """Write everything that the database of `contracts broker` holds to FILE.

    The broker may run meanwhile. The same estate gives the same file.
    """
    if not file.absolute().parent.is_dir():
        msg = f"There is no folder {file.parent} to write {file.name} to"
        raise click.UsageError(msg)
    reporter = Reporter.from_environment(os.environ)
    written: Counter[str] = Counter()
    with (
        estate_databases.opened(database_url, must_exist=True) as database,
        database.reading() as connection,
        estate_files.written(file) as lines,
    ):
        lines.write(f"{write(Header())}\n")
        for kept in estates.everything(connection):
            for record in [kept] if with_secrets or not isinstance(kept, Webhook) else without_secrets(kept):
                lines.write(f"{write(record)}\n")
                written[record.kind] += 1
        lines.write(f"{write(End())}\n")
    rows = [(kind, str(count)) for kind, count in written.items()]
    reporter.moved(f"Wrote the estate to {file}", ("Kind", "Written"), rows)
