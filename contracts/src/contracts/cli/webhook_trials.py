"""Commands that try webhooks: dry runs, curl commands and replays. Only the Contracts broker has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from contracts.ci import exit_statuses
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.cli.webhooks import find
from contracts.client import Broker
from contracts.client.webhook_decisions import DryRun


_UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"


def _trial_options(function: Callable[..., Any]) -> Callable[..., Any]:
    options = [
        click.option("--uuid", required=True, metavar="UUID", help="UUID of the webhook."),
        click.option("--event", metavar="NAME", help="Event.  [default: the webhook's first]"),
        click.option("--consumer", metavar="NAME", help="Consumer of the contract.  [default: the newest contract's]"),
        click.option("--provider", metavar="NAME", help="Provider of the contract."),
        click.option("--version", metavar="NUMBER", help="Consumer version, with --consumer and --provider."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command(
    "dry-run-webhook",
    cls=BrokerCommand,
    short_help="Show what an event would send, and send nothing.",
    epilog=epilog(
        f"dry-run-webhook --uuid {_UUID}",
        f"dry-run-webhook --uuid {_UUID} --event contract_published --consumer shop --provider stock",
    ),
)
@_trial_options
@output("text")
@with_broker
def dry_run_webhook(*, broker: Broker, printer: Printer, uuid: str, **trial: str | None) -> None:
    """Show the request that an event would send, or why it would send none. Nothing is sent.

    The exit status is 1 if the event would not trigger the webhook, or the broker does not allow the request.
    """
    find(broker, uuid)
    tried = broker.dry_run_webhook(uuid, **trial)
    problem = tried.problem or tried.request.get("problem")
    printer.done(_sentence(tried, problem), _record(tried))
    if printer.form == "text":
        printer.reporter.say(f"\n{tried.curl}")
    if problem or not tried.triggered:
        click.get_current_context().exit(exit_statuses.NO)


@click.command(
    "webhook-curl",
    cls=BrokerCommand,
    short_help="Print a webhook as a curl command.",
    epilog=epilog(f"webhook-curl --uuid {_UUID}", f"webhook-curl --uuid {_UUID} --event contract_published"),
)
@_trial_options
@with_broker
def webhook_curl(*, broker: Broker, printer: Printer, uuid: str, **trial: str | None) -> None:
    """Print the request of a webhook as a curl command, to try it in a shell.

    A placeholder such as <AUTHORIZATION> is a secret, which the broker does not show.
    """
    find(broker, uuid)
    printer.reporter.say(broker.dry_run_webhook(uuid, **trial).curl)


@click.command(
    "replay-webhook",
    cls=BrokerCommand,
    short_help="Send a delivery again.",
    epilog=epilog(f"replay-webhook --delivery {_UUID}"),
)
@click.option("--delivery", required=True, metavar="UUID", help="UUID of the delivery, as in webhook-log.")
@output("text")
@with_broker
def replay_webhook(*, broker: Broker, printer: Printer, delivery: str) -> None:
    """Send the webhook of a delivery again, for the same event, with the webhook as it is now."""
    log = broker.replay_delivery(delivery)
    printer.done("The broker sends the webhook again.", {"delivery": delivery, "log": log})
    if printer.form == "text":
        printer.remark(f"Its log: {log}")


def _sentence(tried: DryRun, problem: str | None) -> str:
    pact = tried.pact
    contract = f" of {pact['consumer']} {pact['consumerVersion']} and {pact['provider']}" if pact else ""
    if not tried.triggered:
        return f"{tried.event}{contract} would not trigger the webhook: {tried.text}"
    if problem:
        return f"{tried.event}{contract} would trigger the webhook, but it could not be sent: {problem}"
    return f"{tried.event}{contract} would send this request:"


def _record(tried: DryRun) -> OutputRecord:
    return {
        "event": tried.event,
        "triggered": tried.triggered,
        "reason": tried.reason,
        "text": tried.text,
        "problem": tried.problem,
        "consumer": tried.pact["consumer"] if tried.pact else None,
        "consumerVersion": tried.pact["consumerVersion"] if tried.pact else None,
        "provider": tried.pact["provider"] if tried.pact else None,
        "request": tried.request,
        "curl": tried.curl,
    }


COMMANDS = (dry_run_webhook, webhook_curl, replay_webhook)
