"""The command that fills a database with an estate of any size, to try a broker out and to measure it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import click

from contracts.broker.settings import Settings, shown
from contracts.broker.store import migrations, seeding
from contracts.broker.store.database import Database
from contracts.cli import usable
from contracts.model import seeds


@click.command(name="seed", short_help="Fill an empty database, to try a broker out.")
@click.option("--pacts", type=click.IntRange(1), default=10_000, show_default=True, help="How many at least")
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: sqlite:///pact_broker.sqlite3]")
@click.option("--seed", type=int, default=1, show_default=True, help="Random seed")
@click.option("--into-used", is_flag=True, help="Add to a database that is not empty")
def command(pacts: int, database_url: str | None, seed: int, into_used: bool) -> None:
    """Fill a database with an estate of applications, their pacts and results.

    For trying out and for measuring; about two results for each pact. The same numbers make the same estate, its
    history ending now. It is written whole or not at all, and refuses a database that holds something.
    """
    started = time.monotonic()
    with usable.required():
        settings = Settings.from_environment(os.environ, database_url=database_url)
        plan = seeds.plan(pacts, seed)
        database = Database(settings.database_url)
        try:
            migrations.prepare(database)
            _fill(database, plan, into_used=into_used)
        finally:
            database.dispose()
    url = shown("database_url", settings.database_url)
    click.echo(f"Made in {time.monotonic() - started:.0f} s. To look at it: contracts broker --database-url {url}")


def _fill(database: Database, plan: seeds.Plan, *, into_used: bool) -> None:
    with database.reading() as connection:
        if not into_used and not seeding.is_empty(connection):
            raise click.ClickException(
                "The database is not empty, and was left as it is; name another one, or say --into-used"
            )
        if seeding.is_written(connection, plan):
            raise click.ClickException("The database holds such an estate already; name another database")
    click.echo(f"{len(plan.applications):,} applications, {len(plan.pairs):,} pairs, {plan.rounds} rounds of builds")
    with database.writing() as connection:
        seeding.write(connection, plan, datetime.now(UTC), _tell)


def _tell(progress: seeding.Progress) -> None:
    if progress.done % seeds.ROUNDS_OF_A_RELEASE == 0:
        click.echo(
            f"  round {progress.done} of {progress.rounds}: {progress.pacts:,} pacts, {progress.results:,} results"
        )
