"""`contracts clean`: remove old data that nobody's answer depends on."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.broker import settings as known
from contracts.broker.actions import clean
from contracts.broker.actions.clean import Busy
from contracts.broker.app import connected
from contracts.broker.settings import Settings, SettingsError
from contracts.broker.store.database import DatabaseError
from contracts.broker.store.migrations import ForeignDatabase
from contracts.model import retention
from contracts.model.retention import InvalidSelectors


if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.model.cleaning import Edge, Plan


BUSY = 3
_WIDTH = 140


def _selectors(parse: Callable[[str], Any]) -> Callable[..., Any]:
    def parsed(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Any:  # noqa: ANN401, either kind of selectors
        try:
            return None if text is None else parse(text)
        except InvalidSelectors as error:
            raise click.BadParameter(str(error)) from None

    return parsed


@click.command(name="clean")
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: as for `contracts broker`]")
@click.option(
    "--keep",
    callback=_selectors(retention.parse_versions),
    help="Versions to keep, a JSON list of selectors  [default: heads of branches and tags, latest, deployed, "
    "released, 90 days]",
)
@click.option(
    "--keep-branches",
    callback=_selectors(retention.parse_branches),
    help="Branches to keep, a JSON list of selectors; [] keeps all  [default: used in 90 days]",
)
@click.option("--limit", type=click.IntRange(1), help="Remove at most as many of each kind  [default: 500]")
@click.option(
    "--overwritten-max-age",
    type=click.IntRange(0),
    help="Days after which superseded pacts, results and deliveries go  [default: 7]",
)
@click.option("--dry-run/--no-dry-run", default=None, help="Tell what would go, and remove nothing")
@click.option("-y", "--yes", is_flag=True, help="Do not ask, on a terminal, before anything is removed")
def command(
    database_url: str | None,
    keep: tuple[retention.KeptVersions, ...] | None,
    keep_branches: tuple[retention.KeptBranches, ...] | None,
    limit: int | None,
    overwritten_max_age: int | None,
    *,
    dry_run: bool | None,
    yes: bool,
) -> None:
    r"""Remove old data that no answer depends on.

    Whatever the selectors say, what is deployed, released, the head of a branch, the latest of an application, or holds
    the latest pact of a pair is kept, with everything that can-i-deploy and verification need to know about it. Each
    default is a PACT_BROKER_DATABASE_CLEAN_* variable's, where that is set.

    \b
    Exit status: 0 done (or nothing to do), 1 not done, 2 an option or variable that cannot be used,
    3 another process is cleaning.
    """
    try:
        settings = Settings.from_environment(
            os.environ,
            database_url=database_url,
            database_clean_keep_version_selectors=keep,
            database_clean_keep_branch_selectors=keep_branches,
            database_clean_deletion_limit=limit,
            database_clean_overwritten_data_max_age=overwritten_max_age,
            database_clean_dry_run=dry_run,
        )
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    for warning in known.warnings(os.environ):
        click.echo(f"Warning: {warning}", err=True)
    try:
        _clean(settings, ask=not yes and _on_terminal())
    except Busy as busy:
        click.echo(f"Error: {busy}", err=True)
        raise click.exceptions.Exit(BUSY) from busy
    except (DatabaseError, ForeignDatabase) as error:
        raise click.ClickException(str(error)) from error


def _clean(settings: Settings, *, ask: bool) -> None:
    # a dry run changes nothing, the tables neither
    told = replace(settings, auto_migrate_db=settings.auto_migrate_db and not settings.database_clean_dry_run)
    with connected(told, must_exist=True) as broker:
        planned = clean.plan(broker)
        _print(planned)
        click.echo(f"To remove: {_told(planned.counts)}.")
        if planned.waiting:
            limit = settings.database_clean_deletion_limit
            click.echo(f"{planned.waiting} more versions may go in later runs: one removes at most {limit}.")
        if settings.database_clean_dry_run:
            click.echo("Nothing was removed: it was a dry run.")
        elif any(planned.counts.values()):
            if ask:
                click.confirm("Remove them?", abort=True)
            click.echo(f"Removed: {_told(clean.carry_out(broker, planned))}.")


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _print(planned: Plan) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table("application", "", "versions", "oldest", "newest", box=None, pad_edge=False)
    before = None
    for share in planned.shares:
        name = "" if share.pacticipant == before else share.pacticipant
        before = share.pacticipant
        fate = "goes" if share.reason is None else f"stays: {share.reason}"
        style = "red" if share.reason is None else ""
        table.add_row(Text(name), Text(fate), str(share.count), _edge(share.oldest), _edge(share.newest), style=style)
    console.print(table)


def _edge(edge: Edge) -> Text:
    return Text(f"{edge.number} ({edge.created_at:%Y-%m-%d})")
