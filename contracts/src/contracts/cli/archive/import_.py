"""The command that copies all data of a broker, or of an archive file, into our database.

Data from a broker goes to a file first and is loaded when the file is complete. After an interruption, the next run
reads only the rest; the file stays as a copy.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from contracts.broker.actions import audits
from contracts.broker.store import audit_trail
from contracts.ci import exit_statuses
from contracts.ci.report import Reporter
from contracts.cli.archive import databases, loading
from contracts.cli.archive.files import Spool
from contracts.cli.archive.loading import Loaded
from contracts.cli.connections import BrokerCommand, connect, connecting, ending, logging_requests
from contracts.cli.progress import Progress
from contracts.client import Broker
from contracts.model.archive.records import ArchiveError
from contracts.model.redaction import without_password


_MOST_SHOWN = 20
_EXIT = """\b
Examples:
  contracts import --from https://broker.example.com
  contracts import --from archive.jsonl

\b
Exit status: 0 everything available was copied;
1 something was not, or the database has different data; 2 wrong usage;
4 broker or database unreachable or refusing;
130 interrupted: run it again to continue."""


@click.command(name="import", cls=BrokerCommand, short_help="Copy all data of another broker.", epilog=_EXIT)
@click.option("--from", "source", required=True, metavar="URL|FILE", help="A running broker, or an exported file.")
@click.option(
    "--file",
    "spool",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to store what was read from the broker  [default: HOST.archive.jsonl, in this folder]",
)
@click.option("--accept-other-identities", is_flag=True, help="Accept contents whose checksum does not match.")
@click.option(
    "--trust-attestations", is_flag=True, help="Count the attestations of results as if this broker had checked them."
)
@databases.option
@connecting(url=False)
def command(
    *,
    source: str,
    spool: Path | None,
    database_url: str | None,
    accept_other_identities: bool,
    trust_attestations: bool,
    **connection: Any,
) -> None:
    """Copy all data of another broker, or of an archive file, into the database of `contracts broker`.

    You can run it again: existing data stays as it is, and a difference is an error. No webhook is triggered.
    """
    reporter = Reporter.from_environment(os.environ)
    progress = Progress(lambda line: reporter.say(line, "dim"))
    with ending(reporter), databases.opened(database_url) as opened:
        try:
            path = Path(source)
            if source.startswith(("http://", "https://")):
                path = spool or _spool_of(source)
                with logging_requests(connection["log_level"], verbose=False), connect(connection, source) as broker:
                    _copy(broker, path, reporter, progress)
            elif not path.is_file():
                raise click.UsageError(f"{source} is neither a file nor the URL of a broker (https://…)")
            elif not accept_other_identities:
                reporter.say(f"Checking {path} ({path.stat().st_size:,} bytes)", "dim")
                loading.require_unchanged(path)
            options = {"from": without_password(source)} | ({"trust-attestations": "yes"} if trust_attestations else {})
            with audit_trail.recording(audits.of_command("import", options)):
                loaded = loading.load(
                    opened.database,
                    path,
                    progress,
                    opened.settings.allowed_webhooks,
                    cipher=opened.vault,
                    trust_attestations=trust_attestations,
                )
        except ArchiveError as error:
            reporter.failed("import", [str(error)])
            click.get_current_context().exit(exit_statuses.NO)
        _tell(reporter, source, loaded, trust_attestations=trust_attestations)
    click.get_current_context().exit(exit_statuses.YES if loaded.complete else exit_statuses.NO)


def _spool_of(url: str) -> Path:
    place = urlsplit(url)
    port = f"-{place.port}" if place.port else ""
    return Path(f"{place.hostname}{port}.archive.jsonl")


def _copy(broker: Broker, path: Path, reporter: Reporter, progress: Progress) -> None:
    """Read all data of *broker* into the file at *path*, or the rest of it."""
    reporter.say(f"Reading {broker.base_url}", "dim")
    broker.check()
    spool = Spool(path, broker.base_url)
    try:
        if spool.resumed:
            reporter.say(f"Continuing with {path}, which has {spool.resumed} records.", "dim")
        for record in broker.archive(spool.seen, progress):
            spool.add(record)
    except BaseException:
        spool.close()
        reporter.say(f"The records so far are in {path}: run the same command again to continue.", "yellow")
        raise
    spool.finish()


def _tell(reporter: Reporter, source: str, loaded: Loaded, *, trust_attestations: bool) -> None:
    rows = [
        (kind, str(count), str(loaded.added[kind]), str(count - loaded.added[kind]))
        for kind, count in loaded.brought.items()
    ]
    gaps = {each.what: each for each in loaded.gaps}.values()
    remarks = [f"not available: {each.what}: {each.reason}" for each in gaps if each.inherent]
    remarks += [f"MISSING: {each.what}: {each.reason}" for each in gaps if not each.inherent]
    remarks += _identities(loaded)
    if loaded.attested and not trust_attestations:
        remarks.append(
            f"attestations ({len(loaded.attested)}): shown, but they do not count where an environment requires them, "
            "because a file could claim any. If you know where this one comes from, add --trust-attestations"
        )
    reporter.moved(f"Copied the data of {source}", ("Kind", "Read", "Added", "There before"), rows, remarks)


def _identities(loaded: Loaded) -> list[str]:
    others, all_of_them = loaded.other_identity, loaded.brought["content"]
    if not others:
        return [f"the identities of all {all_of_them} contents were computed again, and match"]
    shown = ", ".join(others[:_MOST_SHOWN]) + (", …" if len(others) > _MOST_SHOWN else "")
    text = (
        f"{len(others)} of {all_of_them} contents keep an identity of the source that is not computed from them: "
        f"published again they count as new (merged pacts, or a source with other settings): {shown}"
    )
    return [text]
