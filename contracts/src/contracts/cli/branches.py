"""Commands about branches of an application."""

from __future__ import annotations

import click

from contracts.cli import pages
from contracts.cli.builds import pacticipant_option
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, NotFound


@click.command(
    "delete-branch",
    cls=BrokerCommand,
    short_help="Delete a branch of an application.",
    epilog=epilog("delete-branch --pacticipant shop --branch feature/x"),
)
@pacticipant_option
@click.option("--branch", required=True, metavar="NAME", help="Branch to delete.")
@click.option(
    "--error-when-not-found",
    type=bool,
    default=False,
    show_default=True,
    metavar="true|false",
    help="Whether a branch that does not exist is an error.",
)
@output("text")
@with_broker
def delete_branch(
    *, broker: Broker, printer: Printer, pacticipant: str, branch: str, error_when_not_found: bool
) -> None:
    """Delete a branch. Its versions and pacts stay, but consumer version selectors no longer find them by branch."""
    record = {"pacticipant": pacticipant, "branch": branch, "deleted": True}
    try:
        broker.delete_branch(pacticipant=pacticipant, branch=branch)
    except NotFound as error:
        if error_when_not_found:
            raise
        printer.done(f"Nothing to delete: {error}", record | {"deleted": False})
        return
    printer.done(f"Deleted branch {branch} of {pacticipant}.", record, page=pages.application(broker, pacticipant))


@click.command(
    "list-branches",
    cls=BrokerCommand,
    short_help="List the branches of an application.",
    epilog=epilog("list-branches --pacticipant shop", "list-branches -a shop --output json"),
)
@pacticipant_option
@output("table")
@with_broker
def list_branches(*, broker: Broker, printer: Printer, pacticipant: str) -> None:
    """List the branches of an application, the most recently used first."""
    names = broker.branches(pacticipant)
    records = [{"pacticipant": pacticipant, "branch": name} for name in names]
    printer.records(records, columns=("branch",), none=f"{pacticipant} has no branches yet.")


COMMANDS = (delete_branch, list_branches)
