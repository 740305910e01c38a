"""The outbox in SQL."""

from __future__ import annotations

import itertools
import threading
from contextlib import ExitStack
from datetime import timedelta

import hooks
import pytest
from hooks import claim_due, new_webhook

from contracts.broker.store import deliveries, outbox, pacticipants, webhooks
from contracts.broker.store.deliveries import NewDelivery
from contracts.model.deliveries import DeliveryStatus, Execution, Next
from contracts.model.errors import NotFound


HOLD = timedelta(minutes=1)
DONE = Next(status=DeliveryStatus.SUCCESS, wait=None)


@pytest.fixture
def webhook(database, clock):
    with database.writing() as connection:
        return webhooks.create(connection, "a-webhook", new_webhook(), clock())


@pytest.fixture
def add(database, clock, webhook):
    """Put that many deliveries into the outbox."""
    numbers = itertools.count()

    def add(count=1, **changes):
        with database.writing() as connection:
            ids = [pacticipants.ensure(connection, name, clock()).id for name in ("Till", "Ledger")]
            new = [
                NewDelivery(
                    **{
                        "uuid": f"uuid-{next(numbers)}",
                        "webhook_id": webhook.id,
                        "webhook_uuid": webhook.uuid,
                        "event_name": "contract_published",
                        "consumer_id": ids[0],
                        "provider_id": ids[1],
                        "pact_publication_id": None,
                        "verification_id": None,
                        "parameters": {"consumerName": "Till"},
                        **changes,
                    }
                )
                for _ in range(count)
            ]
            deliveries.add(connection, new, clock())

    return add


@pytest.fixture
def claim(database, clock):
    def claim(limit=10):
        with database.writing() as connection:
            return claim_due(connection, clock(), HOLD, limit)

    return claim


@pytest.fixture
def record(database, clock):
    def record(triggered, follows, *, success=False, logs="said"):
        with database.writing() as connection:
            execution = Execution(success=success, logs=logs, created_at=clock())
            deliveries.record(connection, triggered.id, execution, follows)
        with database.reading() as connection:
            return deliveries.find(connection, triggered.uuid)

    return record


@pytest.fixture
def next_due(database, clock):
    def next_due():
        with database.reading() as connection:
            return hooks.next_due(connection, clock())

    return next_due


def test_an_empty_outbox_has_nothing_to_do(database, clock, claim, next_due):
    with database.writing() as connection:
        deliveries.add(connection, [], clock())
    assert (claim(), next_due()) == ([], None)


def test_a_new_delivery_is_due_at_once(add, claim, next_due, clock, webhook):
    add()
    assert next_due() == clock()
    (claimed,) = claim()
    assert (claimed.uuid, claimed.webhook_id, claimed.webhook_uuid) == ("uuid-0", webhook.id, "a-webhook")
    assert (claimed.status, claimed.attempts_made, claimed.created_at) == (DeliveryStatus.NOT_RUN, 0, clock())
    assert (claimed.event_name, claimed.parameters) == ("contract_published", {"consumerName": "Till"})


def test_a_claimed_delivery_is_free_again_when_the_claim_ends(add, claim, next_due, clock):
    add()
    claimed = claim()
    assert claim() == []
    assert next_due() == clock() + HOLD
    clock.forward(seconds=59)
    assert claim() == []
    clock.forward(seconds=1)
    assert claim() == claimed


def test_the_longest_waiting_deliveries_are_claimed_first_up_to_the_limit(add, claim, clock):
    add(2)
    clock.forward(seconds=1)
    add(2)
    assert [each.uuid for each in claim(3)] == ["uuid-0", "uuid-1", "uuid-2"]
    assert [each.uuid for each in claim(3)] == ["uuid-3"]


def test_two_workers_deliver_each_once(database, clock, add):
    add(40)
    claimed: list[list[str]] = [[], []]

    def work(mine):
        while True:
            with database.writing() as connection:
                claimed = claim_due(connection, clock(), HOLD, 3)
            if not claimed:
                return
            mine += [each.uuid for each in claimed]

    workers = [threading.Thread(target=work, args=(mine,)) for mine in claimed]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(claimed[0] + claimed[1]) == sorted(f"uuid-{number}" for number in range(40))


def test_an_open_claim_blocks_no_other_claim(database, clock, add):
    """On PostgreSQL the second worker gets nothing while the first has locked the row; SQLite has one writer."""
    add(3)
    with ExitStack() as first:
        connection = first.enter_context(database.writing())
        mine = claim_due(connection, clock(), HOLD, 1)
        if database.sqlite:
            first.close()
        with database.writing() as other:
            during = claim_due(other, clock(), HOLD, 0 if database.sqlite else 10)
    with database.writing() as connection:
        after = claim_due(connection, clock(), HOLD, 10)
    assert [each.uuid for each in mine] == ["uuid-0"]
    assert during == []
    assert [each.uuid for each in after] == ["uuid-1", "uuid-2"]


def test_a_failed_delivery_is_due_again_after_its_wait(database, add, claim, record, next_due, clock):
    add()
    clock.forward(seconds=5)
    retried = record(claim()[0], Next(status=DeliveryStatus.RETRYING, wait=timedelta(seconds=10)), logs="first")
    assert (retried.status, retried.attempts_made) == (DeliveryStatus.RETRYING, 1)
    assert next_due() == clock() + timedelta(seconds=10)
    clock.forward(seconds=9)
    assert claim() == []
    clock.forward(seconds=1)
    finished = record(claim()[0], DONE, success=True, logs="second")
    assert (finished.status, finished.attempts_made, next_due()) == (DeliveryStatus.SUCCESS, 2, None)
    clock.forward(days=1)
    assert claim() == []
    with database.reading() as connection:
        executions = deliveries.executions(connection, finished.id)
    assert [(each.success, each.logs) for each in executions] == [(False, "first"), (True, "second")]
    assert executions[1].created_at - executions[0].created_at == timedelta(seconds=10)


def test_a_delivery_outlives_its_webhook(database, add, claim, webhook):
    add()
    with database.writing() as connection:
        webhooks.remove(connection, webhook)
    (claimed,) = claim()
    assert (claimed.webhook_id, claimed.webhook_uuid) == (None, "a-webhook")


def test_the_last_delivery_of_each_webhook_and_event_is_the_oldest_first(database, add, clock):
    with database.writing() as connection:
        another = webhooks.create(connection, "another", new_webhook(), clock())
    add(2)
    add(event_name="contract_content_changed")
    add(webhook_id=another.id)
    with database.reading() as connection:
        ids = [pacticipants.find(connection, name).id for name in ("Till", "Ledger")]
        latest = deliveries.latest_of_pair(connection, *ids)
        assert [each.uuid for each in latest] == ["uuid-1", "uuid-2", "uuid-3"]
        assert deliveries.latest_of_pair(connection, *reversed(ids)) == []
    with database.writing() as connection:
        webhooks.remove(connection, another)
        assert [each.uuid for each in deliveries.latest_of_pair(connection, *ids)] == ["uuid-1", "uuid-2"]


def test_an_unknown_uuid_is_not_found(database):
    with database.reading() as connection, pytest.raises(NotFound, match="'nobody'"):
        deliveries.find(connection, "nobody")


def test_the_first_delivery_of_each_webhook_is_a_candidate_however_many_wait(database, add, clock):
    with database.writing() as connection:
        others = [
            webhooks.create(connection, f"another-{number}", new_webhook(url=f"http://{number}"), clock())
            for number in range(3)
        ]
    add(5)
    for each in others[:2]:
        clock.forward(seconds=1)
        add(5, webhook_id=each.id)
    with database.writing() as connection:
        webhooks.remove(connection, others[0])
    with database.reading() as connection:
        candidates = outbox.candidates(connection, clock())
    assert [each.url for each in candidates] == ["http://127.0.0.1:9/hook", "", "http://1"]
    assert [each.due for each in candidates] == [clock() - timedelta(seconds=wait) for wait in (2, 1, 0)]


def test_a_claim_is_renewed_but_not_one_that_was_given_back(database, add, claim, clock):
    add(2)
    renewed, given_back = claim()
    with database.writing() as connection:
        outbox.give_back(connection, given_back.id)
        outbox.renew(connection, [renewed.id, given_back.id], clock() + 2 * HOLD)
    assert claim() == [given_back]
    clock.forward(seconds=HOLD.total_seconds())
    assert claim() == [given_back]
    clock.forward(seconds=HOLD.total_seconds())
    assert claim() == [renewed, given_back]


def test_after_the_clock_is_set_back_waiting_deliveries_are_due(database, add, claim, record, clock):
    add(3)
    waiting, claimed, done = claim()
    record(waiting, Next(status=DeliveryStatus.RETRYING, wait=timedelta(seconds=10)))
    record(done, DONE)
    clock.forward(hours=-1)
    assert claim() == []

    with database.writing() as connection:
        outbox.clock_was_set_back(connection, clock(), timedelta(seconds=12))

    assert [each.uuid for each in claim()] == [waiting.uuid]
    clock.forward(seconds=12)
    assert [each.uuid for each in claim()] == [claimed.uuid]
