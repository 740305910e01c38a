"""`contracts report`: the state of all contracts, as a file for a CI artifact and as a summary for a pull request."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker
from contracts.report import contents, rendering
from contracts.report.contents import Report


@click.command(
    "report",
    cls=BrokerCommand,
    short_help="Write the state of all contracts to a file.",
    epilog=epilog(
        "report --file contracts.html",
        "report --pacticipant web --summary summary.md",
        statuses="0 written, also if contracts failed; 2 wrong usage; 4 broker unreachable; 130 interrupted.",
    ),
)
@click.option("-a", "--pacticipant", "applications", multiple=True, help="Only the contracts of this application")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="The HTML file to write")
@click.option("--summary", type=click.Path(dir_okay=False, path_type=Path), help="The Markdown file to write")
@output("text")
@with_broker
def command(
    *, broker: Broker, printer: Printer, applications: tuple[str, ...], file: Path | None, summary: Path | None
) -> None:
    """Write the newest contract of each pair, its result, and why it failed.

    The HTML file needs no network and no script. In GitHub Actions, use --summary "$GITHUB_STEP_SUMMARY". Works with
    any Pact Broker.
    """
    report = contents.read(broker, applications)
    if file is not None:
        _write(file, rendering.html(report, datetime.now(UTC)))
    if summary is not None:
        _write(summary, rendering.markdown(report), append=True)
    if printer.form == "json":
        printer.record(_document(report))
        return
    if file is None and summary is None:
        printer.reporter.say(rendering.markdown(report))
        return
    for path in filter(None, (file, summary)):
        printer.reporter.say(f"Wrote {path}.")


def _write(path: Path, text: str, *, append: bool = False) -> None:
    """Write *text*; a summary is appended, because the steps of a job share one."""
    try:
        with path.open("a" if append else "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise click.UsageError(
            f"{path} cannot be written: {error.strerror}. Name a file in a folder that exists."
        ) from None


def _document(report: Report) -> dict[str, Any]:
    return {
        "verified": len(report.verified),
        "failed": len(report.failed),
        "unverified": len(report.unverified),
        "contracts": [
            {
                "consumer": each.consumer,
                "consumerVersion": each.consumer_version,
                "branch": each.branch,
                "provider": each.provider,
                "providerVersion": each.provider_version,
                "success": each.success,
                "pactUrl": each.pact_url,
                "resultUrl": each.result_url,
            }
            for each in report.contracts
        ],
        "failures": [
            {
                "consumer": each.contract.consumer,
                "provider": each.contract.provider,
                "interactions": [rendering.sentence(one) for one in each.interactions or ()],
                "problem": each.problem,
            }
            for each in report.failures
        ],
    }
