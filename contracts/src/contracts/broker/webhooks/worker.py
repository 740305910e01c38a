"""The webhook worker: claims the deliveries that are due, sends them, and records the attempts.

It works outside the transactions of requests. Its claims end soon after its process dies, so nothing is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from contracts.broker.actions import recover, refill, send, sign, start
from contracts.broker.runtime import Runtime
from contracts.broker.serving import traces
from contracts.broker.store import deliveries, job_lists, jobs, outbox, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.webhooks import requests
from contracts.broker.webhooks.clocks import ClockWatch
from contracts.broker.webhooks.deadlines import Deadline, OpenExchanges
from contracts.broker.webhooks.places import Places
from contracts.broker.webhooks.shares import host_and_port
from contracts.model.deliveries import Execution, Next, TriggeredWebhook, after
from contracts.model.errors import Locked, Unavailable
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, Webhook


log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=12)  # after a process was killed, its deliveries wait this long
RENEW_SECONDS = 3.0  # a claim outlasts a database that is unavailable for some seconds
AT_ONCE = 8
WAITING = 64  # requests without a response yet; each has a thread
STOP_SECONDS = 3.0  # service managers kill a process ten seconds after the first signal
CONTENTION_SECONDS = 0.05  # after another process claimed the same deliveries
RETRY_SECONDS = 1.0  # between two attempts to reach the database
RECORD_SECONDS = 50.0  # for an unavailable database
RECOVER_SECONDS = 5.0  # between two looks for lost verifications
SETTLE_SECONDS = 60.0  # between two looks for jobs that are not needed any more
IDLE_SECONDS = 30.0  # between two looks for deliveries that another process left


class Worker:
    """The worker of *runtime*; it runs between `start` and `stop`."""

    def __init__(self, runtime: Runtime) -> None:
        self._broker = runtime
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE + WAITING, thread_name_prefix="webhook")
        self._places = Places(AT_ONCE, WAITING)
        self._current: set[int] = set()
        self._renewed = 0.0
        self._recovered = -RECOVER_SECONDS
        self._settled = -SETTLE_SECONDS
        self._idle_jobs = recover.IdleJobs()
        self._exchanges = OpenExchanges()
        self._clock = ClockWatch(runtime.now)
        self._thread = threading.Thread(target=self._run, name="webhook-delivery", daemon=True)

    def start(self) -> None:
        """Begin to deliver, first what an earlier process left."""
        self._thread.start()

    def stop(self) -> None:
        """Give current requests some seconds to finish, and end; unfinished ones return to the outbox."""
        self._stopping.set()
        self._woken.set()
        patience = threading.Timer(STOP_SECONDS, self._exchanges.stop)
        patience.start()
        self._thread.join()
        self._pool.shutdown()
        patience.cancel()

    def wake(self) -> None:
        """Look for due deliveries now."""
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                wait_seconds = self._round()
            except Unavailable as error:
                self._broker.outages.report(f"Webhooks wait, because the database is unavailable: {error}")
                wait_seconds = RETRY_SECONDS
            except Exception:
                log.exception("Due webhooks cannot be read; the next attempt is in %g s", IDLE_SECONDS)
                wait_seconds = IDLE_SECONDS
            self._woken.wait(wait_seconds)

    def _round(self) -> float:
        """Start what is due, and return the seconds until there may be more."""
        if self._clock.was_set_back():
            with self._broker.database.writing() as connection:
                outbox.clock_was_set_back(connection, self._broker.now(), CLAIM)
        self._renew()
        self._record_fetches()
        self._recover()
        while self._places.free() and not self._stopping.is_set():
            chosen, wait_seconds = self._choose()
            if not chosen:
                return min(wait_seconds, RENEW_SECONDS) if self._current else wait_seconds
            if not self._start(chosen):
                return CONTENTION_SECONDS
        seconds_until_free = self._places.seconds_until_free()
        return RENEW_SECONDS if seconds_until_free is None else min(RENEW_SECONDS, seconds_until_free)

    def _renew(self) -> None:
        """Renew the claims of current deliveries, every few seconds."""
        current = list(self._current)
        if current and time.monotonic() - self._renewed >= RENEW_SECONDS:
            with self._broker.database.writing() as connection:
                outbox.renew(connection, current, self._broker.now() + CLAIM)
            self._renewed = time.monotonic()

    def _choose(self) -> tuple[dict[int, str], float]:
        """Return the due deliveries that can start, by id with their hosts, and the seconds until there may be others.

        This only reads, as usually nothing is due.
        """
        now = self._broker.now()
        with self._broker.database.reading() as connection:
            candidates = [each for each in outbox.candidates(connection, now) if each.id not in self._current]
            claim_end = outbox.next_claim_end(connection, list(self._current))
            deadline = job_lists.next_deadline(connection)
        due = [each for each in candidates if each.due <= now]
        hosts = [host_and_port(each.url) for each in due]
        chosen = {due[index].id: hosts[index] for index in self._places.choose(hosts)}
        later = [each.due for each in candidates if each.due > now] + ([claim_end] if claim_end is not None else [])
        wait_seconds = (min(later) - now).total_seconds() if later else IDLE_SECONDS
        return chosen, min(IDLE_SECONDS, max(0.0, wait_seconds), self._seconds_to_recovery(deadline))

    def _seconds_to_recovery(self, deadline: datetime | None) -> float:
        """The seconds until `_recover` looks for the job with the earliest *deadline*; more than 0."""
        if deadline is None:
            return IDLE_SECONDS
        pause_seconds = self._recovered + RECOVER_SECONDS - time.monotonic()
        return max(0.05, pause_seconds, (deadline - self._broker.now()).total_seconds())

    def _start(self, chosen: Mapping[int, str]) -> bool:
        """Claim the *chosen* deliveries, and start them; return whether any started."""
        with self._broker.database.writing() as connection:
            claimed = outbox.claim(connection, list(chosen), self._broker.now(), CLAIM)
        for each in claimed:
            self._places.begin(each.id, chosen[each.id])
            self._current.add(each.id)
            self._pool.submit(self._deliver, each)
        return bool(claimed)

    def _deliver(self, triggered: TriggeredWebhook) -> None:
        late = False
        try:
            with self._exchanges.within(requests.SECONDS) as deadline:
                execution, next_step = self._traced(triggered, deadline)
            late = deadline.passed
            self._record(triggered, execution, next_step)
        except Unavailable as error:  # the claim ends by itself
            self._broker.outages.report(f"Webhook {triggered.webhook_uuid} ({triggered.uuid}): {error}")
        except Exception:
            log.exception("The attempt of webhook %s (%s) cannot be recorded", triggered.webhook_uuid, triggered.uuid)
        finally:
            self._current.discard(triggered.id)
            self._places.end(triggered.id, late=late)
            self.wake()

    def _traced(self, triggered: TriggeredWebhook, deadline: Deadline) -> tuple[Execution, Next]:
        """Attempt the delivery, within a span if traces are on; it has no URL, which may contain secrets."""
        spans = self._broker.traces
        if spans is None:
            return attempt(self._broker, triggered, deadline)
        attributes: dict[str, str | int] = {
            "contracts.webhook.uuid": triggered.webhook_uuid,
            "contracts.webhook.event": triggered.event_name,
            "contracts.webhook.attempt": triggered.attempts_made + 1,
            "contracts.delivery.uuid": triggered.uuid,
        }
        with spans.span(f"webhook {triggered.event_name}", "CLIENT", attributes) as span:
            execution, next_step = attempt(self._broker, triggered, deadline)
            if not execution.success:
                traces.failed(span)
        return execution, next_step

    def _record(self, triggered: TriggeredWebhook, execution: Execution, next_step: Next) -> None:
        """Record the attempt; while the database is unavailable, try again until the claim ends.

        Raises:
            Unavailable: if the database stays unavailable.
        """
        latest = time.monotonic() + RECORD_SECONDS
        while True:
            try:
                with self._broker.database.writing() as connection:
                    if self._exchanges.stopped and not execution.success:
                        outbox.give_back(connection, triggered.id)
                    else:
                        deliveries.record(connection, triggered.id, execution, next_step)
                        self._record_request(connection, triggered, execution, next_step)
            except Unavailable as error:
                if time.monotonic() > latest or self._stopping.wait(RETRY_SECONDS):
                    raise
                self._broker.outages.report(f"Webhook {triggered.webhook_uuid} ({triggered.uuid}): {error}")
            else:
                return

    def _record_request(
        self, connection: Connection, triggered: TriggeredWebhook, execution: Execution, next_step: Next
    ) -> None:
        """Record on the verification job of *triggered*, if it has one, that its request was sent, or cannot be."""
        if triggered.event_name != CONTRACT_REQUIRING_VERIFICATION_PUBLISHED or next_step.wait is not None:
            return
        now = execution.created_at
        if execution.success:
            lease = self._broker.settings.patience_for_verifications.lease
            jobs.dispatched(connection, triggered.uuid, now, now + lease)
        else:
            jobs.not_dispatched(connection, triggered.uuid, now)

    def _record_fetches(self) -> None:
        """Record the builds that fetched pacts.

        Raises:
            Unavailable: if the database is; the fetches are then recorded later.
        """
        if not (fetches := self._broker.fetches.take()):
            return
        try:
            start.fetched(self._broker, fetches)
        except Unavailable:
            self._broker.fetches.note(fetches)
            raise

    def _recover(self) -> None:
        """Request lost verifications again; this only reads if none is lost, at most once every few seconds."""
        if time.monotonic() - self._recovered < RECOVER_SECONDS:
            return
        self._recovered = time.monotonic()
        if self._recovered - self._settled >= SETTLE_SECONDS:
            self._settled = self._recovered
            self._idle_jobs.settle(self._broker)
        with self._broker.database.reading() as connection:
            deadline = job_lists.next_deadline(connection)
        count = recover.BATCH if deadline is not None and deadline <= self._broker.now() else 0
        while count == recover.BATCH:  # a full batch: there may be more
            with self._broker.database.writing() as connection:
                count = recover.lost_verifications(self._broker, connection)


def attempt(runtime: Runtime, triggered: TriggeredWebhook, within: Deadline) -> tuple[Execution, Next]:
    """Send *triggered* once, and return the execution and the next step; any error is a failed attempt.

    Raises:
        Unavailable: if the webhook cannot be read from the database.
    """
    schedule_seconds = runtime.settings.webhook_retry_schedule
    success = False
    try:
        if (content := _content(runtime, triggered)) is None:
            text, schedule_seconds = "Not sent: the webhook was removed or disabled\n", ()
        else:
            webhook, parameters = content
            signing = partial(sign.signing, runtime, webhook, triggered.uuid)
            sent = send.send(runtime, webhook.request, parameters, signing, within)
            success, text = sent.success, requests.log_of(runtime.settings, sent)
    except Unavailable:
        raise
    except Locked as error:
        text = f"Not sent: {error}\n"
    except Exception:
        log.exception("Webhook %s (%s) cannot be sent", triggered.webhook_uuid, triggered.uuid)
        text = "Not sent: an unexpected error in the broker. Its log has the details\n"
    execution = Execution(success=success, logs=text, created_at=runtime.now())
    return execution, after(triggered.attempts_made + 1, success=success, schedule_seconds=schedule_seconds)


def _content(runtime: Runtime, triggered: TriggeredWebhook) -> tuple[Webhook, Mapping[str, str]] | None:
    """Return the current webhook and parameters; None if the webhook was removed or disabled."""
    if triggered.webhook_id is None:
        return None
    with runtime.database.reading() as connection:
        webhook = webhooks.get_by_id(connection, triggered.webhook_id)
        if webhook is None or not webhook.enabled:
            return None
        return webhook, refill.parameters(connection, triggered)
