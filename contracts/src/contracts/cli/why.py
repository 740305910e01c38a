"""`contracts why`: the causes of a verdict, each with its evidence and the next command to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from contracts.ci.facts import facts_of
from contracts.ci.report import Reporter
from contracts.cli.connections import with_broker
from contracts.cli.gate_selectors import SelectorCommand, question, question_options
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker
from contracts.client.questions import Question
from contracts.model.cause_classes import Cause
from contracts.model.cause_facts import Facts
from contracts.model.causes import explain


@click.command(
    "why",
    cls=SelectorCommand,
    short_help="Explain the answer of can-i-deploy.",
    epilog=epilog(
        "why --pacticipant web --to-environment production",
        "why -a web --branch feature/x -a stock --main-branch --output json",
        statuses="0 explained; 2 wrong usage; 4 broker unreachable or refusing; 130 interrupted.",
    ),
)
@question_options(required=True)
@output("text")
@with_broker
def command(*, broker: Broker, printer: Printer, environment: str | None, tag_of_others: str | None) -> None:
    """Explain the answer of can-i-deploy to the same question.

    Each cause has a class, which docs/causes.md describes, the evidence for it, and the next command to run. Works with
    any Pact Broker.
    """
    subject = question(printer, environment, tag_of_others)
    facts = facts_of(broker, subject)
    causes = explain(facts)
    if printer.form == "json":
        printer.record(_document(subject, facts, causes))
    else:
        _show(printer.reporter, subject, facts, causes)


def _document(subject: Question, facts: Facts, causes: Sequence[Cause]) -> dict[str, Any]:
    first = facts.subjects[0]
    return {
        "question": str(subject),
        "pacticipant": first.pacticipant,
        "version": first.version,
        "environment": facts.target.environment,
        "deployable": None if facts.response is None else facts.response.deployable,
        "causes": [each.document() for each in causes],
    }


def _show(reporter: Reporter, subject: Question, facts: Facts, causes: Sequence[Cause]) -> None:
    deployable = None if facts.response is None else facts.response.deployable
    word = {True: "Yes", False: "No", None: "Unknown"}[deployable]
    reporter.say(f"{subject} {word}", "bold")
    if not causes:
        reporter.say("Every required result exists and is a success.")
    reporter.causes(causes)
