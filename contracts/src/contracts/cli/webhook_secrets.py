"""`contracts webhook`: the secrets that sign deliveries. Only the Contracts broker has them."""

from __future__ import annotations

import click

from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.cli.webhooks import find
from contracts.client import Broker


DEFAULT_HOURS = 24
SHOWN_ONCE = "It is shown only now. The receiver verifies deliveries with it."
_UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
_uuid = click.option("--uuid", required=True, metavar="UUID", help="UUID of the webhook.")


@click.group("webhook", short_help="Replace or remove a signing secret.")
def command() -> None:
    """The secret by which the receiver of a webhook verifies that a delivery comes from the broker."""


@command.command(
    "rotate-secret",
    cls=BrokerCommand,
    short_help="Create or replace the signing secret.",
    epilog=epilog(f"webhook rotate-secret --uuid {_UUID}", f"webhook rotate-secret --uuid {_UUID} --old-valid-for 0"),
)
@_uuid
@click.option(
    "--old-valid-for",
    type=click.IntRange(0, 720),
    default=DEFAULT_HOURS,
    show_default=True,
    metavar="HOURS",
    help="Sign with the previous secret too for so long.",
)
@output("text")
@with_broker
def rotate_secret(*, broker: Broker, printer: Printer, uuid: str, old_valid_for: int) -> None:
    """Give a webhook a new signing secret and print it; it is shown only now."""
    find(broker, uuid)
    secret = broker.rotate_signing_secret(uuid, old_valid_for_hours=old_valid_for)
    printer.done(f"{secret}\n{SHOWN_ONCE}", {"uuid": uuid, "signingSecret": secret})


@command.command(
    "remove-secret",
    cls=BrokerCommand,
    short_help="Sign no deliveries any more.",
    epilog=epilog(f"webhook remove-secret --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def remove_secret(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Remove the signing secret of a webhook; its deliveries are unsigned from now on."""
    find(broker, uuid)
    broker.remove_signing_secret(uuid)
    printer.done(f"The deliveries of webhook {uuid} are unsigned from now on.", {"uuid": uuid})
