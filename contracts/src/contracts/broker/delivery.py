"""The webhook worker: claims what is due in the outbox, sends it, and writes down how it went.

Nothing it does is inside a request's transaction, and nothing is lost when the process dies: a claim that nobody came
back from ends by itself, and the next worker, of this process or another, sends the webhook then.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from contracts.broker import sending
from contracts.broker.deadlines import Exchanges
from contracts.broker.store import deliveries, webhooks
from contracts.model.deliveries import Execution, Next, after
from contracts.model.errors import Unavailable


if TYPE_CHECKING:
    from contracts.broker.broker import Broker
    from contracts.broker.deadlines import Deadline
    from contracts.model.deliveries import TriggeredWebhook
    from contracts.model.webhooks import Webhook


log = logging.getLogger(__name__)

# longer than the slowest attempt: resolvers give a name up within half a minute, and how it went is written down
CLAIM = timedelta(seconds=sending.SECONDS + 60)
AT_ONCE = 8
STOP_SECONDS = (
    3.0  # what is not sent by then goes back: whoever runs a process kills it ten seconds after the first word
)
RETRY_SECONDS = 1.0  # between two attempts to reach a database that is away
RECORD_SECONDS = 50.0  # less than a claim lasts longer than an attempt
IDLE_SECONDS = 30.0  # how often it looks for what another process left, when nothing wakes it


class Delivery:
    """The worker over *broker*; it runs between `start` and `stop`."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._free = threading.Semaphore(AT_ONCE)
        self._exchanges = Exchanges()
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
        while (wait_seconds := self._until_due()) <= 0:
            room = self._take_room()
            if self._stopping.is_set():
                return 0
            for each in self._claim(room):
                self._pool.submit(self._deliver, each)
        return wait_seconds

    def _until_due(self) -> float:
        """How long until something is due, by the broker's clock; it only reads, as there is mostly nothing."""
        with self._broker.database.reading() as connection:
            due = deliveries.next_due(connection)
        return IDLE_SECONDS if due is None else min(IDLE_SECONDS, (due - self._broker.now()).total_seconds())

    def _claim(self, room: int) -> list[TriggeredWebhook]:
        """Claim what is due, as much as there is *room* for, and give back the room that is left."""
        claimed: list[TriggeredWebhook] = []
        try:
            with self._broker.database.writing() as connection:
                claimed = deliveries.claim(connection, self._broker.now(), CLAIM, room)
        finally:
            if left := room - len(claimed):
                self._free.release(left)
        return claimed

    def _take_room(self) -> int:
        """Wait until at least one can be sent; how many can."""
        self._free.acquire()
        room = 1
        while room < AT_ONCE and self._free.acquire(blocking=False):
            room += 1
        return room

    def _deliver(self, triggered: TriggeredWebhook) -> None:
        try:
            with self._exchanges.within(sending.SECONDS) as deadline:
                execution, follows = attempt(self._broker, triggered, deadline)
            self._record(triggered, execution, follows)
        except Unavailable as error:  # the claim ends by itself
            self._broker.outages.report(f"Webhook {triggered.webhook_uuid} ({triggered.uuid}): {error}")
        except Exception:
            log.exception("How webhook %s (%s) went cannot be kept", triggered.webhook_uuid, triggered.uuid)
        finally:
            self._free.release()
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


def attempt(broker: Broker, triggered: TriggeredWebhook, within: Deadline) -> tuple[Execution, Next]:
    """Send *triggered* once: how it went, and what follows from it. Whatever goes wrong is a failed attempt.

    Raises:
        Unavailable: if the database does not say what to send.
    """
    schedule_seconds = broker.settings.webhook_retry_schedule
    success = False
    try:
        if (webhook := _webhook(broker, triggered)) is None:
            text, schedule_seconds = "Not sent: the webhook was removed or switched off meanwhile\n", ()
        else:
            sent = sending.send(broker.settings, webhook.request, triggered.parameters, within)
            success, text = sent.success, sending.log_of(broker.settings, sent)
    except Unavailable:
        raise
    except Exception:
        log.exception("Webhook %s (%s) cannot be sent", triggered.webhook_uuid, triggered.uuid)
        text = "Not sent: something went wrong in the broker; its log tells more\n"
    execution = Execution(success=success, logs=text, created_at=broker.now())
    return execution, after(triggered.attempts_made + 1, success=success, schedule_seconds=schedule_seconds)


def _webhook(broker: Broker, triggered: TriggeredWebhook) -> Webhook | None:
    """What is to be sent, if it still is."""
    if triggered.webhook_id is None:
        return None
    with broker.database.reading() as connection:
        webhook = webhooks.get_by_id(connection, triggered.webhook_id)
    return webhook if webhook is not None and webhook.enabled else None
