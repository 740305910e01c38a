"""`contracts can-i-deploy` and `contracts can-i-merge`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from contracts.ci import exit_statuses, gate
from contracts.ci.gate import Decision
from contracts.ci.report import WaitReport
from contracts.cli import pages
from contracts.cli.connections import with_broker
from contracts.cli.gate_selectors import (
    SelectorCommand,
    question,
    question_options,
    selected,
    with_detected_version,
)
from contracts.cli.helps import GATE, epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, UsageError
from contracts.client.questions import ROW_LIMIT, Question


DRY_RUN_VARIABLE = "PACT_BROKER_CAN_I_DEPLOY_DRY_RUN"

_RETRY_INTERVAL_SECONDS = 10.0  # of the official client
_PAGES_SHOWN = 5


def _waiting(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option(
                "--wait-seconds",
                type=click.FloatRange(min=0),
                default=gate.WAIT_SECONDS,
                show_default=True,
                envvar="CAN_I_DEPLOY_WAIT_SECONDS",
                show_envvar=True,
                metavar="SECONDS",
                help="How long to wait for missing results; 0 asks once.",
            ),
            click.option(
                "--poll-seconds",
                type=click.FloatRange(min=0.1),
                default=gate.POLL_SECONDS,
                show_default=True,
                metavar="SECONDS",
                help="Pause between two attempts, unless the broker waits itself.",
            ),
            click.option(
                "--wait-for",
                type=click.Choice(gate.WAIT_FOR),
                default=gate.WAIT_FOR[0],
                show_default=True,
                envvar="CAN_I_DEPLOY_WAIT_FOR",
                show_envvar=True,
                help="Results of requested verifications, or any; matters if the broker knows what is requested.",
            ),
            click.option(
                "--retry-while-unknown",
                type=click.IntRange(min=0),
                metavar="TIMES",
                help="Instead of --wait-seconds: how often to ask again.",
            ),
            click.option(
                "--retry-interval",
                type=click.FloatRange(min=0.1),
                metavar="SECONDS",
                help="With --retry-while-unknown: pause between two attempts.  [default: 10]",
            ),
            click.option(
                "--dry-run",
                is_flag=True,
                envvar=DRY_RUN_VARIABLE,
                show_envvar=True,
                help="Report the answer, but always exit with 0.",
            ),
            click.option(
                "--limit",
                type=click.IntRange(min=1),
                default=ROW_LIMIT,
                show_default=True,
                metavar="ROWS",
                help="Largest number of pacts that the broker looks at.",
            ),
        )
    ):
        function = option(function)
    return function


@click.command(
    "can-i-deploy",
    cls=SelectorCommand,
    short_help="Ask whether a version may be deployed.",
    epilog=epilog(
        "can-i-deploy --pacticipant shop --to-environment production",
        "can-i-deploy -a shop -e 1f3a9c --to-environment production --retry-while-unknown 12 --retry-interval 10",
        "can-i-deploy -a shop --branch feature/x -a stock --main-branch",
        "can-i-deploy -a shop --latest dev --to prod --ignore legacy",
        statuses=GATE,
    ),
)
@question_options(required=True)
@_waiting
@output("text")
@with_broker
def can_i_deploy(
    *,
    broker: Broker,
    printer: Printer,
    environment: str | None,
    tag_of_others: str | None,
    limit: int,
    **options: Any,
) -> None:
    """Ask whether versions of applications may be deployed, or work together.

    Only the broker's explicit yes is a yes. While results are missing the command asks again, unless no result can
    change the answer.
    """
    _decide(broker, printer, question(printer, environment, tag_of_others, limit), options)


@click.command(
    "can-i-merge",
    cls=SelectorCommand,
    short_help="Ask whether a version may be merged.",
    epilog=epilog("can-i-merge --pacticipant shop", "can-i-merge -a shop -e 1f3a9c --output json", statuses=GATE),
)
@click.option("-a", "--pacticipant", multiple=True, required=True, metavar="NAME", help="Application; repeatable.")
@click.option(
    "-e",
    "--version",
    multiple=True,
    metavar="VERSION",
    help="Its version.  [default: the commit, from CI or git, if there is one application]",
)
@_waiting
@output("text")
@with_broker
def can_i_merge(*, broker: Broker, printer: Printer, limit: int, **options: Any) -> None:
    """Ask whether a version is compatible with the main branch of each application that it works with."""
    versions, _ = selected()
    merge = Question(versions=with_detected_version(printer, versions), main_branches=True, limit=limit)
    _decide(broker, printer, merge, options)


def _decide(broker: Broker, printer: Printer, subject: Question, options: dict[str, Any]) -> None:
    wait_seconds, poll_seconds = options["wait_seconds"], options["poll_seconds"]
    if options["retry_interval"] is not None and options["retry_while_unknown"] is None:
        raise UsageError("--retry-interval needs --retry-while-unknown TIMES.")
    if options["retry_while_unknown"] is not None:
        poll_seconds = options["retry_interval"] or _RETRY_INTERVAL_SECONDS
        wait_seconds = options["retry_while_unknown"] * poll_seconds
    decision = gate.decide(
        broker,
        subject,
        wait_seconds=wait_seconds,
        poll_seconds=poll_seconds,
        on_wait=WaitReport(reporter=printer.reporter),
        wait_for_any=options["wait_for"] == gate.WAIT_FOR[1],
    )
    printer.reporter.verdict(decision)
    urls = [] if decision.deployable else _pages(broker, decision)
    if printer.form == "json":
        printer.record(_document(decision, urls))
    elif not printer.quiet:
        for url in urls:
            printer.reporter.say(f"  {url}")
    status = decision.exit_status
    if options["dry_run"] and status != exit_statuses.YES:
        printer.reporter.say("Dry run: the exit status is 0 whatever the answer.", "bold yellow")
        status = exit_statuses.YES
    click.get_current_context().exit(status)


def _pages(broker: Broker, decision: Decision) -> list[str]:
    """Return the page of the question, and those of the pairs that stand between it and a yes."""
    rows = [row for row in decision.rows if row.success is not True and not row.ignored]
    urls = list(dict.fromkeys(pages.matrix(broker, row.consumer, row.provider) for row in rows))[:_PAGES_SHOWN]
    own = pages.can_i_deploy(broker, decision.question)
    return urls if own is None else [own, *urls]


def _document(decision: Decision, urls: Sequence[str]) -> dict[str, Any]:
    return {
        "deployable": decision.deployable,
        "question": str(decision.question),
        "reasons": list(decision.reasons),
        "causes": [each.document() for each in decision.causes],
        "matrix": [
            {
                "consumer": row.consumer,
                "consumerVersion": row.consumer_version,
                "provider": row.provider,
                "providerVersion": row.provider_version,
                "success": row.success,
                "ignored": row.ignored,
                "url": row.verification_url,
            }
            for row in decision.rows
        ],
        "notices": [{"type": each.type, "text": each.text} for each in decision.notices],
        "waitedSeconds": round(decision.waited_seconds, 1),
        "urls": list(urls),
    }


COMMANDS = (can_i_deploy, can_i_merge)
