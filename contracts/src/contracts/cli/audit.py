"""`contracts audit`: what changed in the broker or was refused. Only the Contracts broker has such a log."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, Any

import click

from contracts.ci import exit_statuses
from contracts.cli import database_errors
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker
from contracts.model import audit
from contracts.model.audit import BEGINNING, Entry, Kind, Mark, Unreadable, Verified
from contracts.private_files import open_private


COLUMNS = ("at", "actor", "method", "resource", "names", "status", "address")
_MOST = 100
_MARK = f"1204:{'5e0d' * 16}"


def _mark(_context: click.Context, _option: click.Parameter, value: str | None) -> Mark | None:
    try:
        return None if value is None else Mark.of(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--since", metavar="TIME", help="Only since this time, such as 2026-11-28T20:15:00Z."),
        click.option("--until", metavar="TIME", help="Only before this time."),
        click.option("--subject", metavar="TEXT", help="Only of this token:UUID, account:NAME or other subject."),
        click.option("--type", "kind", type=click.Choice([each.value for each in Kind]), help="Only of this type."),
        click.option("--name", metavar="TEXT", help="Only with this in a name, the path or the account."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group("audit", short_help="List, export or verify the audit log.")
def command() -> None:
    """What changed in the broker or was refused: who, what, when and from where."""


@command.command(
    "list",
    cls=BrokerCommand,
    short_help="List entries of the audit log.",
    epilog=epilog("audit list", "audit list --type refusal", "audit list --name web --since 2026-11-01"),
)
@_filters
@click.option("--limit", type=click.IntRange(1), default=_MOST, show_default=True, help="At most this many.")
@output("table")
@with_broker
def list_entries(*, broker: Broker, printer: Printer, limit: int, **filters: str | None) -> None:
    """List entries of the audit log, the newest first; this needs a token of an administrator."""
    entries = broker.audit_entries(newest_first=True, limit=limit, **filters)
    printer.records(list(map(_record, entries)), columns=COLUMNS, none="There are no such entries.")


@command.command(
    "export",
    cls=BrokerCommand,
    short_help="Write the audit log as JSON lines.",
    epilog=epilog("audit export audit.jsonl", "audit export --since 2026-11-01 | jq .subject"),
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@_filters
@with_broker
def export(*, broker: Broker, printer: Printer, file: Path | None, **filters: str | None) -> None:
    """Write the entries to FILE or standard output, the oldest first, one JSON object in a line.

    `contracts audit verify --file` checks a file without filters. It is readable for its owner alone.
    """
    count = 0
    with _lines(file) as lines:
        for entry in broker.audit_entries(**filters):  # type: ignore[arg-type]  # all are texts
            lines.write(f"{json.dumps(entry.document())}\n")
            count += 1
    if file is not None:
        printer.remark(f"Wrote {count} entries to {file}.")


@command.command(
    "verify",
    short_help="Check that the audit log was not altered.",
    epilog=epilog(
        "audit verify --database-url sqlite:///pact_broker.sqlite3",
        f"audit verify --expect {_MARK[:9]}…",
        "audit verify --file audit.jsonl",
        statuses="0 intact; 1 altered; 2 wrong usage; 4 database cannot be used; 130 interrupted.",
    ),
)
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: as for `contracts broker`]")
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="An export, instead of the database."
)
@click.option("--after", metavar="NUMBER:DIGEST", callback=_mark, help="The entry before the first one of --file.")
@click.option(
    "--expect",
    metavar="NUMBER:DIGEST",
    callback=_mark,
    help="An entry that an earlier run printed: it must still be the same.",
)
def verify(*, database_url: str | None, file: Path | None, after: Mark | None, expect: Mark | None) -> None:
    """Check the digest of each entry, and print the last one.

    Note what it prints, on another machine, and name it with --expect next time: without it, somebody who can write to
    the database could compute all digests again.
    """
    if after is not None and file is None:
        raise click.UsageError("--after needs --file. The database knows its first entry.")
    verified = _of_file(file, after, expect) if file is not None else _of_database(database_url, expect)
    if verified.problem:
        click.echo(f"The audit log was altered: {verified.problem}. {verified.count} entries before it are intact.")
        raise click.exceptions.Exit(exit_statuses.NO)
    click.echo(f"The audit log is intact: {verified.count} entries. The last one is {verified.last}")


def _of_database(database_url: str | None, expected: Mark | None) -> Verified:
    from contracts.broker.actions import audits  # noqa: PLC0415, needs the extra `broker`
    from contracts.broker.app import connected  # noqa: PLC0415
    from contracts.broker.settings import Settings  # noqa: PLC0415

    with database_errors.reported():
        settings = Settings.from_environment(os.environ, database_url=database_url)
        # a check changes nothing, not even the tables
        with connected(replace(settings, auto_migrate_db=False), must_exist=True) as runtime:
            return audits.verify(runtime.database, expected)


def _of_file(path: Path, after: Mark | None, expected: Mark | None) -> Verified:
    with path.open(encoding="utf-8") as lines:
        entries = audit.read_lines(lines)
        try:
            first = next(entries, None)
        except Unreadable as error:
            raise click.UsageError(f"{path} is not an export of the audit log: {error}") from error
        if first is None:
            return audit.verify((), after or BEGINNING, expected)
        if first.mark.number > 1 and after is None:
            raise click.UsageError(
                f"{path} begins with entry {first.mark.number}. Name the entry before it with --after, as the end of "
                "an earlier export or of `contracts audit verify` has it."
            )
        return audit.verify(chain([first], entries), after or BEGINNING, expected)


@contextmanager
def _lines(file: Path | None) -> Iterator[IO[str]]:
    if file is None:
        yield sys.stdout
        return
    with os.fdopen(open_private(file, os.O_TRUNC), "w", encoding="utf-8", newline="\n") as lines:
        yield lines


def _record(entry: Entry) -> OutputRecord:
    document = entry.document()
    names = [f"{name} {value}" for name, value in entry.act.names.items()]
    return {**document, "at": f"{entry.act.at:%Y-%m-%d %H:%M:%S}", "names": names}
