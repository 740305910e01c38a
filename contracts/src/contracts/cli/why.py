"""`contracts why`: the causes of a verdict, each with its evidence and the next command to run."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import click

from contracts.ci.facts import facts_of
from contracts.ci.report import Reporter
from contracts.cli.pipeline import connected, credentials, ending
from contracts.model.cause_facts import Cause, Facts
from contracts.model.causes import explain
from contracts.model.plain_text import plain


_EPILOG = """\b
Example:
  contracts why --pacticipant web --version "$(git rev-parse HEAD)" --to-environment production

\b
Exit status: 0 explained; 2 wrong usage; 4 broker unreachable or refusing; 130 interrupted."""


@click.command("why", short_help="Explain why a version may or may not be deployed.", epilog=_EPILOG)
@click.option("-a", "--pacticipant", required=True, metavar="NAME", help="Name of the application.")
@click.option("-e", "--version", required=True, help="Version of the application: the commit's full hash.")
@click.option(
    "--to-environment",
    "--environment",
    "environment",
    required=True,
    metavar="NAME",
    help="Name of the environment to deploy to.",
)
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Format.")
@click.option(
    "-b",
    "--broker-base-url",
    envvar="PACT_BROKER_BASE_URL",
    show_envvar=True,
    required=True,
    help="URL of the Pact Broker or PactFlow.",
)
@credentials
def command(  # noqa: PLR0913 - one argument for each option
    *,
    pacticipant: str,
    version: str,
    environment: str,
    output: str,
    broker_base_url: str,
    broker_token: str | None,
    broker_username: str | None,
    broker_password: str | None,
) -> None:
    """Explain the answer of can-i-deploy to the same question.

    Each cause has a class, which docs/causes.md describes, the evidence for it, and the next command to run. Works with
    any Pact Broker.
    """
    reporter = Reporter.from_environment(os.environ)
    with (
        ending(reporter),
        connected(broker_base_url, broker_token, broker_username, broker_password) as broker,
    ):
        facts = facts_of(broker, pacticipant=pacticipant, version=version, environment=environment)
    causes = explain(facts)
    if output == "json":
        click.echo(json.dumps(_document(facts, causes), indent=2, ensure_ascii=False))
    else:
        _show(reporter, facts, causes)


def _document(facts: Facts, causes: Sequence[Cause]) -> dict[str, Any]:
    return {
        "pacticipant": facts.pacticipant,
        "version": facts.version,
        "environment": facts.environment,
        "deployable": None if facts.response is None else facts.response.deployable,
        "causes": [
            {"class": each.kind, "text": each.text, "evidence": dict(each.evidence), "command": each.command}
            for each in causes
        ],
    }


def _show(reporter: Reporter, facts: Facts, causes: Sequence[Cause]) -> None:
    deployable = None if facts.response is None else facts.response.deployable
    word = {True: "Yes", False: "No", None: "Unknown"}[deployable]
    reporter.say(f"{word}: version {facts.version} of {facts.pacticipant} to {facts.environment}", "bold")
    if not causes:
        reporter.say("Every required result exists and is a success.")
    for each in causes:
        reporter.say(f"\n{each.kind}", "bold")
        reporter.say(f"  {each.text}")
        for name, value in each.evidence.items():
            for item in [value] if isinstance(value, str) else value:
                reporter.say(f"    {name.replace('_', ' ')}: {plain(item)}", "dim")
        reporter.say(f"  → {each.command}")
