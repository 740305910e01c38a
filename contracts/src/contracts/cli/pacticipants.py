"""Commands about applications: the protocol's word is pacticipant."""

from __future__ import annotations

import click

from contracts.cli import pages
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker
from contracts.client.documents import Pacticipant


@click.command(
    "create-or-update-pacticipant",
    cls=BrokerCommand,
    short_help="Create or change an application.",
    epilog=epilog(
        "create-or-update-pacticipant --name shop --main-branch main",
        "create-or-update-pacticipant --name shop --repository-url https://github.com/acme/shop",
    ),
)
@click.option("--name", required=True, metavar="NAME", help="Name of the application.")
@click.option("--display-name", metavar="TEXT", help="Display name.")
@click.option("--main-branch", metavar="NAME", help="Main branch of its repository.")
@click.option("--repository-url", metavar="URL", help="URL of its repository.")
@output("text")
@with_broker
def create_or_update_pacticipant(
    *,
    broker: Broker,
    printer: Printer,
    name: str,
    display_name: str | None,
    main_branch: str | None,
    repository_url: str | None,
) -> None:
    """Create an application, or change the given properties of an existing one."""
    pacticipant = broker.create_or_update_pacticipant(
        name, display_name=display_name, main_branch=main_branch, repository_url=repository_url
    )
    printer.done(f"Saved application {name}.", _record(pacticipant), page=pages.application(broker, name))


@click.command(
    "describe-pacticipant",
    cls=BrokerCommand,
    short_help="Show an application.",
    epilog=epilog("describe-pacticipant --name shop", "describe-pacticipant --name shop --output json"),
)
@click.option("--name", required=True, metavar="NAME", help="Name of the application.")
@output("text")
@with_broker
def describe_pacticipant(*, broker: Broker, printer: Printer, name: str) -> None:
    """Show an application: its display name, main branch and repository."""
    printer.record(_record(broker.pacticipant(name)))


@click.command(
    "list-pacticipants",
    cls=BrokerCommand,
    short_help="List the applications.",
    epilog=epilog("list-pacticipants", "list-pacticipants --output json"),
)
@output("table")
@with_broker
def list_pacticipants(*, broker: Broker, printer: Printer) -> None:
    """List all applications, by name."""
    records = [_record(each) for each in broker.pacticipants()]
    columns = ("name", "displayName", "mainBranch", "repositoryUrl")
    printer.records(records, columns=columns, none="The broker has no applications yet.")


def _record(pacticipant: Pacticipant) -> OutputRecord:
    return {
        "name": pacticipant.name,
        "displayName": pacticipant.display_name,
        "mainBranch": pacticipant.main_branch,
        "repositoryUrl": pacticipant.repository_url,
    }


COMMANDS = (create_or_update_pacticipant, describe_pacticipant, list_pacticipants)
