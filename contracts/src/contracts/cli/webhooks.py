"""Commands about existing webhooks; `contracts.cli.webhook_creation` creates them."""

from __future__ import annotations

import click

from contracts.ci import exit_statuses
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.cli.webhook_records import COLUMNS, webhook_record
from contracts.client import Broker, NotFound, Webhook


_UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
_uuid = click.option("--uuid", required=True, metavar="UUID", help="UUID of the webhook.")


@click.command(
    "list-webhooks",
    cls=BrokerCommand,
    short_help="List the webhooks.",
    epilog=epilog("list-webhooks", "list-webhooks --provider stock --output json"),
)
@click.option("--consumer", metavar="NAME", help="Only webhooks for pacts of this consumer.")
@click.option("--provider", metavar="NAME", help="Only webhooks for pacts of this provider.")
@output("table")
@with_broker
def list_webhooks(*, broker: Broker, printer: Printer, consumer: str | None, provider: str | None) -> None:
    """List all webhooks, or those that apply to a consumer or provider."""
    records = [
        webhook_record(each)
        for each in broker.webhooks()
        if (consumer is None or consumer in (each.consumers or (each.consumer or consumer,)))
        and (provider is None or each.provider in {None, provider})
    ]
    such = "such webhooks" if consumer or provider else "webhooks"
    none = f"The broker has no {such}. Create one: contracts create-or-update-webhook --help"
    printer.records(records, columns=COLUMNS, none=none)


@click.command(
    "describe-webhook",
    cls=BrokerCommand,
    short_help="Show a webhook.",
    epilog=epilog(f"describe-webhook --uuid {_UUID}", f"describe-webhook --uuid {_UUID} --output json"),
)
@_uuid
@output("text")
@with_broker
def describe_webhook(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Show a webhook: its events, applications and request."""
    printer.record(webhook_record(find(broker, uuid)))


@click.command(
    "test-webhook",
    cls=BrokerCommand,
    short_help="Send a webhook now.",
    epilog=epilog(f"test-webhook --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def test_webhook(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Let the broker send a webhook now, and show the response. The exit status is 1 if it fails."""
    find(broker, uuid)
    execution = broker.execute_webhook(uuid)
    record = {
        "uuid": uuid,
        "success": execution.success,
        "status": execution.status,
        "error": execution.error,
        "log": execution.logs,
    }
    outcome = f"status {execution.status}" if execution.status is not None else execution.error or "no response"
    word = "succeeded" if execution.success else "failed"
    printer.done(f"The webhook {word}: {outcome}.", record)
    if printer.form == "text" and execution.logs and (printer.verbose or not execution.success):
        printer.reporter.say(execution.logs)
    if not execution.success:
        click.get_current_context().exit(exit_statuses.NO)


@click.command(
    "delete-webhook",
    cls=BrokerCommand,
    short_help="Delete a webhook.",
    epilog=epilog(f"delete-webhook --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def delete_webhook(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Delete a webhook."""
    webhook = find(broker, uuid)
    broker.delete_webhook(uuid)
    printer.done(f"Deleted webhook {webhook.description or uuid} ({uuid}).", webhook_record(webhook))


@click.command(
    "webhook-log",
    cls=BrokerCommand,
    short_help="Show the last deliveries of webhooks.",
    epilog=epilog("webhook-log --provider stock", f"webhook-log --uuid {_UUID} --log"),
)
@click.option("--uuid", metavar="UUID", help="Only deliveries of this webhook.")
@click.option("--consumer", metavar="NAME", help="Only deliveries for pacts of this consumer.")
@click.option("--provider", metavar="NAME", help="Only deliveries for pacts of this provider.")
@click.option("--log", "with_log", is_flag=True, help="Show what was sent and received.")
@output("table")
@with_broker
def webhook_log(
    *,
    broker: Broker,
    printer: Printer,
    uuid: str | None,
    consumer: str | None,
    provider: str | None,
    with_log: bool,
) -> None:
    """Show the last delivery of each webhook and event for each pair of applications."""
    webhook = find(broker, uuid) if uuid is not None else None
    consumer = consumer or (webhook.consumer if webhook else None)
    provider = provider or (webhook.provider if webhook else None)
    last = list(broker.deliveries(uuid=uuid, consumer=consumer, provider=provider))
    records = [
        {
            "webhook": each.webhook_uuid,
            "name": each.name,
            "event": each.event,
            "consumer": each.consumer,
            "provider": each.provider,
            "status": each.status,
            "attempts": each.attempts,
            "delivery": each.uuid,
            "triggeredAt": each.triggered_at,
            **({"log": broker.delivery_log(each)} if with_log else {}),
        }
        for each in last
    ]
    columns = ("triggeredAt", "name", "event", "consumer", "provider", "status", "attempts")
    printer.records(records, columns=columns, none="No webhook was sent.")
    if with_log and printer.form != "json":
        for record in records:
            printer.reporter.say(f"\n{record['name']} for {record['consumer']} and {record['provider']}", "bold")
            printer.reporter.say(str(record["log"]) or "Not sent yet.")


def find(broker: Broker, uuid: str) -> Webhook:
    """Return the webhook with this UUID.

    Raises:
        NotFound: if it does not exist; the message says how to list the webhooks.
    """
    try:
        return broker.webhook(uuid)
    except NotFound as error:
        raise NotFound(
            f"The broker has no webhook with the UUID {uuid!r}. List them: contracts list-webhooks"
        ) from error


COMMANDS = (list_webhooks, describe_webhook, test_webhook, delete_webhook, webhook_log)
