"""Commands that list pacts, download them, and list provider states."""

from __future__ import annotations

import re
from pathlib import Path

import click

from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, UsageError
from contracts.client.pact_lists import PactSummary


_COLUMNS = ("consumer", "consumerVersion", "provider")


@click.command(
    "list-latest-pact-versions",
    cls=BrokerCommand,
    short_help="List the latest pact of each pair.",
    epilog=epilog("list-latest-pact-versions", "list-latest-pact-versions --output json"),
)
@output("table")
@with_broker
def list_latest_pact_versions(*, broker: Broker, printer: Printer) -> None:
    """List the latest pact of each consumer and provider."""
    records = [{**_record(each), "createdAt": each.created_at} for each in broker.latest_pacts()]
    printer.records(
        records,
        columns=(*_COLUMNS, "createdAt"),
        none="The broker has no pacts yet. Publish one: contracts publish pacts",
    )


@click.command(
    "get-pacts",
    cls=BrokerCommand,
    short_help="List or download the pacts of a provider.",
    epilog=epilog(
        "get-pacts --provider stock --latest",
        "get-pacts --provider stock --consumer shop --branch main --download --download-dir pacts",
    ),
)
@click.option("--provider", required=True, metavar="NAME", help="Name of the provider.")
@click.option("--consumer", metavar="NAME", help="Only the pacts of this consumer.")
@click.option("--branch", metavar="NAME", help="Branch of the consumers.  [default: the main branch of each]")
@click.option("--latest", "latest_only", is_flag=True, help="Only the latest pact of each consumer's branch.")
@click.option("--download", is_flag=True, help="Download the pact files.")
@click.option(
    "--download-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default="./pacts",
    show_default=True,
    metavar="DIR",
    help="Folder for the files.",
)
@output("table")
@with_broker
def get_pacts(
    *,
    broker: Broker,
    printer: Printer,
    provider: str,
    consumer: str | None,
    branch: str | None,
    latest_only: bool,
    download: bool,
    download_dir: Path,
) -> None:
    """List the pacts of a provider, and download them with --download."""
    summaries = broker.provider_pacts(provider, consumer=consumer, branch=branch, latest_only=latest_only)
    records = [_record(each) for each in summaries]
    columns = (*_COLUMNS, "url")
    if download:
        download_dir.mkdir(parents=True, exist_ok=True)
        for summary, record in zip(summaries, records, strict=True):
            path = download_dir / file_name(summary)
            path.write_text(broker.pact_text(summary), encoding="utf-8")
            record["file"] = str(path)
        columns = (*_COLUMNS, "file")
    where = f"on branch {branch}" if branch else "on its consumers' main branches"
    printer.records(records, columns=columns, none=f"{provider} has no pacts {where}.")


def file_name(pact: PactSummary) -> str:
    """Return a file name for *pact* that is safe in every folder.

    >>> file_name(PactSummary(consumer="web/ui", consumer_version="1.0", provider="api", url=""))
    'web_ui-api-1.0.json'
    """
    names = (pact.consumer, pact.provider, pact.consumer_version)
    return "-".join(re.sub(r"[^\w.+@ ]|^\.", "_", name)[:80] for name in names) + ".json"


@click.group("provider-states", short_help="List the provider states that pacts need.")
def provider_states() -> None:
    """Provider states in the pacts of a provider."""


@provider_states.command(
    "list",
    cls=BrokerCommand,
    short_help="List the states that pacts of a provider need.",
    epilog=epilog(
        "provider-states list --provider stock", "provider-states list --provider stock --environment production"
    ),
)
@click.option("-r", "--provider", required=True, metavar="NAME", help="Name of the provider.")
@click.option("--branch", metavar="NAME", help="Branch of the consumers.  [default: the main branch of each]")
@click.option("--environment", metavar="NAME", help="Instead: what is deployed or released to this environment.")
@click.option("--json", "as_json", is_flag=True, help="Same as --output json.")
@output("table")
@with_broker
def list_provider_states(
    *,
    broker: Broker,
    printer: Printer,
    provider: str,
    branch: str | None,
    environment: str | None,
) -> None:
    """List the states that the pacts of a provider need, with the consumers that need them."""
    if branch is not None and environment is not None:
        raise UsageError("--branch and --environment exclude each other. Use one of them.")
    if environment is not None:
        broker.environment(environment)
    states = broker.provider_states(provider, branch=branch, environment=environment)
    records = [{"name": each.name, "params": each.params or {}, "consumers": list(each.consumers)} for each in states]
    printer.records(
        records, columns=("name", "params", "consumers"), none=f"The pacts of {provider} need no provider states."
    )


def _record(pact: PactSummary) -> dict[str, object]:
    return {
        "consumer": pact.consumer,
        "consumerVersion": pact.consumer_version,
        "provider": pact.provider,
        "url": pact.url,
    }


COMMANDS = (list_latest_pact_versions, get_pacts, provider_states)
