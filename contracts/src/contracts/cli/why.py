"""`contracts why`: the causes of a verdict, each with its evidence and the next command to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from contracts.ci.facts import facts_of
from contracts.ci.report import Reporter
from contracts.cli import builds
from contracts.cli.builds import environment_option, pacticipant_option, version_option
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker
from contracts.model.cause_facts import Cause, Facts
from contracts.model.causes import explain
from contracts.model.plain_text import plain


@click.command(
    "why",
    cls=BrokerCommand,
    short_help="Explain the answer of can-i-deploy.",
    epilog=epilog(
        "why --pacticipant web --to-environment production",
        "why -a web -e 1f3a9c --to-environment production --output json",
        statuses="0 explained; 2 wrong usage; 4 broker unreachable or refusing; 130 interrupted.",
    ),
)
@pacticipant_option
@version_option
@environment_option
@output("text")
@with_broker
def command(*, broker: Broker, printer: Printer, pacticipant: str, version: str | None, environment: str) -> None:
    """Explain the answer of can-i-deploy to the same question.

    Each cause has a class, which docs/causes.md describes, the evidence for it, and the next command to run. Works with
    any Pact Broker.
    """
    number = builds.detected_version(printer, version)
    facts = facts_of(broker, pacticipant=pacticipant, version=number, environment=environment)
    causes = explain(facts)
    if printer.form == "json":
        printer.record(_document(facts, causes))
    else:
        _show(printer.reporter, facts, causes)


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
