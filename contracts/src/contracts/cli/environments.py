"""Commands about environments."""

from __future__ import annotations

import click

from contracts.cli import pages
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker, Conflict, Invalid, UsageError
from contracts.client.documents import Environment


_COLUMNS = ("name", "displayName", "production", "uuid")
_uuid = click.option("--uuid", metavar="UUID", help="UUID of the environment.")
_by_name = click.option("--name", metavar="NAME", help="Name of the environment, instead of --uuid.")
_contact_name = click.option("--contact-name", metavar="TEXT", help="Person or team that is responsible.")
_contact_email = click.option("--contact-email-address", metavar="EMAIL", help="Their e-mail address.")


@click.command(
    "create-environment",
    cls=BrokerCommand,
    short_help="Create an environment.",
    epilog=epilog(
        "create-environment --name production --production", "create-environment --name test --display-name 'Test 1'"
    ),
)
@click.option("--name", required=True, metavar="NAME", help="Name of the environment, without spaces.")
@click.option("--display-name", metavar="TEXT", help="Display name.")
@click.option(
    "--production/--no-production",
    default=False,
    show_default=True,
    help="Whether it is a production environment.",
)
@_contact_name
@_contact_email
@output("text", more=["id"])
@with_broker
def create_environment(
    *,
    broker: Broker,
    printer: Printer,
    name: str,
    display_name: str | None,
    production: bool,
    contact_name: str | None,
    contact_email_address: str | None,
) -> None:
    """Create an environment to deploy or release to."""
    try:
        environment = broker.create_environment(
            name,
            production=production,
            display_name=display_name,
            contact_name=contact_name,
            contact_email_address=contact_email_address,
        )
    except Invalid as error:
        if name not in {each.name for each in broker.environments()}:
            raise
        raise Conflict(
            f"The broker has the environment {name!r} already. Use it as it is, or choose another name."
        ) from error
    sentence = f"Created environment {environment.name} ({environment.uuid})."
    printer.done(sentence, _record(environment), page=pages.environment(broker, environment.uuid))


@click.command(
    "update-environment",
    cls=BrokerCommand,
    short_help="Change an environment.",
    epilog=epilog("update-environment --uuid 28c58027-9c93-45f9-8eb2-485c16c1aeb1 --display-name Live"),
)
@click.option("--uuid", required=True, metavar="UUID", help="UUID of the environment.")
@click.option("--name", metavar="NAME", help="New name.")
@click.option("--display-name", metavar="TEXT", help="New display name.")
@click.option("--production/--no-production", default=None, help="Whether it is a production environment.")
@_contact_name
@_contact_email
@output("text", more=["id"])
@with_broker
def update_environment(
    *,
    broker: Broker,
    printer: Printer,
    uuid: str,
    name: str | None,
    display_name: str | None,
    production: bool | None,
    contact_name: str | None,
    contact_email_address: str | None,
) -> None:
    """Change the given properties of an environment; the others stay."""
    environment = broker.update_environment(
        uuid,
        name=name,
        display_name=display_name,
        production=production,
        contact_name=contact_name,
        contact_email_address=contact_email_address,
    )
    sentence = f"Changed environment {environment.name} ({environment.uuid})."
    printer.done(sentence, _record(environment), page=pages.environment(broker, environment.uuid))


@click.command(
    "delete-environment",
    cls=BrokerCommand,
    short_help="Delete an environment.",
    epilog=epilog("delete-environment --uuid 28c58027-9c93-45f9-8eb2-485c16c1aeb1", "delete-environment --name test"),
)
@_uuid
@_by_name
@output("text")
@with_broker
def delete_environment(*, broker: Broker, printer: Printer, uuid: str | None, name: str | None) -> None:
    """Delete an environment, with its deployments and releases."""
    environment = _find(broker, uuid, name)
    broker.delete_environment(environment.uuid)
    printer.done(f"Deleted environment {environment.name} ({environment.uuid}).", _record(environment))


@click.command(
    "describe-environment",
    cls=BrokerCommand,
    short_help="Show an environment.",
    epilog=epilog("describe-environment --name production", "describe-environment --name production --output json"),
)
@_uuid
@_by_name
@output("text")
@with_broker
def describe_environment(*, broker: Broker, printer: Printer, uuid: str | None, name: str | None) -> None:
    """Show an environment: its names, purpose and contact."""
    printer.record(_record(_find(broker, uuid, name)))


@click.command(
    "list-environments",
    cls=BrokerCommand,
    short_help="List the environments.",
    epilog=epilog("list-environments", "list-environments --output json"),
)
@output("table")
@with_broker
def list_environments(*, broker: Broker, printer: Printer) -> None:
    """List all environments, with their UUIDs."""
    records = [
        {"name": each.name, "displayName": each.display_name, "production": each.production, "uuid": each.uuid}
        for each in broker.environments()
    ]
    none = "The broker has no environments yet. Create one: contracts create-environment --name production --production"
    printer.records(records, columns=_COLUMNS, none=none)


def _find(broker: Broker, uuid: str | None, name: str | None) -> Environment:
    if uuid is not None and name is None:
        return broker.environment_by_uuid(uuid)
    if name is not None and uuid is None:
        return broker.environment(name)
    raise UsageError("Which environment? Use --uuid or --name.")


def _record(environment: Environment) -> OutputRecord:
    return {
        "name": environment.name,
        "displayName": environment.display_name,
        "production": environment.production,
        "contactName": environment.contact_name,
        "contactEmailAddress": environment.contact_email_address,
        "uuid": environment.uuid,
    }


COMMANDS = (create_environment, update_environment, delete_environment, describe_environment, list_environments)
