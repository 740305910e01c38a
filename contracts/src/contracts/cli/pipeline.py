"""The commands of a pipeline, for `contracts …`: thin, so that scripts and Python say the same.

Their exit statuses are those of `contracts.ci.exit_statuses`.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from contracts.ci import exit_statuses, gate
from contracts.ci.publish import MOST_REQUEST_BYTES, publish
from contracts.ci.report import Reporter, WaitReport
from contracts.client import Broker, Conflict, Invalid


__all__ = ["COMMANDS"]

_EXIT = """\b
Exit status: 0 done; 1 the broker says no; 2 wrong usage, or an unknown name;
4 broker unreachable or refusing; 130 interrupted."""
_EXIT_GATE = """\b
Exit status: 0 yes; 1 no; 2 wrong usage, or an unknown name; 3 unknown;
4 broker unreachable or refusing; 130 interrupted."""

_CREDENTIALS = (
    click.option(
        "-k",
        "--broker-token",
        envvar="PACT_BROKER_TOKEN",
        show_envvar=True,
        help="Bearer token; instead of user name and password.",
    ),
    click.option("-u", "--broker-username", envvar="PACT_BROKER_USERNAME", show_envvar=True, help="User name."),
    click.option("-p", "--broker-password", envvar="PACT_BROKER_PASSWORD", show_envvar=True, help="Password."),
)


def _asks(function: Callable[..., None]) -> Callable[..., None]:
    """Give *function* the broker and a reporter, and end with the documented status on errors."""

    @click.option(
        "-b",
        "--broker-base-url",
        envvar="PACT_BROKER_BASE_URL",
        show_envvar=True,
        required=True,
        help="Address of the Pact Broker or PactFlow.",
    )
    @credentials
    @functools.wraps(function)
    def asking(
        *,
        broker_base_url: str,
        broker_token: str | None,
        broker_username: str | None,
        broker_password: str | None,
        **options: Any,
    ) -> None:
        reporter = Reporter.from_environment(os.environ)
        with (
            ending(reporter),
            connected(broker_base_url, broker_token, broker_username, broker_password) as broker,
        ):
            function(broker=broker, reporter=reporter, **options)

    return asking


def credentials(function: Callable[..., None]) -> Callable[..., None]:
    """Give *function* the options *broker_token*, *broker_username* and *broker_password*."""
    for option in reversed(_CREDENTIALS):
        function = option(function)
    return function


def connected(base_url: str, token: str | None, username: str | None, password: str | None) -> Broker:
    """The broker at *base_url*, with these credentials.

    Raises:
        UsageError: if they are contradictory.
    """
    given = {
        "PACT_BROKER_BASE_URL": base_url,
        "PACT_BROKER_TOKEN": token or "",
        "PACT_BROKER_USERNAME": username or "",
        "PACT_BROKER_PASSWORD": password or "",
    }
    return Broker.from_environment(os.environ | given)


@contextmanager
def ending(reporter: Reporter) -> Iterator[None]:
    """End the command with the documented status where the block fails as may be expected."""
    try:
        yield
    except exit_statuses.EXPECTED as error:
        context = click.get_current_context()
        reporter.failed(str(context.info_name), exit_statuses.reasons(error))
        context.exit(exit_statuses.exit_status(error))


_pacticipant = click.option("-a", "--pacticipant", required=True, metavar="NAME", help="Name of the application.")
_version = click.option("-e", "--version", required=True, help="Version of the application: the commit's full hash.")
_environment = click.option("--environment", required=True, metavar="NAME", help="Name of the environment.")
_instance = click.option(
    "--application-instance",
    metavar="NAME",
    help="Which of several instances that run side by side; none by default.",
)


@click.command("publish", short_help="Publish pact files.", epilog=_EXIT)
@click.argument("pacts", nargs=-1, required=True, type=click.Path(path_type=Path))
@_version
@click.option("-a", "--pacticipant", metavar="NAME", help="Refuse pacts of any other consumer.")
@click.option("--branch", metavar="NAME", help="Branch that the version is on.")
@click.option("-t", "--tag", "tags", multiple=True, metavar="NAME", help="Tag; may be repeated.")
@click.option("--build-url", metavar="URL", help="Where the build can be looked at.")
@click.option(
    "--max-request-bytes",
    type=click.IntRange(100_000),
    default=MOST_REQUEST_BYTES,
    show_default=True,
    help="Size of a request that the broker takes.",
)
@click.option("--allow-empty", is_flag=True, help="Publish pacts without interactions, which nobody verifies.")
@click.option("-v", "--verbose", is_flag=True, help="Show every notice of the broker, however many pacts there are.")
@_asks
def publish_command(  # noqa: PLR0913 - one argument for each option
    *,
    broker: Broker,
    reporter: Reporter,
    pacts: tuple[Path, ...],
    version: str,
    pacticipant: str | None,
    branch: str | None,
    tags: tuple[str, ...],
    build_url: str | None,
    max_request_bytes: int,
    allow_empty: bool,
    verbose: bool,
) -> None:
    """Publish the pact files PACTS, or the *.json files of folders.

    Everything is checked before anything is sent. Files of one consumer and provider are merged; files that contradict
    each other are refused. So is a version whose pact was published with another content before.
    """
    published = publish(
        broker,
        pact_files=pacts,
        version=version,
        branch=branch,
        tags=tags,
        build_url=build_url,
        pacticipant=pacticipant,
        most_request_bytes=max_request_bytes,
        allow_empty=allow_empty,
    )
    reporter.published(published, verbose=verbose)


@click.command("can-i-deploy", short_help="Ask whether a version may be deployed.", epilog=_EXIT_GATE)
@_pacticipant
@_version
@click.option(
    "--to-environment",
    "--environment",
    "environment",
    required=True,
    metavar="NAME",
    help="Name of the environment to deploy to.",
)
@click.option(
    "--wait-seconds",
    type=click.FloatRange(min=0),
    default=gate.WAIT_SECONDS,
    show_default=True,
    help="How long to wait at most while the answer is unknown; 0 asks once.",
)
@click.option(
    "--poll-seconds",
    type=click.FloatRange(min=0.1),
    default=gate.POLL_SECONDS,
    show_default=True,
    help="How long to wait between two questions.",
)
@_asks
def can_i_deploy_command(
    *,
    broker: Broker,
    reporter: Reporter,
    pacticipant: str,
    version: str,
    environment: str,
    wait_seconds: float,
    poll_seconds: float,
) -> None:
    """Ask whether a version may be deployed to an environment.

    Only the broker's explicit yes is a yes. While results are missing the question is asked again,
    unless nothing can change the answer.
    """
    verdict = gate.can_i_deploy(
        broker,
        pacticipant=pacticipant,
        version=version,
        environment=environment,
        wait_seconds=wait_seconds,
        poll_seconds=poll_seconds,
        on_wait=WaitReport(reporter=reporter),
    )
    reporter.verdict(verdict)
    click.get_current_context().exit(verdict.exit_status)


@click.command("record-deployment", short_help="Record that a version runs somewhere now.", epilog=_EXIT)
@_pacticipant
@_version
@_environment
@_instance
@_asks
def record_deployment_command(
    *,
    broker: Broker,
    reporter: Reporter,
    pacticipant: str,
    version: str,
    environment: str,
    application_instance: str | None,
) -> None:
    """Record that a version now runs in an environment, in place of what ran there before.

    Run it after the deployment succeeded. It may be run again.
    """
    broker.record_deployment(
        pacticipant=pacticipant,
        version=version,
        environment=environment,
        application_instance=application_instance,
    )
    reporter.say(f"Recorded: version {version} of {pacticipant} is deployed to {environment}.")


@click.command("record-undeployment", short_help="Record that an application is no longer deployed.", epilog=_EXIT)
@_pacticipant
@_environment
@_instance
@_asks
def record_undeployment_command(
    *,
    broker: Broker,
    reporter: Reporter,
    pacticipant: str,
    environment: str,
    application_instance: str | None,
) -> None:
    """Record that an application no longer runs in an environment."""
    gone = broker.record_undeployment(
        pacticipant=pacticipant, environment=environment, application_instance=application_instance
    )
    for deployed in gone:
        reporter.say(f"Recorded: version {deployed.version} of {pacticipant} is gone from {environment}.")


@click.command("record-release", short_help="Record that a version is released.", epilog=_EXIT)
@_pacticipant
@_version
@_environment
@_asks
def record_release_command(
    *, broker: Broker, reporter: Reporter, pacticipant: str, version: str, environment: str
) -> None:
    """Record that a version is released to an environment, in addition to those released before.

    For what others install, such as an app or a library: several versions are supported at once.
    """
    broker.record_release(pacticipant=pacticipant, version=version, environment=environment)
    reporter.say(f"Recorded: version {version} of {pacticipant} is released to {environment}.")


@click.command("record-support-ended", short_help="Record that a release is no longer supported.", epilog=_EXIT)
@_pacticipant
@_version
@_environment
@_asks
def record_support_ended_command(
    *, broker: Broker, reporter: Reporter, pacticipant: str, version: str, environment: str
) -> None:
    """Record that a released version is no longer supported in an environment."""
    broker.record_support_ended(pacticipant=pacticipant, version=version, environment=environment)
    reporter.say(f"Recorded: version {version} of {pacticipant} is no longer supported in {environment}.")


@click.command("create-environment", short_help="Create an environment.", epilog=_EXIT)
@click.option("--name", required=True, help="Name of the environment, without spaces.")
@click.option("--display-name", metavar="TEXT", help="Display name.")
@click.option("--production/--no-production", required=True, help="Whether it is a production environment.")
@_asks
def create_environment_command(
    *,
    broker: Broker,
    reporter: Reporter,
    name: str,
    display_name: str | None,
    production: bool,
) -> None:
    """Create an environment to deploy or release to."""
    try:
        created = broker.create_environment(name, production=production, display_name=display_name)
    except Invalid as error:
        if name not in {each.name for each in broker.environments()}:
            raise
        raise Conflict(
            f"The broker has the environment {name!r} already. Use it as it is, or choose another name."
        ) from error
    reporter.say(f"Created environment {created.name} ({created.uuid}).")


COMMANDS: tuple[click.Command, ...] = (
    publish_command,
    can_i_deploy_command,
    record_deployment_command,
    record_undeployment_command,
    record_release_command,
    record_support_ended_command,
    create_environment_command,
)
