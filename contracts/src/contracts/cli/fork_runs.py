"""Verification in a run that has no access to the broker: its pacts before, its results after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from contracts.cli import builds
from contracts.cli.builds import version_option
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, UsageError
from contracts.verification import bundles, evidence
from contracts.verification.bundles import BundledPact, PactResult
from contracts.verification.evidence import Publishing, ResultToPublish
from contracts.verification.sources import BrokerSource, Planned, plan


_provider = click.option("--provider", required=True, metavar="NAME", help="Name of the provider.")


@click.command(
    "export-pacts",
    cls=BrokerCommand,
    short_help="Write a provider's pacts to a file.",
    epilog=epilog("export-pacts pacts.json --provider stock --branch main"),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_provider
@click.option("--branch", metavar="NAME", help="Branch that the pull request targets.")
@output("text")
@with_broker
def export_pacts(*, broker: Broker, printer: Printer, file: Path, provider: str, branch: str | None) -> None:
    """Write the pacts that a provider has to verify to FILE, for a run without access to the broker.

    `contracts verify --from FILE --results RESULTS` verifies them, for example in the pull request of a fork.
    """
    pacts = [
        BundledPact(url=each.url, pending=each.pending, document=each.pact.document)
        for each in _selected(broker, provider, branch)
        if each.pact is not None and each.url is not None
    ]
    bundles.write_pacts(file, provider, pacts)
    printer.done(
        f"Wrote {_counted(len(pacts), 'pact')} of {provider} to {file}.",
        {"provider": provider, "file": str(file), "pacts": [each.url for each in pacts]},
    )


@click.command(
    "publish-results",
    cls=BrokerCommand,
    short_help="Publish results from a file.",
    epilog=epilog('publish-results results.json --provider stock --version "$HEAD_SHA"'),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_provider
@version_option
@click.option("--branch", metavar="NAME", help="Branch of the version; leave it out for a fork.")
@click.option("--build-url", metavar="URL", help="URL of the build that verified.")
@output("text")
@with_broker
def publish_results(
    *,
    broker: Broker,
    printer: Printer,
    file: Path,
    provider: str,
    version: str | None,
    branch: str | None,
    build_url: str | None,
) -> None:
    """Publish the results in FILE, which `contracts verify --results FILE` wrote in an untrusted run.

    Only the outcomes are taken from FILE, and only for pacts that the broker selects for the provider. The provider,
    the version and the branch are those of this command, never those of the fork.
    """
    number = builds.detected_version(printer, version)
    to = Publishing(broker=broker, provider=provider, version=number, branch=branch, build_url=build_url)
    results = bundles.read_results(file, provider)
    outcomes, unverified = _matched(results, _selected(broker, provider, branch), file)
    before = evidence.earlier_results(to, [each.pact for each in outcomes])
    reasons = evidence.publish(to, outcomes, before=before)
    for each in unverified:
        printer.remark(f"{each.what} has no result.")
    if reasons:
        printer.reporter.failed("publish-results", list(reasons))
        click.get_current_context().exit(1)
    printer.done(
        f"Published {_counted(len(outcomes), 'result')} of version {number} of {provider}.",
        {"provider": provider, "version": number, "results": len(outcomes)},
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _selected(broker: Broker, provider: str, branch: str | None) -> tuple[Planned, ...]:
    return plan(BrokerSource(broker=broker), provider=provider, branch=branch).pacts


def _matched(
    results: Sequence[PactResult], selected: Sequence[Planned], file: Path
) -> tuple[list[ResultToPublish], list[Planned]]:
    """Return the outcomes to publish, and the selected pacts without a result.

    Raises:
        UsageError: if there is a result of a pact that the broker does not select; nothing is published then.
    """
    pacts = {each.url: (each.pact, each.what) for each in selected if each.pact is not None}
    unknown = [each.url for each in results if each.url not in pacts]
    if unknown:
        raise UsageError(
            f"{file} has results of pacts that the broker does not select for this provider: {', '.join(unknown)}. "
            "Nothing was published. Export the pacts again, and verify those."
        )
    outcomes = []
    for each in results:
        pact, what = pacts[each.url]
        outcomes.append(ResultToPublish(pact=pact, what=what, passed=each.success, test_results=each.test_results))
    verified = {each.url for each in results}
    return outcomes, [each for each in selected if each.url not in verified]


COMMANDS = (export_pacts, publish_results)
