"""`contracts clean`: remove old data on which no response depends."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.broker import settings as broker_settings
from contracts.broker.actions import audits, clean
from contracts.broker.actions.clean import Busy
from contracts.broker.app import connected
from contracts.broker.settings import Settings
from contracts.broker.store import audit_trail
from contracts.ci.results import short
from contracts.cli import database_errors
from contracts.cli.progress import Progress
from contracts.model import kept_selectors
from contracts.model.cleaning import Always, CleaningPlan, Edge, Share
from contracts.model.kept_selectors import InvalidSelectors
from contracts.model.plain_text import plain


NOT_CONFIRMED = 1
BUSY = 3
_WIDTH = 140
_FEW = 20
"""The largest number of applications that are listed one by one."""

_EXIT = """\b
Examples:
  contracts clean --dry-run
  contracts clean --limit 1000 --yes

\b
Exit status: 0 done, or nothing to do; 1 not confirmed; 2 wrong usage;
3 another process is cleaning; 4 database cannot be used; 130 interrupted."""


def _selectors(parse: Callable[[str], Any]) -> Callable[..., Any]:
    def parsed(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Any:
        try:
            return None if text is None else parse(text)
        except InvalidSelectors as error:
            raise click.BadParameter(str(error)) from None

    return parsed


@click.command(name="clean", short_help="Remove old data that no answer depends on.", epilog=_EXIT)
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: as for `contracts broker`]")
@click.option(
    "--keep",
    callback=_selectors(kept_selectors.parse_versions),
    help="Versions to keep, a JSON list of selectors  [default: heads of branches and tags, latest, deployed, "
    "released, 90 days]",
)
@click.option(
    "--keep-branches",
    callback=_selectors(kept_selectors.parse_branches),
    help="Branches to keep, a JSON list of selectors; [] keeps all  [default: used in 90 days]",
)
@click.option(
    "--limit", type=click.IntRange(1), help="Maximum number of objects of each kind to remove  [default: 500]"
)
@click.option(
    "--overwritten-max-age",
    type=click.IntRange(0),
    help="Days after which superseded pacts, results and deliveries go  [default: 7]",
)
@click.option("--dry-run/--no-dry-run", default=None, help="List what would be removed, and remove nothing")
@click.option("-y", "--yes", is_flag=True, help="Do not ask, on a terminal, before anything is removed")
@click.option("-v", "--verbose", is_flag=True, help="List every application, however many there are")
def command(
    database_url: str | None,
    keep: tuple[kept_selectors.KeptVersions, ...] | None,
    keep_branches: tuple[kept_selectors.KeptBranches, ...] | None,
    limit: int | None,
    overwritten_max_age: int | None,
    *,
    dry_run: bool | None,
    yes: bool,
    verbose: bool,
) -> None:
    """Remove old data on which no response depends.

    These versions are always kept: deployed or released ones, heads of branches, the latest of each application, and
    those with the latest pact of a pair; with everything that can-i-deploy and verification need to know about them.
    The defaults are those of the PACT_BROKER_DATABASE_CLEAN_* variables.
    """
    with database_errors.reported():
        settings = Settings.from_environment(
            os.environ,
            database_url=database_url,
            database_clean_keep_version_selectors=keep,
            database_clean_keep_branch_selectors=keep_branches,
            database_clean_deletion_limit=limit,
            database_clean_overwritten_data_max_age=overwritten_max_age,
            database_clean_dry_run=dry_run,
        )
        for warning in broker_settings.warnings(os.environ):
            click.echo(f"Warning: {warning}", err=True)
        try:
            _clean(settings, ask=not yes and _on_terminal(), verbose=verbose)
        except Busy as busy:
            click.echo(f"Error: {busy}", err=True)
            raise click.exceptions.Exit(BUSY) from busy


def _clean(settings: Settings, *, ask: bool, verbose: bool) -> None:
    # a dry run changes nothing, not even the tables
    migrates = settings.auto_migrate_db and not settings.database_clean_dry_run
    with connected(replace(settings, auto_migrate_db=migrates), must_exist=True) as broker:
        _say_aside("Looking for what can be removed …")
        planned = clean.plan(broker)
        _summarise(planned, settings)
        _print(planned, verbose=verbose)
        if settings.database_clean_dry_run:
            click.echo("Nothing was removed: it was a dry run.")
        elif any(planned.counts.values()):
            if ask and not click.confirm("Remove them?"):
                click.echo("Nothing was removed.")
                raise click.exceptions.Exit(NOT_CONFIRMED)
            with audit_trail.recording(audits.of_command("clean", {})):
                removed = clean.carry_out(broker, planned, Progress(_say_aside))
            click.echo(f"Removed: {_listed(removed)}.")


def _say_aside(line: str) -> None:
    """Progress goes to standard error, so the output does not depend on the duration."""
    click.echo(line, err=True)


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _summarise(planned: CleaningPlan, settings: Settings) -> None:
    """Print the totals: the removed versions, and the kept ones by reason."""
    click.echo(f"To remove: {_listed(planned.counts)}.")
    if planned.waiting:
        limit = settings.database_clean_deletion_limit
        click.echo(f"{planned.waiting:,} more versions may go in later runs: one removes at most {limit:,}.")
    stays: Counter[str] = Counter()
    for share in planned.shares:
        if share.reason is not None:
            stays[share.reason] += share.count
    click.echo(f"To keep: {stays.total():,} versions{':' if stays else '.'}")
    for reason, count in stays.most_common():
        click.echo(f"  {count:,}: {_because(reason)}")


def _because(reason: str) -> str:
    """The reason to keep a version: a rule as a sentence, or a selector."""
    return f"each {reason}" if reason in set(Always) else f"selected by {reason}"


def _print(planned: CleaningPlan, *, verbose: bool) -> None:
    """Print the numbers for each application; of many applications, those that lose the most versions."""
    by_application: dict[str, list[Share]] = {}
    for share in planned.shares:
        by_application.setdefault(share.pacticipant, []).append(share)
    if not by_application:
        return
    shown = list(by_application)
    if not verbose and len(by_application) > _FEW:
        lost = {name: sum(each.count for each in of if each.reason is None) for name, of in by_application.items()}
        shown = sorted((name for name in shown if lost[name]), key=lambda name: -lost[name])[:_FEW]
    click.echo()
    if shown:
        _table([share for name in shown for share in by_application[name]])
    hidden = len(by_application) - len(shown)
    if hidden and not shown:
        click.echo(f"None of {hidden:,} applications loses a version: --verbose lists them.")
    elif hidden:
        click.echo(f"… and {hidden:,} more applications, which lose fewer versions or none: --verbose lists them all.")


def _table(shares: Sequence[Share]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table("application", "versions", "", "oldest", "newest", box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    before = None
    for share in shares:
        name = "" if share.pacticipant == before else share.pacticipant
        before = share.pacticipant
        fate = "goes" if share.reason is None else f"stays: {share.reason}"
        style = "red" if share.reason is None else ""
        table.add_row(
            Text(plain(name)), str(share.count), Text(fate), _edge(share.oldest), _edge(share.newest), style=style
        )
    console.print(table)


def _edge(edge: Edge) -> Text:
    return Text(f"{short(plain(edge.number))} ({edge.created_at:%Y-%m-%d})")
