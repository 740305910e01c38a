"""`contracts verify`: strict verification for those who keep no test for it."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contracts.client import UsageError
from contracts.pipeline import statuses
from contracts.pipeline.commands import connected, credentials, ending
from contracts.pipeline.report import Reporter
from contracts.pipeline.verify import BrokerSource, Files, PactUrl, VerificationFailed, verify


if TYPE_CHECKING:
    from contracts.pipeline.verify import Source

_EXIT = """\b
Exit status: 0 every contract that counts is kept; 1 one is not, or nothing was verified; 2 wrong usage;
4 broker unreachable or refusing."""


@click.command("verify", short_help="Verify a provider against its pacts.", epilog=_EXIT)
@click.argument("pacts", nargs=-1, type=click.Path(path_type=Path))
@click.option("--provider", required=True, metavar="NAME", help="The provider's name at the broker.")
@click.option("-e", "--version", required=True, help="Version of the provider: the commit's full hash.")
@click.option("--branch", metavar="NAME", help="Branch that the version is on.")
@click.option("--build-url", metavar="URL", help="Where the build can be looked at.")
@click.option("--app", metavar="MODULE:NAME", help="The provider's ASGI application, served while it is verified.")
@click.option("--provider-base-url", metavar="URL", help="Instead: where the provider runs.")
@click.option(
    "--states", metavar="MODULE:NAME", help="A mapping from provider states to functions of a state's parameters."
)
@click.option("--pact-url", envvar="PACT_URL", show_envvar=True, metavar="URL", help="Only this pact of the broker.")
@click.option("--publish", is_flag=True, help="Publish the results, and make sure that the broker holds them.")
@click.option(
    "-b",
    "--broker-base-url",
    envvar="PACT_BROKER_BASE_URL",
    show_envvar=True,
    help="The broker, unless PACTS are given.",
)
@credentials
def command(  # noqa: PLR0913 - one argument for each option
    *,
    pacts: tuple[Path, ...],
    provider: str,
    version: str,
    branch: str | None,
    build_url: str | None,
    app: str | None,
    provider_base_url: str | None,
    states: str | None,
    pact_url: str | None,
    publish: bool,
    broker_base_url: str | None,
    broker_token: str | None,
    broker_username: str | None,
    broker_password: str | None,
) -> None:
    """Verify a provider against the pacts that its broker selects, or against the pact files PACTS.

    A provider without consumers passes, and is told so. Pending pacts are verified and shown, and fail nothing.
    """
    reporter = Reporter.from_environment(os.environ)
    with ending(reporter), ExitStack() as stack:
        source: Source = Files(paths=pacts)
        if not pacts:
            broker = connected(broker_base_url or "", broker_token, broker_username, broker_password)
            stack.enter_context(broker)
            source = PactUrl(broker=broker, url=pact_url) if pact_url else BrokerSource(broker=broker)
        try:
            report = verify(
                provider=provider,
                source=source,
                version=version,
                branch=branch,
                app=named(app, "--app") if app else None,
                base_url=provider_base_url,
                states=named(states, "--states") if states else None,
                build_url=build_url,
                publish=publish,
            )
        except VerificationFailed as failure:
            reporter.verification(failure.report, failure.reasons)
            click.get_current_context().exit(statuses.NO)
        reporter.verification(report)


def named(spec: str, option: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What the name after the colon stands for in the module before it, which is looked for in this folder too.

    Raises:
        UsageError: if there is no such module or name, or the module raises.
    """
    module, _, name = spec.partition(":")
    if not module or not name:
        msg = f"{option} is {spec!r}, but must be MODULE:NAME, such as shop.main:app."
        raise UsageError(msg)
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        return getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:
        msg = f"{option} {spec}: {type(error).__name__}: {error}. It is looked for in {here}, and where packages are."
        raise UsageError(msg) from error
