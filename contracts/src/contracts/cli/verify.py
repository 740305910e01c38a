"""`contracts verify`: strict verification of a provider, without a test."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from contracts.ci import exit_statuses, projects
from contracts.ci.interrupts import interruptible
from contracts.ci.report import Reporter
from contracts.cli import builds
from contracts.cli.builds import build_options, version_option
from contracts.cli.connections import BrokerCommand, connect, connecting, ending, logging_requests
from contracts.cli.headers import parse_headers
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.cli.verify_options import (
    allowed_plugins,
    declared_command,
    declared_parallel,
    declared_provider,
    selecting,
    selectors,
)
from contracts.cli.verify_progress import VerifyProgress
from contracts.client import UsageError
from contracts.verification import bundles
from contracts.verification.state_commands import StateCommand
from contracts.verification.states import SETUP_TIMEOUT_SECONDS, TEARDOWN_TIMEOUT_SECONDS, AnyStates, RemoteStates
from contracts.verification.verifier import REQUEST_TIMEOUT_SECONDS
from contracts.verification.verify import (
    BrokerSource,
    Bundle,
    Files,
    PactUrl,
    Report,
    Source,
    VerificationFailed,
    verify,
)


INTERRUPTED = 130

_STATUSES = """\
0 passed; 1 failed, or nothing to verify; 2 wrong usage;
4 the broker is unreachable or refuses, or the provider does not run; 130 interrupted, nothing was published."""

_SECONDS = click.FloatRange(min=0, min_open=True)


@click.command(
    "verify",
    cls=BrokerCommand,
    short_help="Verify a provider against its pacts.",
    epilog=epilog(
        "verify --provider stock --app stock.main:app --states tests.states:STATES --publish",
        "verify --provider stock --version 1f3a9c --provider-base-url http://127.0.0.1:3000 --consumer shop",
        "verify --provider stock --provider-base-url http://127.0.0.1:3000 --states-command 'node states.js'",
        "verify pacts/shop-stock.json --provider stock --app stock.main:app",
        statuses=_STATUSES,
    ),
)
@click.argument("pacts", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--provider",
    callback=declared_provider,
    metavar="NAME",
    help="Name of the provider at the broker.  [default: the only one in pyproject.toml]",
)
@version_option
@build_options
@click.option(
    "--app",
    metavar="MODULE:NAME",
    help="ASGI or WSGI application of the provider, served during the verification.",
)
@click.option("--provider-base-url", metavar="URL", help="Instead of --app: URL of the running provider.")
@click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Add this header to each request.")
@click.option(
    "--states", metavar="MODULE:NAME", help="Mapping from provider states to functions of a state's parameters."
)
@click.option("--messages", metavar="MODULE:NAME", help="Mapping from descriptions to functions that return a message.")
@click.option("--states-url", metavar="URL", help="Instead of --states: URL that accepts provider states by POST.")
@click.option(
    "--states-command",
    metavar="COMMAND",
    help="Instead of --states: command that prepares the state in CONTRACTS_STATE. [also: pyproject.toml]",
)
@click.option(
    "--request-timeout-seconds",
    type=_SECONDS,
    default=REQUEST_TIMEOUT_SECONDS,
    show_default=True,
    help="Time limit of the provider's responses.",
)
@click.option(
    "--state-timeout-seconds",
    type=_SECONDS,
    default=SETUP_TIMEOUT_SECONDS,
    show_default=True,
    help="Time limit of the setup of a provider state.",
)
@click.option(
    "--teardown-timeout-seconds",
    type=_SECONDS,
    default=TEARDOWN_TIMEOUT_SECONDS,
    show_default=True,
    help="Time limit of the teardown of a provider state.",
)
@click.option(
    "--parallel",
    type=click.IntRange(1, projects.MOST_PARALLEL),
    metavar="NUMBER",
    help="Verify this many pacts at a time, if the provider's data allows it. [default: 1; also: pyproject.toml]",
)
@click.option("--pact-url", envvar="PACT_URL", show_envvar=True, metavar="URL", help="Verify only this pact.")
@selecting
@click.option("--pending/--no-pending", default=True, show_default=True, help="Include pacts that are pending.")
@click.option(
    "--include-wip-since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Include work in progress published since then; needs --branch.",
)
@click.option("--consumer", multiple=True, metavar="NAME", help="Verify only the pacts of this consumer; repeatable.")
@click.option("--description", metavar="REGEX", help="Verify only matching descriptions; excludes --publish.")
@click.option("--state", metavar="REGEX", help="Verify only matching states; excludes --publish.")
@click.option("--allow-no-pacts", is_flag=True, help="Pass if no pact exists yet, as in a first build.")
@click.option(
    "--allow-plugin",
    multiple=True,
    metavar="NAME",
    help="Allow pacts that need this plugin. [also: CONTRACTS_ALLOWED_PLUGINS, pyproject.toml]",
)
@click.option(
    "--from",
    "bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Verify the pacts in this file of `contracts export-pacts`, without a broker.",
)
@click.option(
    "--results",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the results to this file, for `contracts publish-results`.",
)
@click.option("--publish", is_flag=True, help="Publish the results, and check that the broker has them.")
@output("text")
@click.option("-q", "--quiet", is_flag=True, help="Print data and errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Show the output of the verifier.")
@connecting(required=False, header=False)
def command(**options: Any) -> None:
    """Verify a provider against the pacts that its broker selects, or against the pact files PACTS.

    Failures of pending pacts are shown, but do not fail the run. Results are published after the last pact, so an
    interrupted run publishes none.
    """
    form, quiet = options["form"], options["quiet"]
    reporter = Reporter.from_environment(os.environ, quiet=quiet, to_errors=form == "json")
    printer = Printer(reporter=reporter, form=form, quiet=quiet, verbose=options["verbose"])
    context = click.get_current_context()
    try:
        with (
            interruptible(),
            logging_requests(options["log_level"], verbose=False),
            ending(reporter),
            ExitStack() as stack,
        ):
            try:
                report = _verify(options, stack, printer)
            except VerificationFailed as failure:
                _write_results(options, failure.report)
                reporter.verification(failure.report, failure.reasons)
                _print(printer, failure.report, failure.reasons)
                context.exit(exit_statuses.NO)
            _write_results(options, report)
            reporter.verification(report)
            _print(printer, report)
    except KeyboardInterrupt:
        reporter.say("Interrupted: nothing more was published.", "bold red")
        leave_at_once(INTERRUPTED)


def _write_results(options: Mapping[str, Any], report: Report) -> None:
    if options["results"] is not None:
        bundles.write_results(options["results"], report.provider, report.results)


def leave_at_once(status: int) -> None:
    """End this process now, without waiting for threads of the verified application."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _verify(options: Mapping[str, Any], stack: ExitStack, printer: Printer) -> Report:
    app = imported(options["app"], "--app") if options["app"] else None
    states = _states(options)  # after the application: the models of Django need its settings
    source = _source(options, stack)
    console = Console(quiet=True) if printer.quiet else printer.reporter.console
    build = builds.properties(
        printer,
        version=options["version"],
        branch=options["branch"],
        build_url=options["build_url"],
        auto_detect=options["auto_detect"],
    )
    return verify(
        provider=options["provider"],
        source=source,
        version=build.version,
        branch=build.branch,
        app=app,
        base_url=options["provider_base_url"],
        states=states,
        messages=imported(options["messages"], "--messages") if options["messages"] else None,
        build_url=build.build_url,
        publish=options["publish"],
        only_consumers=options["consumer"],
        only_description=options["description"],
        only_state=options["state"],
        headers=parse_headers(options["header"]),
        allowed_plugins=allowed_plugins(options["allow_plugin"]),
        allow_no_pacts=options["allow_no_pacts"],
        request_timeout_seconds=options["request_timeout_seconds"],
        state_timeout_seconds=options["state_timeout_seconds"],
        teardown_timeout_seconds=options["teardown_timeout_seconds"],
        parallel=options["parallel"] or declared_parallel(options["provider"]),
        on_progress=stack.enter_context(VerifyProgress(console, verbose=options["verbose"])),
    )


def _print(printer: Printer, report: Report, reasons: Sequence[str] = ()) -> None:
    """Print *report* as JSON if that is the format; the reporter prints the others."""
    if printer.form != "json":
        return
    interactions = [
        {
            "consumer": each.consumer,
            "description": each.description,
            "states": list(each.states),
            "success": each.success,
            "pending": each.pending,
            "problems": list(each.problems),
        }
        for each in report.interactions
    ]
    printer.record(
        {
            "provider": report.provider,
            "passed": not reasons,
            "published": report.published,
            "reasons": list(reasons),
            "notes": list(report.notes),
            "interactions": interactions,
        }
    )


def _source(options: Mapping[str, Any], stack: ExitStack) -> Source:
    if options["bundle"] is not None:
        return Bundle(path=options["bundle"])
    if options["pacts"]:
        return Files(paths=options["pacts"])
    consumer_versions = selectors(options)
    broker = connect(options)
    stack.enter_context(broker)
    if options["pact_url"]:
        return PactUrl(broker=broker, url=options["pact_url"])
    since = options["include_wip_since"]
    return BrokerSource(
        broker=broker,
        selectors=consumer_versions,
        include_pending=options["pending"],
        include_wip_since=since.date() if since else None,
    )


def _states(options: Mapping[str, Any]) -> AnyStates | None:
    names = [name for name in ("states", "states_url", "states_command") if options[name]]
    if len(names) > 1:
        first, second = (f"--{name.replace('_', '-')}" for name in names[:2])
        raise UsageError(f"{first} and {second} exclude each other. Use one of them.")
    if options["states_url"]:
        return RemoteStates(url=options["states_url"])
    if options["states_command"]:
        return StateCommand.parse(options["states_command"])
    if options["states"]:
        states: AnyStates = imported(options["states"], "--states")
        return states
    return declared_command(options["provider"])


def imported(spec: str, option: str) -> Any:
    """Import the object MODULE:NAME, searching the current folder too.

    Raises:
        UsageError: if the module or the name does not exist, or the module raises.
    """
    module, _, name = spec.partition(":")
    if not module or not name:
        raise UsageError(f"{option} is {spec!r}, but must be MODULE:NAME, such as shop.main:app.")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        return getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{option} {spec}: {type(error).__name__}: {error}. {here} and the installed packages were searched."
        ) from error
