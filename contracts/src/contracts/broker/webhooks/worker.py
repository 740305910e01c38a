"""The webhook worker: claims what is due in the outbox, sends it, and writes down how it went.

Nothing it does is inside a request's transaction, and nothing is lost when the process dies: a claim is for some
seconds, and renewed while the attempt lasts, so that another process soon sends what a dead one left.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from contracts.broker.actions import refill
from contracts.broker.clock_steps import ClockSteps
from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, webhooks
from contracts.broker.webhooks import requests
from contracts.broker.webhooks.deadlines import Deadline, Exchanges
from contracts.broker.webhooks.shares import Shares, host_and_port
from contracts.model.deliveries import Execution, Next, TriggeredWebhook, after
from contracts.model.errors import Unavailable
from contracts.model.webhooks import WebhookRequest


log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=12)  # how long a delivery waits whose process was killed
RENEW_SECONDS = 3.0  # so that a claim outlasts a database that is busy, or away, for some seconds
AT_ONCE = 8
STOP_SECONDS = (
    3.0  # what is not sent by then goes back: whoever runs a process kills it ten seconds after the first word
)
RETRY_SECONDS = 1.0  # between two attempts to reach a database that is away
RECORD_SECONDS = 50.0  # how long a database that is away is waited for
IDLE_SECONDS = 30.0  # how often it looks for what another process left, when nothing wakes it


class Delivery:
    """The worker over *runtime*; it runs between `start` and `stop`."""

    def __init__(self, runtime: Runtime) -> None:
        self._broker = runtime
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._shares = Shares(AT_ONCE)
        self._underway: set[int] = set()
        self._renewed = 0.0
        self._exchanges = Exchanges()
        self._clock = ClockSteps(runtime.now)
        self._thread = threading.Thread(target=self._run, name="webhook-delivery", daemon=True)

    def start(self) -> None:
        """Begin to deliver; what an earlier process left is due at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent, for some seconds, and end; the rest goes back to the outbox."""
        self._stopping.set()
        self._woken.set()
        patience = threading.Timer(STOP_SECONDS, self._exchanges.stop)
        patience.start()
        self._thread.join()
        self._pool.shutdown()
        patience.cancel()

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                wait_seconds = self._round()
            except Unavailable as error:
                self._broker.outages.report(f"The outbox of webhooks: {error}")
                wait_seconds = RETRY_SECONDS
            except Exception:
                log.exception("The outbox of webhooks cannot be read; trying again in %g s", IDLE_SECONDS)
                wait_seconds = IDLE_SECONDS
            self._woken.wait(wait_seconds)

    def _round(self) -> float:
        """Hand out what is due; how long until there may be more."""
        if self._clock.was_set_back():
            with self._broker.database.writing() as connection:
                deliveries.clock_was_set_back(connection, self._broker.now(), CLAIM)
        self._renew()
        while self._shares.free() and not self._stopping.is_set():
            passed_over, wait_seconds = self._look()
            if wait_seconds > 0:
                return min(wait_seconds, RENEW_SECONDS) if self._underway else wait_seconds
            for triggered, host in self._claim(passed_over):
                self._shares.begin(host)
                self._underway.add(triggered.id)
                self._pool.submit(self._deliver, triggered, host)
        return RENEW_SECONDS  # or until one of those under way has ended

    def _renew(self) -> None:
        """Hold the claims on what is under way, every few seconds."""
        underway = list(self._underway)
        if underway and time.monotonic() - self._renewed >= RENEW_SECONDS:
            with self._broker.database.writing() as connection:
                deliveries.renew(connection, underway, self._broker.now() + CLAIM)
            self._renewed = time.monotonic()

    def _look(self) -> tuple[deliveries.Except, float]:
        """What is to be passed over now, and how long until something else is due, by the broker's clock.

        It only reads, as mostly nothing is due.
        """
        full = self._shares.full()
        with self._broker.database.reading() as connection:
            urls = webhooks.urls(connection) if full else {}
            full_ids = [webhook_id for webhook_id, url in urls.items() if host_and_port(url) in full]
            passed_over = deliveries.Except(webhook_ids=full_ids, ids=list(self._underway))
            due = deliveries.next_due(connection, passed_over)
        wait_seconds = IDLE_SECONDS if due is None else (due - self._broker.now()).total_seconds()
        return passed_over, min(IDLE_SECONDS, wait_seconds)

    def _claim(self, passed_over: deliveries.Except) -> list[tuple[TriggeredWebhook, str]]:
        """Claim what is due, each with its host, and no more than every host may have."""
        with self._broker.database.writing() as connection:
            claimed = deliveries.claim(connection, self._broker.now(), CLAIM, self._shares.most(), passed_over)
            urls = webhooks.urls(connection, {each.webhook_id for each in claimed if each.webhook_id is not None})
        return [(each, host_and_port(urls.get(each.webhook_id or 0, ""))) for each in claimed]

    def _deliver(self, triggered: TriggeredWebhook, host: str) -> None:
        late = False
        try:
            with self._exchanges.within(requests.SECONDS) as deadline:
                execution, follows = attempt(self._broker, triggered, deadline)
            late = deadline.passed
            self._record(triggered, execution, follows)
        except Unavailable as error:  # the claim ends by itself
            self._broker.outages.report(f"Webhook {triggered.webhook_uuid} ({triggered.uuid}): {error}")
        except Exception:
            log.exception("How webhook %s (%s) went cannot be kept", triggered.webhook_uuid, triggered.uuid)
        finally:
            self._underway.discard(triggered.id)
            self._shares.end(host, late=late)
            self.wake()

    def _record(self, triggered: TriggeredWebhook, execution: Execution, follows: Next) -> None:
        """Write down how it went; while the database is away, try again as long as the claim lasts.

        Raises:
            Unavailable: if it stayed away.
        """
        latest = time.monotonic() + RECORD_SECONDS
        while True:
            try:
                with self._broker.database.writing() as connection:
                    if self._exchanges.stopped and not execution.success:
                        deliveries.give_back(connection, triggered.id)
                    else:
                        deliveries.record(connection, triggered.id, execution, follows)
            except Unavailable as error:
                if time.monotonic() > latest or self._stopping.wait(RETRY_SECONDS):
                    raise
                self._broker.outages.report(f"Webhook {triggered.webhook_uuid} ({triggered.uuid}): {error}")
            else:
                return


def attempt(runtime: Runtime, triggered: TriggeredWebhook, within: Deadline) -> tuple[Execution, Next]:
    """Send *triggered* once: how it went, and what follows from it. Whatever goes wrong is a failed attempt.

    Raises:
        Unavailable: if the database does not say what to send.
    """
    schedule_seconds = runtime.settings.webhook_retry_schedule
    success = False
    try:
        if (current := _current(runtime, triggered)) is None:
            text, schedule_seconds = "Not sent: the webhook was removed or switched off meanwhile\n", ()
        else:
            request, parameters = current
            sent = requests.send(runtime.settings, request, parameters, within)
            success, text = sent.success, requests.log_of(runtime.settings, sent)
    except Unavailable:
        raise
    except Exception:
        log.exception("Webhook %s (%s) cannot be sent", triggered.webhook_uuid, triggered.uuid)
        text = "Not sent: something went wrong in the broker; its log tells more\n"
    execution = Execution(success=success, logs=text, created_at=runtime.now())
    return execution, after(triggered.attempts_made + 1, success=success, schedule_seconds=schedule_seconds)


def _current(runtime: Runtime, triggered: TriggeredWebhook) -> tuple[WebhookRequest, Mapping[str, str]] | None:
    """The request that is to be sent, if it still is, and what it is filled with now."""
    if triggered.webhook_id is None:
        return None
    with runtime.database.reading() as connection:
        webhook = webhooks.get_by_id(connection, triggered.webhook_id)
        if webhook is None or not webhook.enabled:
            return None
        return webhook.request, refill.parameters(connection, triggered)
