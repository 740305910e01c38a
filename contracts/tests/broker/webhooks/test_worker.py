"""The webhook worker, over a real target and the broker's outbox."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from estates import Estate
from hooks import add_webhook, document, next_due
from listeners import Listener, Reply, until
from sqlalchemy import delete, event, func, select, update

from contracts.broker import vault_keys
from contracts.broker.actions import sign
from contracts.broker.app import opened
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import deliveries
from contracts.broker.store.database import Database
from contracts.broker.store.tables import triggered_webhooks, webhooks
from contracts.broker.webhooks import requests as sending
from contracts.broker.webhooks import worker
from contracts.broker.webhooks.worker import CLAIM, Worker
from contracts.model import signatures
from contracts.model.deliveries import DeliveryStatus


HALF = worker.AT_ONCE // 2


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """Let no attempt end by itself when the machine stands still for a while."""
    monkeypatch.setattr(sending, "SECONDS", 600.0)


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@pytest.fixture
def patient(database, clock):
    """A broker that retries after 10 and 20 seconds of its standing clock, over each database."""
    settings = Settings(
        webhook_host_whitelist=("127.0.0.1",),
        webhook_scheme_whitelist=("http",),
        webhook_retry_schedule=(10, 20),
        secrets_key=vault_keys.generate(),
    )
    return Runtime(settings=settings, database=database, now=clock)


@pytest.fixture
def running():
    """Start a worker over a broker; it is stopped at the end."""
    started = []

    def running(broker):
        delivery = Worker(broker)
        broker.wake_delivery = delivery.wake
        delivery.start()
        started.append(delivery)
        return delivery

    yield running
    for each in started:
        each.stop()


def publish(broker, number="1"):
    Estate(broker).publish("Till", number, "a")
    broker.wake_delivery()


def outbox(broker):
    """What was triggered for Till's pacts, as it stands."""
    with broker.database.reading() as connection:
        uuids = connection.scalars(select(triggered_webhooks.c.uuid).order_by(triggered_webhooks.c.id)).all()
        return [deliveries.find(connection, each) for each in uuids]


def stands(broker, status, attempts):
    """Wait until the delivery stands so."""
    return until(lambda: [each for each in outbox(broker) if (each.status, each.attempts_made) == (status, attempts)])


def test_a_webhook_is_delivered_at_once_after_the_commit(patient, running, listener):
    add_webhook(
        patient, url=f"{listener.url}/hook", body={"of": "${pactbroker.consumerName}"}, events=("contract_published",)
    )
    running(patient)
    publish(patient)
    assert listener.wait_for(1)[0].json == {"of": "Till"}
    (delivered,) = stands(patient, DeliveryStatus.SUCCESS, 1)
    with patient.database.reading() as connection:
        (execution,) = deliveries.executions(connection, delivered.id)
        assert next_due(connection, patient.now()) is None
    assert execution.success
    assert "Response: 200" in execution.logs


def test_waiting_deliveries_are_sent_when_a_worker_starts(patient, running, listener):
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    publish(patient)
    assert listener.arrived == []
    running(patient)
    stands(patient, DeliveryStatus.SUCCESS, 1)


def test_a_target_that_is_down_at_first_gets_the_webhook_later(patient, running, clock):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    add_webhook(patient, url=f"http://127.0.0.1:{port}/hook", events=("contract_published",))
    delivery = running(patient)
    publish(patient)
    stands(patient, DeliveryStatus.RETRYING, 1)
    with Listener(port=port) as listener:
        clock.forward(seconds=10)
        delivery.wake()
        listener.wait_for(1)
        (delivered,) = stands(patient, DeliveryStatus.SUCCESS, 2)
    with patient.database.reading() as connection:
        assert [each.success for each in deliveries.executions(connection, delivered.id)] == [False, True]


def test_a_delivery_fails_after_its_last_retry(patient, running, listener, clock):
    listener.answers["/hook"] = Reply(500)
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    delivery = running(patient)
    publish(patient)
    for attempts, seconds in ((1, 10), (2, 20)):
        stands(patient, DeliveryStatus.RETRYING, attempts)
        clock.forward(seconds=seconds)
        delivery.wake()
    stands(patient, DeliveryStatus.FAILURE, 3)
    clock.forward(days=1)
    delivery.wake()
    publish(patient, "2")
    stands(patient, DeliveryStatus.RETRYING, 1)
    assert len(listener.arrived) == 4


def test_a_retry_has_the_id_of_the_delivery_and_a_new_signature(patient, running, listener, clock):
    listener.answers["/hook"] = Reply(500)
    webhook = add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    with patient.database.writing() as connection:
        _, secret = sign.rotate(patient, connection, webhook, timedelta())
    delivery = running(patient)
    publish(patient)
    stands(patient, DeliveryStatus.RETRYING, 1)
    clock.forward(seconds=10)
    delivery.wake()
    (failed,) = stands(patient, DeliveryStatus.RETRYING, 2)
    first, second = listener.wait_for(2)
    ids = {
        signatures.verify(secret, each.headers, each.body, at)
        for each, at in ((first, patient.now() - timedelta(seconds=10)), (second, patient.now()))
    }
    assert ids == {failed.uuid}
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 10


def test_nothing_is_sent_before_it_is_due(patient, running, listener, clock):
    listener.answers["/hook"] = Reply(500)
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    add_webhook(patient, url=f"{listener.url}/fine", events=("contract_published",))
    delivery = running(patient)
    publish(patient)
    stands(patient, DeliveryStatus.RETRYING, 1)
    clock.forward(seconds=9)
    delivery.wake()
    publish(patient, "2")
    listener.wait_for(2, "/fine")
    assert len(listener.wait_for(2, "/hook")) == 2  # one for each publication, none again


def test_a_slow_target_does_not_block_the_others(patient, running, listener):
    listener.answers["/slow"] = Reply(hold=threading.Event())
    add_webhook(patient, url=f"{listener.url}/slow", events=("contract_published",))
    add_webhook(patient, url=f"{listener.url}/fast", events=("contract_published",))
    running(patient)
    publish(patient)
    listener.wait_for(1, "/slow")
    publish(patient, "2")
    listener.wait_for(2, "/fast")
    assert DeliveryStatus.NOT_RUN in {each.status for each in outbox(patient)}
    listener.answers["/slow"].hold.set()
    until(lambda: {each.status for each in outbox(patient)} == {DeliveryStatus.SUCCESS})


def test_sixteen_events_of_a_silent_host_do_not_block_another(patient, running, listener):
    listener.answers["/silent"] = Reply(hold=threading.Event())
    for _ in range(16):
        add_webhook(patient, url=f"{listener.url}/silent", events=("contract_published",))
    with Listener() as healthy:
        add_webhook(patient, url=f"{healthy.url}/hook", events=("contract_published",))
        running(patient)
        publish(patient)
        began = time.monotonic()
        healthy.wait_for(1)
        publish(patient, "2")
        healthy.wait_for(2)
        assert time.monotonic() - began < 25  # the silent host is given up after thirty
        assert len(listener.arrived) == HALF
    listener.answers["/silent"].hold.set()


def test_a_slow_host_has_one_place(patient, running, listener, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    listener.answers["/silent"] = Reply(hold=threading.Event())
    add_webhook(patient, url=f"{listener.url}/silent", events=("contract_published",))
    running(patient)
    publish(patient)
    stands(patient, DeliveryStatus.RETRYING, 1)
    monkeypatch.setattr(sending, "SECONDS", 600.0)
    for _ in range(3):
        add_webhook(patient, url=f"{listener.url}/silent", events=("contract_published",))
    with Listener() as healthy:
        add_webhook(patient, url=f"{healthy.url}/hook", events=("contract_published",))
        publish(patient, "2")
        healthy.wait_for(1)
        listener.wait_for(2)
        assert len(listener.arrived) == 2
    listener.answers["/silent"].hold.set()
    until(lambda: len(listener.arrived) == 5)  # it answers again, and has its share back


def test_deliveries_wait_for_a_free_place(patient, running, listener):
    listener.answers["/hook"] = Reply(hold=threading.Event())
    for _ in range(worker.AT_ONCE + 3):
        add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    running(patient)
    publish(patient)
    listener.wait_for(HALF)
    assert len(listener.arrived) == HALF
    listener.answers["/hook"].hold.set()
    listener.wait_for(worker.AT_ONCE + 3)
    until(lambda: {each.status for each in outbox(patient)} == {DeliveryStatus.SUCCESS})


def test_a_stopping_worker_finishes_current_requests_and_leaves_the_rest(broker, listener):
    listener.answers["/hook"] = Reply(hold=threading.Event())
    for _ in range(HALF + 1):
        add_webhook(broker, url=f"{listener.url}/hook", events=("contract_published",))
    delivery = Worker(broker)
    delivery.start()
    publish(broker)
    delivery.wake()
    listener.wait_for(HALF)
    stopping = threading.Thread(target=delivery.stop)
    stopping.start()
    until(delivery._stopping.is_set)
    listener.answers["/hook"].hold.set()
    stopping.join()
    statuses = sorted(each.status for each in outbox(broker))
    assert statuses == [DeliveryStatus.NOT_RUN] + [DeliveryStatus.SUCCESS] * HALF
    assert len(listener.arrived) == HALF


def test_a_request_that_outlasts_a_stop_is_sent_again_by_the_next_worker(patient, running, listener, monkeypatch):
    monkeypatch.setattr(worker, "STOP_SECONDS", 0.05)
    listener.answers["/hook"] = Reply(hold=threading.Event())
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    delivery = Worker(patient)
    delivery.start()
    publish(patient)
    delivery.wake()
    listener.wait_for(1)
    delivery.stop()
    (given_back,) = outbox(patient)
    assert (given_back.status, given_back.attempts_made) == (DeliveryStatus.NOT_RUN, 0)
    listener.answers["/hook"].hold.set()
    running(patient)  # at the same moment of the standing clock: no claim is waited for
    stands(patient, DeliveryStatus.SUCCESS, 1)


@pytest.mark.parametrize("change", [delete(webhooks), update(webhooks).values(enabled=False)], ids=["removed", "off"])
def test_a_removed_or_disabled_webhook_is_not_sent(patient, running, listener, change):
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    publish(patient)
    with patient.database.writing() as connection:
        connection.execute(change)
    running(patient)
    (given_up,) = stands(patient, DeliveryStatus.FAILURE, 1)
    with patient.database.reading() as connection:
        (execution,) = deliveries.executions(connection, given_up.id)
    assert execution.logs == "Not sent: the webhook was removed or disabled\n"
    assert listener.arrived == []


def test_an_attempt_is_recorded_after_an_outage_of_the_database_with_one_line_in_the_log(
    broker, running, listener, caplog
):
    hold = threading.Event()
    listener.answers["/hook"] = Reply(hold=hold)

    @event.listens_for(broker.database.engine, "checkout")
    def _impatient(connection, *_):
        connection.execute("PRAGMA busy_timeout=50")

    add_webhook(broker, url=f"{listener.url}/hook", events=("contract_published",))
    running(broker)
    publish(broker)
    listener.wait_for(1)
    with caplog.at_level(logging.WARNING), broker.database.engine.connect() as other:
        other.execution_options(contracts_write=True).begin()
        hold.set()
        until(lambda: caplog.messages)
        other.rollback()
    (delivered,) = stands(broker, DeliveryStatus.SUCCESS, 1)
    assert delivered.attempts_made == 1
    assert len(listener.arrived) == 1
    assert len(caplog.messages) == 1
    assert "database is locked" in caplog.messages[0]


def test_an_unexpected_error_is_a_failed_attempt_with_a_log(patient, running, listener, caplog):
    add_webhook(
        patient, url=f"{listener.url}/hook", body=["${pactbroker.consumerName}"], events=("contract_published",)
    )
    publish(patient)
    with patient.database.writing() as connection:
        connection.execute(update(triggered_webhooks).values(parameters=5))
    with caplog.at_level(logging.ERROR):
        running(patient)
        (failed,) = stands(patient, DeliveryStatus.RETRYING, 1)
    with patient.database.reading() as connection:
        (execution,) = deliveries.executions(connection, failed.id)
    assert execution.logs == "Not sent: an unexpected error in the broker. Its log has the details\n"
    assert f"({failed.uuid}) cannot be sent" in caplog.text


def test_an_invalid_host_is_a_failed_attempt(patient, running):
    add_webhook(patient, url=f"https://{'a' * 64}.example.org/", events=("contract_published",))
    publish(patient)
    running(patient)
    (failed,) = stands(patient, DeliveryStatus.RETRYING, 1)
    with patient.database.reading() as connection:
        (execution,) = deliveries.executions(connection, failed.id)
    assert "Error: The settings of this broker do not allow the webhook: its url is not a valid URL" in execution.logs


def test_an_attempt_that_cannot_be_recorded_is_logged_and_sent_again(patient, running, listener, clock, caplog):
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    publish(patient)
    with patient.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE webhook_executions RENAME TO gone")
    with caplog.at_level(logging.ERROR):
        delivery = running(patient)
        until(lambda: "cannot be recorded" in caplog.text)
    assert outbox_attempts(patient) == [0]
    with patient.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO webhook_executions")

    def sent_again():
        clock.forward(seconds=CLAIM.total_seconds())
        delivery.wake()
        return [each.status for each in outbox(patient)] == [DeliveryStatus.SUCCESS]

    until(sent_again)
    assert outbox_attempts(patient) == [1]


def outbox_attempts(broker):
    return [each.attempts_made for each in outbox(broker)]


def test_an_error_in_reading_due_webhooks_is_logged_and_tried_again(broker, running, listener, caplog):
    add_webhook(broker, url=f"{listener.url}/hook", events=("contract_published",))
    publish(broker)
    with broker.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE triggered_webhooks RENAME TO gone")
    with caplog.at_level(logging.ERROR):
        delivery = running(broker)
        until(lambda: "Due webhooks cannot be read" in caplog.text)
    with broker.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO triggered_webhooks")
    delivery.wake()
    listener.wait_for(1)
    stands(broker, DeliveryStatus.SUCCESS, 1)


def test_a_claim_is_renewed_during_the_attempt(patient, listener, clock, monkeypatch):
    """The rounds of the worker are run here, one after another, so that nothing depends on a thread."""
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.0)
    listener.answers["/hook"] = Reply(hold=threading.Event())
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    Estate(patient).publish("Till", "1", "a")
    delivery = Worker(patient)
    delivery._round()
    listener.wait_for(1)
    for _ in range(3):
        clock.forward(seconds=CLAIM.total_seconds() - 1)
        delivery._round()
        assert claimed_until(patient) == clock() + CLAIM
    listener.answers["/hook"].hold.set()
    delivery._pool.shutdown()
    stands(patient, DeliveryStatus.SUCCESS, 1)
    assert len(listener.arrived) == 1


def test_a_process_does_not_send_its_own_expired_claim_again(patient, running, listener, clock, monkeypatch):
    monkeypatch.setattr(worker, "RENEW_SECONDS", 1_000.0)
    listener.answers["/hook"] = Reply(hold=threading.Event())
    add_webhook(patient, url=f"{listener.url}/hook", events=("contract_published",))
    delivery = running(patient)
    publish(patient)
    listener.wait_for(1)
    delivery._renewed = time.monotonic()
    clock.forward(seconds=2 * CLAIM.total_seconds())
    add_webhook(patient, url=f"{listener.url}/other", events=("contract_published",))
    listener.answers["/other"] = Reply()
    with patient.database.writing() as connection:
        connection.execute(update(webhooks).where(webhooks.c.url.endswith("/hook")).values(enabled=False))
    publish(patient, "2")
    listener.wait_for(1, "/other")
    assert len(listener.wait_for(1, "/hook")) == 1
    listener.answers["/hook"].hold.set()
    until(lambda: {each.status for each in outbox(patient)} == {DeliveryStatus.SUCCESS})
    assert len([each for each in listener.arrived if each.path == "/hook"]) == 1


def claimed_until(broker):
    with broker.database.reading() as connection:
        return connection.scalar(select(func.max(triggered_webhooks.c.claimed_until)))


def test_a_claim_of_a_killed_process_ends_within_seconds():
    assert timedelta(seconds=3 * worker.RENEW_SECONDS) < CLAIM <= timedelta(seconds=15)


PUBLISHES_AND_DIES = """
import os, signal, sys
from estates import Estate
from hooks import add_webhook
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.broker.store.database import Database

database = Database(sys.argv[1])
migrations.prepare(database)
broker = Runtime(settings=Settings(), database=database)
add_webhook(broker, url=sys.argv[2], events=("contract_published",))
Estate(broker).publish("Till", "1", "a")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def serve(sqlite_url):
    """Start a broker as its own process over a SQLite file; gives its address and the process."""
    processes = []

    def serve():
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environment = os.environ | {
            "PACT_BROKER_WEBHOOK_HOST_WHITELIST": "127.0.0.1",
            "PACT_BROKER_WEBHOOK_SCHEME_WHITELIST": "http",
        }
        command = [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", sqlite_url]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        processes.append(process)
        return f"http://127.0.0.1:{port}", process

    yield serve
    for each in processes:
        each.kill()
        each.wait()


@pytest.fixture
def reopened(sqlite_url):
    """The database of the process that was killed."""
    database = Database(sqlite_url)
    yield database
    database.dispose()


@pytest.mark.thorough
def test_the_committed_events_of_a_killed_process_are_delivered_by_the_next(sqlite_url, listener, serve):
    support = str(Path(__file__).parents[2] / "support")
    died = subprocess.run(
        [sys.executable, "-c", PUBLISHES_AND_DIES, sqlite_url, f"{listener.url}/hook"],
        env=os.environ | {"PYTHONPATH": support},
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert listener.arrived == []
    serve()
    listener.wait_for(1, "/hook")


@pytest.mark.thorough
def test_the_current_request_of_a_killed_process_is_sent_again_after_its_claim(
    listener, serve, reopened, running, clock
):
    listener.answers["/hook"] = Reply(hold=threading.Event())
    base_url, process = serve()
    until(lambda: _answers(base_url))
    requests.post(f"{base_url}/webhooks", json=document(f"{listener.url}/hook"), timeout=60).raise_for_status()
    pact = {"consumer": {"name": "Till"}, "provider": {"name": "Ledger"}, "interactions": []}
    url = f"{base_url}/pacts/provider/Ledger/consumer/Till/version/1"
    requests.put(url, json=pact, timeout=60).raise_for_status()
    listener.wait_for(1)
    process.kill()
    process.wait()
    listener.answers["/hook"].hold.set()

    killed_at = datetime.now(UTC)
    with reopened.reading() as connection:
        clock.moment = next_due(connection, clock())
    assert clock.moment - killed_at <= CLAIM
    running(
        Runtime(
            settings=Settings(webhook_host_whitelist=("127.0.0.1",), webhook_scheme_whitelist=("http",)),
            database=reopened,
            now=clock,
        )
    )
    listener.wait_for(2)


def _answers(base_url):
    try:
        return requests.get(base_url, timeout=60).ok
    except requests.ConnectionError:
        return False


def test_an_opened_broker_delivers_until_it_is_closed(sqlite_url, listener):
    settings = Settings(
        database_url=sqlite_url, webhook_host_whitelist=("127.0.0.1",), webhook_scheme_whitelist=("http",)
    )
    with opened(settings) as broker:
        add_webhook(broker, url=f"{listener.url}/hook", events=("contract_published",))
        publish(broker)
        listener.wait_for(1)
    assert "webhook-delivery" not in {each.name for each in threading.enumerate()}
