"""can-i-deploy: may this version be deployed to an environment? Only the broker's explicit yes is a yes.

If several versions of a provider are in the environment, brokers say yes as soon as one of them has a result. The gate
checks them all: a version without a result makes the answer unknown.

The gate waits while the answer is unknown, because a provider may be verifying the pact right now. It stops at once if
no result can turn the answer into a yes:

* a result failed: the missing ones do not matter;
* a provider has no version in the environment, or on its main branch if the question is about merging: nothing can be
  verified;
* a pact has no interactions: no provider verifies it, so no result arrives;
* the broker knows which verifications are requested, and none of them can bring a missing result.

A broker of this package waits itself, and answers as soon as a result arrives (`contracts.ci.gate_waits`); any other
one is asked again and again. The gate also waits for a broker that stops answering, such as one that restarts.

Once the answer is final and not a yes, the gate reads the facts that explain it (`contracts.ci.facts`). They never
change the answer.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from contracts.ci import facts
from contracts.ci.exit_statuses import NO, UNKNOWN, YES
from contracts.ci.gate_waits import GateWait, Times, Waiting
from contracts.client import Broker, ClientError, Failing, Invalid, Unreachable, UsageError
from contracts.client.documents import Matrix, Row
from contracts.client.questions import Question, VersionChoice
from contracts.model.cause_classes import Cause, CauseClass
from contracts.model.causes import explain
from contracts.model.notices import Notice


WAIT_SECONDS = 120.0
POLL_SECONDS = 2.0
WAIT_FOR = ("requested", "any")
"""The results to wait for: those of requested verifications, or any."""
NOT_REQUESTED = (
    "The command did not wait, because no webhook has requested these verifications. If something else starts them, "
    "use --wait-for any."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer: *deployable* is True, False, or None for unknown, with its *causes*.

    *remarks* are the broker's reasons and *end* how the waiting ended; *notices* are the broker's, unabridged.
    """

    question: Question
    deployable: bool | None
    rows: tuple[Row, ...]
    notices: tuple[Notice, ...]
    remarks: tuple[str, ...]
    causes: tuple[Cause, ...] = ()
    end: str = ""
    waited_seconds: float

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the answer is what it is, in sentences: what the broker says, the causes, and how the waiting ended."""
        return (*self.remarks, *(each.text for each in self.causes), *([self.end] if self.end else ()))

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


def waits_for_any(environ: Mapping[str, str]) -> bool:
    """Return whether CAN_I_DEPLOY_WAIT_FOR asks to wait also for results that no webhook requests.

    Raises:
        UsageError: if it is neither "requested" nor "any".
    """
    text = environ.get("CAN_I_DEPLOY_WAIT_FOR") or WAIT_FOR[0]
    if text not in WAIT_FOR:
        raise UsageError(f"{text!r} is not a kind of results. Set CAN_I_DEPLOY_WAIT_FOR to {' or '.join(WAIT_FOR)}.")
    return text == WAIT_FOR[1]


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
    wait_for_any: bool = False,
) -> Decision:
    """Ask whether *version* of *pacticipant* may be deployed to *environment*; see `decide`.

    Raises:
        UsageError: if a name is blank.
        Invalid: if the pacticipant or environment does not exist.
        ClientError: if the broker cannot be reached, refuses, …
    """
    question = Question(versions=(VersionChoice(pacticipant=pacticipant, version=version),), environment=environment)
    return decide(
        broker,
        question,
        wait_seconds=wait_seconds,
        poll_seconds=poll_seconds,
        clock=clock,
        sleep=sleep,
        on_wait=on_wait,
        wait_for_any=wait_for_any,
    )


def decide(  # noqa: PLR0913 - as `can_i_deploy`
    broker: Broker,
    question: Question,
    *,
    wait_seconds: float = WAIT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    on_wait: Callable[[Waiting], None] | None = None,
    wait_for_any: bool = False,
) -> Decision:
    """Ask *question* until the answer is final or *wait_seconds* have passed.

    Pause for *poll_seconds* between two questions unless the broker waits itself. Call *on_wait* before each pause, and
    every few seconds while the broker waits. With *wait_for_any*, wait also for results that no webhook requests.

    Raises:
        Invalid: if a pacticipant or the environment does not exist.
        ClientError: if the broker cannot be reached, refuses, …
    """
    times = Times(wait_seconds=wait_seconds, poll_seconds=poll_seconds, clock=clock, sleep=sleep)
    wait = GateWait(times, on_wait, broker_can_wait=broker.can_wait)
    matrix: Matrix | None = None
    empty: dict[str, bool] = {}
    while True:
        try:
            with wait.asking():
                matrix = _ask(broker, question, wait.seconds_at_broker)
            is_settled = _is_settled(broker, matrix, question, empty)
        except (Failing, Unreachable):
            if matrix is None or wait.is_over:
                raise
            wait.report()
            wait.pause()
            continue
        is_hopeless = matrix.results_expected is False and not wait_for_any
        if is_settled or is_hopeless or wait.is_over:
            end = "" if is_settled else NOT_REQUESTED if is_hopeless else _ran_out(wait.waited_seconds)
            return _decision(broker, question, matrix, wait.waited_seconds, end=end)
        wait.proceed(_missing(matrix), results_expected=matrix.results_expected is True)


def _ask(broker: Broker, question: Question, seconds_at_broker: int | None) -> Matrix:
    try:
        matrix = _answer(broker, question, seconds_at_broker)
        return _completed(broker, matrix, question) if matrix.deployable is True else matrix
    except Invalid as error:
        raise Invalid(_unknown(broker, question) or str(error), error.messages) from error


def _answer(broker: Broker, question: Question, seconds_at_broker: int | None) -> Matrix:
    version = question.versions[0].version
    if question.is_plain and version is not None and question.environment is not None:
        return broker.can_i_deploy(
            pacticipant=question.versions[0].pacticipant,
            version=version,
            environment=question.environment,
            wait_seconds=seconds_at_broker,
        )
    return broker.answer(question, wait_seconds=seconds_at_broker)


def _completed(broker: Broker, matrix: Matrix, question: Question) -> Matrix:
    """Make a *matrix* that says yes unknown, with rows for the provider versions in place that have no result."""
    environment, asked_about = question.environment, question.pacticipants
    if environment is None:
        return matrix
    counted = [
        row
        for row in matrix.rows
        if row.consumer in asked_about and row.provider not in asked_about and not row.ignored
    ]
    if not counted:
        return matrix
    in_place = {(each.pacticipant, each.version) for each in broker.currently_deployed(environment)}
    in_place |= {(each.pacticipant, each.version) for each in broker.currently_supported(environment)}
    in_place -= {(each.pacticipant, each.version) for each in question.ignored if each.version is not None}
    needed = {
        (row.consumer, row.consumer_version, name, version): row
        for row in counted
        for name, version in sorted(in_place)
        if name == row.provider
    }
    seen = {(row.consumer, row.consumer_version, row.provider, row.provider_version) for row in matrix.rows}
    missing = [
        replace(row, provider_version=needs[3], success=None, verification_url=None)
        for needs, row in needed.items()
        if needs not in seen
    ]
    rows = (*matrix.rows, *missing)
    return replace(matrix, deployable=None, rows=rows, results_expected=None) if missing else matrix


def _unknown(broker: Broker, question: Question) -> str:
    """Return an error that names the unknown environment or application: the broker's own does not."""
    causes = explain(facts.facts_about(broker, question, None))
    return "\n".join(
        " ".join(filter(None, (each.text, f"({evidence})" if evidence else "", f"Next: {each.command}")))
        for each in causes
        if each.kind is not CauseClass.UNEXPLAINED
        for evidence in ["; ".join(_item(name, value) for name, value in each.evidence.items())]
    )


def _item(name: str, value: str | list[str]) -> str:
    return f"{name.replace('_', ' ')}: {value if isinstance(value, str) else ', '.join(value)}"


def _decision(broker: Broker, question: Question, matrix: Matrix, waited: float, *, end: str) -> Decision:
    notices = tuple(notice.text for notice in matrix.notices if notice.type != "debug")
    deployable = _deployable(matrix)
    causes: list[Cause] = []
    if deployable is not True:
        response = replace(matrix.response, deployable=deployable)
        causes = explain(facts.facts_about(broker, question, response))
    return Decision(
        question=question,
        deployable=deployable,
        rows=matrix.rows,
        notices=matrix.notices,
        remarks=notices or ((matrix.reason,) if matrix.reason else ()),
        causes=tuple(causes),
        end=end,
        waited_seconds=waited,
    )


def _deployable(matrix: Matrix) -> bool | None:
    """Return the broker's answer, or no if it is unknown but a result failed."""
    if matrix.deployable is None and _failed(matrix):
        return False
    return matrix.deployable


def _is_settled(broker: Broker, matrix: Matrix, question: Question, empty: dict[str, bool]) -> bool:
    """Return whether no result can change the answer; *empty* caches by URL which pacts are empty."""
    return (
        matrix.deployable is not None
        or bool(_failed(matrix))
        or _is_any_absent(broker, matrix, question)
        or any(_is_empty(broker, row, empty) for row in _missing(matrix))
    )


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


def _is_any_absent(broker: Broker, matrix: Matrix, question: Question) -> bool:
    """Return whether a provider without a result has no version where the question looks for one."""
    providers = sorted({row.provider for row in _missing(matrix)} - question.pacticipants)
    environment = question.environment
    if environment is not None:
        return any(
            not broker.currently_deployed(environment, pacticipant=provider)
            and not broker.currently_supported(environment, pacticipant=provider)
            for provider in providers
        )
    return question.main_branches and any(not _has_main_branch(broker, provider) for provider in providers)


def _has_main_branch(broker: Broker, provider: str) -> bool:
    """Return whether *provider* has a version on its main branch; assume so if the broker does not say."""
    try:
        return broker.pacticipant(provider).main_branch in broker.branches(provider)
    except ClientError:
        return True


def _ran_out(waited_seconds: float) -> str:
    if waited_seconds < 1:
        return "The answer is still unknown. Set --wait-seconds to wait for missing results."
    return f"The answer was still unknown after {waited_seconds:.0f} seconds."
