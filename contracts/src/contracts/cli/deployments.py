"""Commands that record deployments and releases."""

from __future__ import annotations

import click

from contracts.cli import builds, pages
from contracts.cli.builds import environment_option, pacticipant_option, required_version_option, version_option
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker


_instance = click.option(
    "--application-instance",
    metavar="NAME",
    help="One of several instances that run side by side, such as blue.",
)


@click.command(
    "record-deployment",
    cls=BrokerCommand,
    short_help="Record that a version runs in an environment.",
    epilog=epilog(
        "record-deployment --pacticipant shop --environment production",
        "record-deployment -a shop -e 1f3a9c --environment production --application-instance blue",
    ),
)
@pacticipant_option
@version_option
@environment_option
@_instance
@output("text")
@with_broker
def record_deployment(
    *,
    broker: Broker,
    printer: Printer,
    pacticipant: str,
    version: str | None,
    environment: str,
    application_instance: str | None,
) -> None:
    """Record that a version now runs in an environment, in place of the previous version.

    Run it after the deployment succeeded. It may be run again.
    """
    number = builds.detected_version(printer, version)
    deployed = broker.record_deployment(
        pacticipant=pacticipant, version=number, environment=environment, application_instance=application_instance
    )
    printer.done(
        f"Recorded: version {number} of {pacticipant} is deployed to {environment}.",
        {
            "pacticipant": pacticipant,
            "version": number,
            "environment": environment,
            "applicationInstance": application_instance,
            "uuid": deployed.uuid,
        },
        page=pages.application(broker, pacticipant),
    )


@click.command(
    "record-undeployment",
    cls=BrokerCommand,
    short_help="Record that a deployment ended.",
    epilog=epilog("record-undeployment --pacticipant shop --environment test"),
)
@pacticipant_option
@environment_option
@_instance
@output("text")
@with_broker
def record_undeployment(
    *, broker: Broker, printer: Printer, pacticipant: str, environment: str, application_instance: str | None
) -> None:
    """Record that an application no longer runs in an environment.

    Not needed for a new version: record-deployment replaces the previous one.
    """
    undeployed = broker.record_undeployment(
        pacticipant=pacticipant, environment=environment, application_instance=application_instance
    )
    numbers = [each.version for each in undeployed]
    printer.done(
        f"Recorded: version {', '.join(numbers)} of {pacticipant} is no longer deployed to {environment}.",
        {
            "pacticipant": pacticipant,
            "versions": numbers,
            "environment": environment,
            "applicationInstance": application_instance,
        },
        page=pages.application(broker, pacticipant),
    )


@click.command(
    "record-release",
    cls=BrokerCommand,
    short_help="Record that a version is released.",
    epilog=epilog("record-release --pacticipant shop-app --version 2.4.0 --environment app-store"),
)
@pacticipant_option
@version_option
@environment_option
@output("text")
@with_broker
def record_release(
    *, broker: Broker, printer: Printer, pacticipant: str, version: str | None, environment: str
) -> None:
    """Record that a version is released to an environment, in addition to earlier releases.

    For software that others install, such as an app or a library: several versions are supported at once.
    """
    number = builds.detected_version(printer, version)
    release = broker.record_release(pacticipant=pacticipant, version=number, environment=environment)
    printer.done(
        f"Recorded: version {number} of {pacticipant} is released to {environment}.",
        {"pacticipant": pacticipant, "version": number, "environment": environment, "uuid": release.uuid},
        page=pages.application(broker, pacticipant),
    )


@click.command(
    "record-support-ended",
    cls=BrokerCommand,
    short_help="Record that a release is no longer supported.",
    epilog=epilog("record-support-ended --pacticipant shop-app --version 2.3.0 --environment app-store"),
)
@pacticipant_option
@required_version_option
@environment_option
@output("text")
@with_broker
def record_support_ended(*, broker: Broker, printer: Printer, pacticipant: str, version: str, environment: str) -> None:
    """Record that a released version is no longer supported in an environment."""
    broker.record_support_ended(pacticipant=pacticipant, version=version, environment=environment)
    printer.done(
        f"Recorded: version {version} of {pacticipant} is no longer supported in {environment}.",
        {"pacticipant": pacticipant, "version": version, "environment": environment},
        page=pages.application(broker, pacticipant),
    )


COMMANDS = (record_deployment, record_undeployment, record_release, record_support_ended)
