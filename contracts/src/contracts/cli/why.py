"""`contracts why`: the causes of a verdict, each with its evidence and the next command to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from contracts.ci.facts import facts_of
from contracts.ci.pact_facts import facts_of_pact
from contracts.ci.webhook_facts import facts_of_webhook
from contracts.cli.connections import with_broker
from contracts.cli.gate_selectors import SelectorCommand, question, question_options, selected
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.cli.webhooks import find
from contracts.client import Broker, UsageError
from contracts.client.questions import Question
from contracts.model.attestations import Attestation
from contracts.model.cause_classes import Cause
from contracts.model.causes import explain
from contracts.model.matrix_documents import ResponseRow
from contracts.model.pact_causes import explain_pact
from contracts.model.webhook_causes import explain_webhook


@click.command(
    "why",
    cls=SelectorCommand,
    short_help="Explain a verdict, a pact or a webhook.",
    epilog=epilog(
        "why --pacticipant web --to-environment production",
        "why -a web --branch feature/x -a stock --main-branch --output json",
        "why --pact https://broker/pacts/provider/stock/consumer/web/version/1f3a9c",
        "why --webhook 48ce7b2c-8d6a-4a39-9f1b-0d8a3c2f5e11",
        statuses="0 explained; 2 wrong usage; 4 broker unreachable or refusing; 130 interrupted.",
    ),
)
@question_options(required=False)
@click.option("--pact", "pact_url", metavar="URL", help="Instead: why is this pact verified or not, pending or WIP?")
@click.option("--webhook", "webhook_uuid", metavar="UUID", help="Instead: why was this webhook sent or not?")
@output("text")
@with_broker
def command(
    *,
    broker: Broker,
    printer: Printer,
    environment: str | None,
    tag_of_others: str | None,
    pact_url: str | None,
    webhook_uuid: str | None,
) -> None:
    """Explain the answer of can-i-deploy to the same question, the state of a pact, or what a webhook did.

    Each cause has a class, which docs/causes.md describes, the evidence for it, and the next command to run. Works with
    any Pact Broker.
    """
    if (pact_url is not None) + (webhook_uuid is not None) + bool(selected()[0]) != 1:
        raise UsageError("Give one of --pacticipant, --pact and --webhook.")
    if pact_url is not None:
        _explain_pact(broker, printer, pact_url)
    elif webhook_uuid is not None:
        _explain_webhook(broker, printer, webhook_uuid)
    else:
        _explain_verdict(broker, printer, question(printer, environment, tag_of_others))


def _explain_verdict(broker: Broker, printer: Printer, subject: Question) -> None:
    facts = facts_of(broker, subject)
    causes = explain(facts)
    deployable = None if facts.response is None else facts.response.deployable
    first = facts.subjects[0]
    fields: dict[str, Any] = {
        "question": str(subject),
        "pacticipant": first.pacticipant,
        "version": first.version,
        "environment": facts.target.environment,
        "deployable": deployable,
    }
    rows = () if facts.response is None else facts.response.rows
    builds = [(row, row.attestation) for row in rows if row.attestation is not None]
    if builds:
        fields["attestations"] = [_attestation(row, build) for row, build in builds]
    word = {True: "Yes", False: "No", None: "Unknown"}[deployable]
    _print(printer, f"{subject} {word}", fields, causes or "Every required result exists and is a success.")
    if printer.form != "json":
        for row, build in builds:
            printer.reporter.say(
                f"  {row.provider.name} {row.provider.number}, for {row.consumer.name}: published by {build}"
            )


def _attestation(row: ResponseRow, build: Attestation) -> dict[str, Any]:
    provider = {"provider": row.provider.name, "providerVersion": row.provider.number}
    return {"consumer": row.consumer.name, **provider, "result": row.result_url, "build": asdict(build)}


def _explain_pact(broker: Broker, printer: Printer, url: str) -> None:
    facts = facts_of_pact(broker, url)
    fields = {
        "pact": url,
        "consumer": facts.consumer.name,
        "consumerVersion": facts.consumer.number,
        "provider": facts.provider,
        "pending": facts.pending,
        "wip": facts.wip,
    }
    title = f"The pact of version {facts.consumer.number} of {facts.consumer.name} with {facts.provider}"
    _print(printer, title, fields, explain_pact(facts))


def _explain_webhook(broker: Broker, printer: Printer, uuid: str) -> None:
    facts = facts_of_webhook(broker, find(broker, uuid))
    fields = {"webhook": uuid, "description": facts.description, "enabled": facts.enabled}
    _print(printer, f"The webhook {facts.description}", fields, explain_webhook(facts))


def _print(printer: Printer, title: str, fields: dict[str, Any], causes: Sequence[Cause] | str) -> None:
    """Print *causes*, or the text that replaces them if there are none."""
    listed = [] if isinstance(causes, str) else causes
    if printer.form == "json":
        printer.record(fields | {"causes": [each.document() for each in listed]})
        return
    printer.reporter.say(title, "bold")
    if isinstance(causes, str):
        printer.reporter.say(causes)
    printer.reporter.causes(listed)
