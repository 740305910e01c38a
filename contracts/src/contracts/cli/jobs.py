"""`contracts jobs`: the verifications that provider versions need. Only the Contracts broker has them."""

from __future__ import annotations

import click

from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker, NotFound, UsageError
from contracts.client.jobs import VerificationJob
from contracts.model.jobs import JobState


COLUMNS = ("uuid", "state", "consumer", "provider", "providerVersion")
_UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
_MOST = 100
_uuid = click.option("--uuid", required=True, metavar="UUID", help="UUID of the job, as in `contracts jobs list`.")


@click.group("jobs", short_help="List, show or retry verification jobs.")
def command() -> None:
    """The verifications that provider versions need, and what became of the requests for them."""


@command.command(
    "list",
    cls=BrokerCommand,
    short_help="List verification jobs.",
    epilog=epilog("jobs list --state dead", "jobs list --pacticipant stock --version 1f3a9c --output json"),
)
@click.option("-a", "--pacticipant", metavar="NAME", help="Only jobs of this consumer or provider.")
@click.option("-e", "--version", metavar="NUMBER", help="Only jobs of this version of the pacticipant.")
@click.option("--state", type=click.Choice([each.value for each in JobState]), help="Only jobs in this state.")
@click.option("--limit", type=click.IntRange(1), default=_MOST, show_default=True, help="At most this many.")
@output("table")
@with_broker
def list_jobs(
    *, broker: Broker, printer: Printer, pacticipant: str | None, version: str | None, state: str | None, limit: int
) -> None:
    """List verification jobs, the newest first."""
    if version is not None and pacticipant is None:
        raise UsageError("--version needs --pacticipant. Add the application.")
    jobs = broker.verification_jobs(pacticipant=pacticipant, version=version, state=state, limit=limit)
    printer.records(list(map(_record, jobs)), columns=COLUMNS, none="There are no such verification jobs.")
    if hopeless := [each for each in jobs if each.problem is not None]:
        printer.remark(
            f"Nothing starts {len(hopeless)} of them. See why: contracts jobs show --uuid {hopeless[0].uuid}"
        )


@command.command(
    "show",
    cls=BrokerCommand,
    short_help="Show a verification job.",
    epilog=epilog(f"jobs show --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def show_job(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Show a verification job: what needs it, its state, and what to do if no result is expected."""
    try:
        job = broker.verification_job(uuid)
    except NotFound as error:
        raise _unknown(uuid) from error
    printer.record(_record(job))


@command.command(
    "retry",
    cls=BrokerCommand,
    short_help="Request a verification again.",
    epilog=epilog(f"jobs retry --uuid {_UUID}"),
)
@_uuid
@output("text")
@with_broker
def retry_job(*, broker: Broker, printer: Printer, uuid: str) -> None:
    """Request the verification of a job again at once, by its webhook and with all attempts."""
    try:
        job = broker.request_verification(uuid)
    except NotFound as error:
        raise _unknown(uuid) from error
    sentence = f"Requested the verification of {job.consumer} by {job.provider} {job.provider_version} again."
    printer.done(sentence, _record(job), page=job.url)


def _unknown(uuid: str) -> NotFound:
    return NotFound(f"The broker has no verification job with the UUID {uuid!r}. List them: contracts jobs list")


def _record(job: VerificationJob) -> OutputRecord:
    return {
        "uuid": job.uuid,
        "state": job.state,
        "problem": job.problem,
        "consumer": job.consumer,
        "consumerVersion": job.consumer_version,
        "provider": job.provider,
        "providerVersion": job.provider_version,
        "reasons": list(job.reasons),
        "attempts": job.attempts,
        "deadline": job.deadline,
        "startedAt": job.started_at,
        "buildUrl": job.build_url,
        "createdAt": job.created_at,
        "url": job.url,
    }
