"""Commands about tags of a version."""

from __future__ import annotations

import click

from contracts.cli import builds, pages
from contracts.cli.builds import pacticipant_option, required_version_option, version_option
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, NotFound, UsageError


@click.command(
    "create-version-tag",
    cls=BrokerCommand,
    short_help="Add tags to a version.",
    epilog=epilog(
        "create-version-tag --pacticipant shop --version 1f3a9c --tag prod",
        "create-version-tag -a shop --tag-with-git-branch --auto-create-version",
    ),
)
@pacticipant_option
@version_option
@click.option("-t", "--tag", "tags", multiple=True, metavar="NAME", help="Tag to add; repeatable.")
@click.option("--auto-create-version", is_flag=True, help="Create the version if it does not exist.")
@click.option("-g", "--tag-with-git-branch", is_flag=True, help="Add the name of the current branch as a tag.")
@output("text")
@with_broker
def create_version_tag(
    *,
    broker: Broker,
    printer: Printer,
    pacticipant: str,
    version: str | None,
    tags: tuple[str, ...],
    auto_create_version: bool,
    tag_with_git_branch: bool,
) -> None:
    """Add tags to a version of an application.

    With environments and branches you rarely need tags: see record-deployment and publish --branch.
    """
    number = builds.detected_version(printer, version)
    names = [*tags]
    if tag_with_git_branch:
        branch = builds.detected_branch(printer)
        if branch is None:
            raise UsageError("The current branch is unknown (detached head or tag). Use --tag NAME.")
        names.append(branch)
    if not names:
        raise UsageError("No tag is given. Use --tag NAME or --tag-with-git-branch.")
    if not auto_create_version:
        try:
            broker.version(pacticipant, number)
        except NotFound as error:
            raise NotFound(f"{error} Or create it here: --auto-create-version") from error
    for name in names:
        broker.tag(pacticipant=pacticipant, version=number, tag=name)
    printer.done(
        f"Tagged version {number} of {pacticipant}: {', '.join(names)}.",
        {"pacticipant": pacticipant, "version": number, "tags": names},
        page=pages.version(broker, pacticipant, number),
    )


@click.command(
    "delete-version-tag",
    cls=BrokerCommand,
    short_help="Remove a tag from a version.",
    epilog=epilog("delete-version-tag --pacticipant shop --version 1f3a9c --tag prod"),
)
@pacticipant_option
@required_version_option
@click.option("-t", "--tag", required=True, metavar="NAME", help="Tag to remove.")
@output("text")
@with_broker
def delete_version_tag(*, broker: Broker, printer: Printer, pacticipant: str, version: str, tag: str) -> None:
    """Remove a tag from a version of an application."""
    broker.remove_tag(pacticipant=pacticipant, version=version, tag=tag)
    printer.done(
        f"Removed tag {tag} from version {version} of {pacticipant}.",
        {"pacticipant": pacticipant, "version": version, "tags": [tag]},
    )


COMMANDS = (create_version_tag, delete_version_tag)
