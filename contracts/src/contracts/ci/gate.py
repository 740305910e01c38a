"""can-i-deploy: may this version be deployed to an environment? Only the broker's explicit yes is a yes.

If several versions of a provider are in the environment, brokers say yes as soon as one of them has a result. The gate
checks them all: a version without a result makes the answer unknown.

The gate waits while the answer is unknown, because a provider may be verifying the pact right now. It stops at once if
no result can turn the answer into a yes:

* a result failed: the missing ones do not matter;
* a provider has no version in the environment: nothing can be verified;
* a pact has no interactions: no provider verifies it, so no result arrives.

It also waits for a broker that stops answering during the wait, such as one that restarts.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from contracts.ci.exit_statuses import NO, UNKNOWN, YES
from contracts.client import Broker, ClientError, Failing, Invalid, Unreachable, UsageError, unknown_names
from contracts.client.documents import Matrix, Row
from contracts.model.notices import Notice


WAIT_SECONDS = 120.0
POLL_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The state between two attempts: the time spent, the time left, and the pairs without a result."""

    waited_seconds: float
    remaining_seconds: float
    missing: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer: *deployable* is True, False, or None for unknown, with *reasons* in sentences.

    *notices* are the broker's; *reasons* add the gate's own findings, and what to do.
    """

    pacticipant: str
    version: str
    environment: str
    deployable: bool | None
    rows: tuple[Row, ...]
    notices: tuple[Notice, ...]
    reasons: tuple[str, ...]
    waited_seconds: float

    @property
    def exit_status(self) -> int:
        """0 for yes, 1 for no, 3 for unknown."""
        return {True: YES, False: NO, None: UNKNOWN}[self.deployable]


def seconds_to_wait(option: str, environ: Mapping[str, str]) -> float:
    """Return the longest wait: *option*, else CAN_I_DEPLOY_WAIT_SECONDS, else 120 seconds.

    Raises:
        UsageError: if it is not a number of seconds.
    """
    text = option or environ.get("CAN_I_DEPLOY_WAIT_SECONDS") or str(WAIT_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise UsageError(
            f"{text!r} is not a number of seconds. Set --wait-seconds or CAN_I_DEPLOY_WAIT_SECONDS (0: do not wait)."
        )
    return seconds


def can_i_deploy(  # noqa: PLR0913 - clock and sleep are injected, everything is given by name
    broker: Broker,
    *,
    pacticipant: str,
    version: str,
    environment: str,
    wait_seconds: float = WAIT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    on_wait: Callable[[Waiting], None] | None = None,
) -> Decision:
    """Ask whether *version* of *pacticipant* may be deployed to *environment*.

    Ask again every *poll_seconds* while the answer is unknown and may still change, for at most *wait_seconds*.
    Call *on_wait* before each pause.

    Raises:
        UsageError: if a name is blank.
        Invalid: if the pacticipant or environment does not exist.
        ClientError: if the broker cannot be reached, refuses, …
    """
    for what, value in (
        ("pacticipant", pacticipant),
        ("version", version),
        ("environment", environment),
    ):
        if not value.strip():
            raise UsageError(f"can-i-deploy needs the {what}.")
    start = clock()
    missing: tuple[Row, ...] | None = None
    empty: dict[str, bool] = {}
    while True:
        try:
            matrix = _ask(broker, pacticipant, version, environment)
            reasons, settled = _judge(broker, matrix, pacticipant, environment, empty)
            waited = clock() - start
        except (Failing, Unreachable):
            waited = clock() - start
            if missing is None or waited >= wait_seconds:
                raise
        else:
            missing = _missing(matrix)
            if settled or waited >= wait_seconds:
                return Decision(
                    pacticipant=pacticipant,
                    version=version,
                    environment=environment,
                    deployable=_deployable(matrix),
                    rows=matrix.rows,
                    notices=matrix.notices,
                    reasons=reasons if settled else (*reasons, _ran_out(waited)),
                    waited_seconds=waited,
                )
        remaining = wait_seconds - waited
        if on_wait is not None:
            on_wait(Waiting(waited_seconds=waited, remaining_seconds=remaining, missing=missing))
        sleep(min(poll_seconds, remaining))


def _ask(broker: Broker, pacticipant: str, version: str, environment: str) -> Matrix:
    try:
        matrix = broker.can_i_deploy(pacticipant=pacticipant, version=version, environment=environment)
        return _completed(broker, matrix, pacticipant, environment) if matrix.deployable is True else matrix
    except Invalid as error:
        raise Invalid(_unknown(broker, pacticipant, environment) or str(error), error.messages) from error


def _completed(broker: Broker, matrix: Matrix, pacticipant: str, environment: str) -> Matrix:
    """Make a *matrix* that says yes unknown, with rows for the provider versions in place that have no result."""
    counted = [row for row in matrix.rows if row.consumer == pacticipant != row.provider and not row.ignored]
    if not counted:
        return matrix
    in_place = {(each.pacticipant, each.version) for each in broker.currently_deployed(environment)}
    in_place |= {(each.pacticipant, each.version) for each in broker.currently_supported(environment)}
    needed = {
        (row.consumer_version, name, version): row
        for row in counted
        for name, version in sorted(in_place)
        if name == row.provider
    }
    seen = {(row.consumer_version, row.provider, row.provider_version) for row in matrix.rows}
    missing = [
        replace(row, provider_version=needs[2], success=None, verification_url=None)
        for needs, row in needed.items()
        if needs not in seen
    ]
    return replace(matrix, deployable=None, rows=(*matrix.rows, *missing)) if missing else matrix


def _unknown(broker: Broker, pacticipant: str, environment: str) -> str | None:
    """Return an error that names the unknown environment or application: the broker's own does not."""
    with contextlib.suppress(ClientError):
        environments = {each.name for each in broker.environments()}
        if environment not in environments:
            return unknown_names.environment(environment, environments)
        applications = {each.name for each in broker.pacticipants()}
        if pacticipant not in applications:
            return unknown_names.application(pacticipant, applications)
    return None


def _deployable(matrix: Matrix) -> bool | None:
    """Return the broker's answer, or no if it is unknown but a result failed."""
    if matrix.deployable is None and _failed(matrix):
        return False
    return matrix.deployable


def _judge(
    broker: Broker, matrix: Matrix, pacticipant: str, environment: str, empty: dict[str, bool]
) -> tuple[tuple[str, ...], bool]:
    """Return the reasons for the verdict, and whether it is final; *empty* caches by URL which pacts are empty."""
    notices = tuple(notice.text for notice in matrix.notices if notice.type != "debug")
    notices = notices or ((matrix.reason,) if matrix.reason else ())
    if matrix.deployable is not None:
        return notices, True
    if failed := _failed(matrix):
        return (*notices, *(_failed_reason(row) for row in failed)), True
    absent = _absent(broker, matrix, pacticipant, environment)
    if absent:
        return (*notices, *(_absent_reason(name, environment) for name in absent)), True
    if without := [row for row in _missing(matrix) if _is_empty(broker, row, empty)]:
        return (*notices, *dict.fromkeys(map(_empty_reason, without))), True
    return (*notices, *(_missing_reason(row, pacticipant) for row in _missing(matrix))), False


def _is_empty(broker: Broker, row: Row, empty: dict[str, bool]) -> bool:
    """Return whether the pact of *row* has no interactions; an unreadable pact counts as having some."""
    if row.pact_url is None:
        return False
    if row.pact_url not in empty:
        empty[row.pact_url] = False
        with contextlib.suppress(ClientError):
            document = broker.pact(row.pact_url).document
            empty[row.pact_url] = not any(document.get(key) for key in ("interactions", "messages"))
    return empty[row.pact_url]


def _failed(matrix: Matrix) -> tuple[Row, ...]:
    return tuple(row for row in matrix.rows if row.success is False and not row.ignored)


def _missing(matrix: Matrix) -> tuple[Row, ...]:
    return tuple(row for row in matrix.rows if row.success is None and not row.ignored)


def _absent(broker: Broker, matrix: Matrix, pacticipant: str, environment: str) -> list[str]:
    """Return the providers without a result and without a version in the environment, except *pacticipant* itself."""
    providers = {row.provider for row in _missing(matrix)} - {pacticipant}
    return [
        provider
        for provider in sorted(providers)
        if not broker.currently_deployed(environment, pacticipant=provider)
        and not broker.currently_supported(environment, pacticipant=provider)
    ]


def _failed_reason(row: Row) -> str:
    return (
        f"Version {row.provider_version} of {row.provider} failed the pact of version "
        f"{row.consumer_version} of {row.consumer}."
    )


def _absent_reason(provider: str, environment: str) -> str:
    return (
        f"No version of {provider} is deployed or released to {environment}, so there is nothing to be compatible "
        f"with; waiting will not help. Deploy {provider} there first, and record it: contracts record-deployment"
    )


def _empty_reason(row: Row) -> str:
    return (
        f"The pact of version {row.consumer_version} of {row.consumer} with {row.provider} has no interactions: no "
        f"provider verifies it; waiting will not help. Publish the pact that the tests of {row.consumer} write. "
        f"If it no longer uses {row.provider}, publish a version without this pact."
    )


def _missing_reason(row: Row, pacticipant: str) -> str:
    pact = f"the pact of version {row.consumer_version} of {row.consumer}"
    if row.provider == pacticipant:
        return f"This version of {row.provider} has no result for {pact}. Run its verification and publish the results."
    which = f"Version {row.provider_version}" if row.provider_version else "The version"
    return (
        f"{which} of {row.provider} that is in place has no result for {pact}. A webhook "
        f"(contract_requiring_verification_published) starts that verification when the pact is published."
    )


def _ran_out(waited_seconds: float) -> str:
    if waited_seconds < 1:
        return "The answer is still unknown. Set --wait-seconds to wait for missing results."
    return f"The answer was still unknown after {waited_seconds:.0f} seconds."
