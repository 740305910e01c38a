"""`contracts fake-ci`: the workflows of this repository's applications, played on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from contracts.ci import exit_statuses
from contracts.ci.interrupts import Interrupted
from contracts.ci.projects import Declaration, Project
from contracts.ci.report import terminal
from contracts.ci.wrapping import columns_for
from contracts.client import UsageError
from contracts.fake_ci import play
from contracts.fake_ci.discovery import applications_of
from contracts.fake_ci.display import Display
from contracts.fake_ci.setting import Setting


INTERRUPTED = 130
_EPILOG = """\b
Examples:
  contracts fake-ci
  contracts fake-ci shop --verbose
  PACT_BROKER_BASE_URL=https://broker.example.com contracts fake-ci

\b
Exit status: 0 everything passed; 1 something failed; 2 wrong usage;
4 the broker does not answer."""


@click.command("fake-ci", short_help="Play the workflows of this repository.", epilog=_EPILOG)
@click.argument("application", required=False)
@click.option("--fresh", is_flag=True, help="Start with an empty embedded broker.")
@click.option("--webhook", is_flag=True, help="Also create webhooks on a configured broker.")
@click.option("--lose-verification", is_flag=True, help="Lose the first build that a webhook requests; fresh.")
@click.option("-v", "--verbose", is_flag=True, help="Also print a table of all steps.")
def command(*, application: str | None, fresh: bool, webhook: bool, lose_verification: bool, verbose: bool) -> None:
    """Play the GitHub workflows of this repository's applications, with a broker between them.

    All providers come first, then all consumers; with APPLICATION, only that one. The applications are those of
    [tool.contracts] in pyproject.toml, or the workflows that publish or verify pacts. Lines run in clones of the
    repository and in a virtual environment of their own. Uncommitted changes are included.

    The broker is the one in PACT_BROKER_BASE_URL, or an embedded one in .contracts/.

    With --lose-verification, GitHub's stand-in accepts the first webhook and starts nothing, as if the build were lost:
    the embedded broker, which starts empty, notices after 10 seconds and requests the verification again.
    """
    try:
        project = applications_of(Path.cwd())
        setting = _setting(project, verbose=verbose, loses_verification=lose_verification)
        if application is None:
            outcome = play.fake_ci(setting, fresh=fresh, webhook=webhook)
        else:
            outcome = play.play_one(setting, _named(project, application))
    except exit_statuses.EXPECTED as error:
        click.echo("\n".join(exit_statuses.reasons(error)), err=True)
        raise click.exceptions.Exit(exit_statuses.exit_status(error)) from error
    except Interrupted as interrupted:
        click.echo(str(interrupted), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    if not outcome.passed:
        raise click.exceptions.Exit(exit_statuses.NO)


def _setting(project: Project, *, verbose: bool, loses_verification: bool) -> Setting:
    console = terminal()
    return Setting(
        project=project,
        environ=os.environ,
        display=Display(console=console, columns=columns_for(console, os.environ), verbose=verbose),
        command="contracts fake-ci",
        serve_command="contracts broker --database-url sqlite:///.contracts/broker.sqlite3",
        isolated=True,
        loses_verification=loses_verification,
    )


def _named(project: Project, name: str) -> Declaration:
    application = project.named(name)
    if application is None:
        names = ", ".join(each.name for each in project.applications)
        raise UsageError(f"This repository has no application {name!r}. It has: {names}")
    return application
