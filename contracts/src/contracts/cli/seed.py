"""The command that fills a database with test data of any size."""

from __future__ import annotations

import os
import shlex
import time
from datetime import UTC, datetime

import click

from contracts.broker.actions import audits
from contracts.broker.actions import seed as action
from contracts.broker.settings import SETTINGS, Settings
from contracts.broker.store import audit_trail, migrations
from contracts.broker.store.database import Database
from contracts.cli import database_errors
from contracts.cli.helps import epilog
from contracts.model import seeds


@click.command(
    name="seed",
    short_help="Fill an empty database with test data.",
    epilog=epilog(
        "seed --database-url sqlite:///trial.sqlite3",
        "seed --pacts 100000 --seed 2",
        statuses="0 done; 2 wrong usage; 4 database cannot be used; 130 interrupted.",
    ),
)
@click.option("--pacts", type=click.IntRange(1), default=10_000, show_default=True, help="Smallest number of pacts")
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: sqlite:///pact_broker.sqlite3]")
@click.option("--seed", type=int, default=1, show_default=True, help="Random seed")
@click.option("--into-used", is_flag=True, help="Add to a database that is not empty")
def command(pacts: int, database_url: str | None, seed: int, into_used: bool) -> None:
    """Fill a database with applications, their pacts and results, to try the broker or to measure it.

    There are about two results for each pact. The same options make the same data, with a history that ends now. All
    of it is written or nothing, and a database that is not empty is refused.
    """
    started = time.monotonic()
    with database_errors.reported():
        settings = Settings.from_environment(os.environ, database_url=database_url)
        plan = seeds.plan(pacts, seed)
        database = Database(settings.database_url)
        try:
            migrations.prepare(database)
            _fill(database, plan, into_used=into_used)
        finally:
            database.dispose()
    url = SETTINGS["database_url"].kind.shown(settings.database_url)
    click.echo(
        f"Made in {time.monotonic() - started:.0f} s. To look at it: contracts broker --database-url {shlex.quote(url)}"
    )


def _fill(database: Database, plan: seeds.SeedPlan, *, into_used: bool) -> None:
    with database.reading() as connection:
        if not into_used and not action.is_empty(connection):
            raise click.ClickException(
                "The database is not empty. It is unchanged: name another one, or add to it with --into-used"
            )
        if action.is_written(connection, plan):
            raise click.ClickException("The database holds the data of `contracts seed` already: name another one")
    click.echo(f"{len(plan.applications):,} applications, {len(plan.pairs):,} pairs, {plan.rounds} rounds of builds")
    with audit_trail.recording(audits.of_command("seed", {})), database.writing() as connection:
        action.write(connection, plan, datetime.now(UTC), _report)


def _report(progress: action.RoundWritten) -> None:
    if progress.round % seeds.ROUNDS_OF_A_RELEASE == 0:
        click.echo(
            f"  round {progress.round} of {progress.rounds}: {progress.pacts:,} pacts, {progress.results:,} results"
        )
