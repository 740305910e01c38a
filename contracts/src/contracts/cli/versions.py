"""Commands about versions of an application."""

from __future__ import annotations

from collections.abc import Iterable

import click

from contracts.cli import builds, pages
from contracts.cli.builds import build_options, pacticipant_option, version_option
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker, UsageError
from contracts.client.documents import Version


_LATEST = ""  # --latest without a tag
_IN_ENVIRONMENT = ("version", "state", "applicationInstance", "environment")


@click.command(
    "create-or-update-version",
    cls=BrokerCommand,
    short_help="Create a version, or add branch and tags.",
    epilog=epilog(
        "create-or-update-version --pacticipant shop",
        "create-or-update-version -a shop -e 1f3a9c --branch main --tag prod",
    ),
)
@pacticipant_option
@version_option
@build_options
@click.option("-t", "--tag", "tags", multiple=True, metavar="NAME", help="Tag of the version; repeatable.")
@output("text")
@with_broker
def create_or_update_version(
    *,
    broker: Broker,
    printer: Printer,
    pacticipant: str,
    version: str | None,
    branch: str | None,
    build_url: str | None,
    auto_detect: bool,
    tags: tuple[str, ...],
) -> None:
    """Create a version of an application, or add a branch, tags and a build URL to an existing one."""
    build = builds.properties(printer, version=version, branch=branch, build_url=build_url, auto_detect=auto_detect)
    number = build.version
    broker.put_version(pacticipant, number, build_url=build.build_url)
    if build.branch is not None:
        broker.add_branch(pacticipant=pacticipant, version=number, branch=build.branch)
    for tag in tags:
        broker.tag(pacticipant=pacticipant, version=number, tag=tag)
    where = f" on branch {build.branch}" if build.branch else ""
    tagged = f", tagged {', '.join(tags)}" if tags else ""
    printer.done(
        f"Saved version {number} of {pacticipant}{where}{tagged}.",
        _record(pacticipant, broker.version(pacticipant, number)),
        page=pages.version(broker, pacticipant, number),
    )


@click.command(
    "describe-version",
    cls=BrokerCommand,
    short_help="Show a version, or those in an environment.",
    epilog=epilog(
        "describe-version --pacticipant shop",
        "describe-version -a shop --latest prod",
        "describe-version -a shop --environment production --output json",
    ),
)
@pacticipant_option
@click.option("-e", "--version", metavar="VERSION", help="Version of the application.  [default: the latest]")
@click.option(
    "-l",
    "--latest",
    is_flag=False,
    flag_value=_LATEST,
    metavar="[TAG]",
    help="The latest version, or the latest with TAG.",
)
@click.option("--environment", metavar="NAME", help="Show the versions in this environment instead.")
@click.option("--deployed", is_flag=True, help="With --environment: deployed versions only.")
@click.option("--released", is_flag=True, help="With --environment: released versions only.")
@output("table")
@with_broker
def describe_version(
    *,
    broker: Broker,
    printer: Printer,
    pacticipant: str,
    version: str | None,
    latest: str | None,
    environment: str | None,
    deployed: bool,
    released: bool,
) -> None:
    """Show a version of an application with its branches, tags and build; by default the latest version."""
    if sum(each is not None for each in (version, latest, environment)) > 1:
        raise UsageError("--version, --latest and --environment exclude each other. Use one of them.")
    if environment is None:
        if deployed or released:
            raise UsageError("--deployed and --released need --environment NAME.")
        description = (
            broker.version(pacticipant, version)
            if version is not None
            else broker.latest_version(pacticipant, tag=latest or None)
        )
        printer.record(_record(pacticipant, description))
        return
    records: list[OutputRecord] = []
    both = deployed == released
    if both or deployed:
        records += _deployed(broker, pacticipant, environment)
    if both or released:
        records += _released(broker, pacticipant, environment)
    printer.records(records, columns=_IN_ENVIRONMENT, none=f"No version of {pacticipant} is in {environment}.")


def _deployed(broker: Broker, pacticipant: str, environment: str) -> Iterable[OutputRecord]:
    for each in broker.currently_deployed(environment, pacticipant=pacticipant):
        yield {
            "pacticipant": pacticipant,
            "version": each.version,
            "state": "deployed",
            "applicationInstance": each.application_instance,
            "environment": environment,
        }


def _released(broker: Broker, pacticipant: str, environment: str) -> Iterable[OutputRecord]:
    for each in broker.currently_supported(environment, pacticipant=pacticipant):
        yield {
            "pacticipant": pacticipant,
            "version": each.version,
            "state": "released",
            "applicationInstance": None,
            "environment": environment,
        }


def _record(pacticipant: str, version: Version) -> OutputRecord:
    return {
        "pacticipant": pacticipant,
        "version": version.number,
        "branches": list(version.branches),
        "tags": list(version.tags),
        "buildUrl": version.build_url,
    }


COMMANDS = (create_or_update_version, describe_version)
