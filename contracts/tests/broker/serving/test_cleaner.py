"""Cleaning on a schedule."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest
from estates import Estate
from sqlalchemy import func, select, text

from contracts.broker.schedules import Schedule
from contracts.broker.serving.cleaner import Cleaning
from contracts.broker.store import tables


@pytest.fixture
def broker(broker, clock):
    """A broker with two versions that go, and one that stays; it cleans at nine."""
    estate = Estate(broker)
    for number in "123":
        estate.publish("Till", number, number, branch="main")
    clock.forward(days=91)
    settings = replace(
        broker.settings, database_clean_enabled=True, database_clean_cron_schedule=Schedule(text="0 9 * * *")
    )
    return replace(broker, settings=settings)


@pytest.fixture
def cleaning(broker):
    """A cleaner that runs; other settings than the broker's in its arguments."""
    running = []

    def cleaning(**settings):
        running.append(Cleaning(replace(broker, settings=replace(broker.settings, **settings))))
        running[-1].start()
        return running[-1]

    yield cleaning
    for each in running:
        each.stop()


def count(broker):
    with broker.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(tables.versions)).scalar_one()


def wait_until(state, what):
    for _ in range(2_000):
        if state():
            return
        time.sleep(0.01)
    raise AssertionError(what)


def test_it_cleans_at_the_scheduled_moment(broker, cleaning, clock):
    cleaner = cleaning()
    assert count(broker) == 3
    clock.forward(hours=2)
    cleaner.wake()
    wait_until(lambda: count(broker) == 1, "nothing was removed")


def test_it_does_nothing_unless_cleaning_is_enabled(cleaning):
    assert not cleaning(database_clean_enabled=False)._thread.is_alive()


def test_a_dry_run_is_logged_and_removes_nothing(broker, cleaning, clock, caplog):
    caplog.set_level(logging.INFO)
    cleaner = cleaning(database_clean_dry_run=True)
    clock.forward(hours=2)
    cleaner.wake()
    wait_until(lambda: "Cleaning would remove 2 versions" in caplog.text, "nothing was logged")
    assert count(broker) == 3


def test_an_error_is_logged_and_the_next_cleaning_takes_place(broker, cleaning, clock, caplog):
    with broker.database.writing() as connection:
        connection.execute(text("ALTER TABLE tag_successes RENAME TO lost"))
    cleaner = cleaning()
    clock.forward(hours=2)
    cleaner.wake()
    wait_until(lambda: "Old data was not removed" in caplog.text, "no error was logged")
    with broker.database.writing() as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO tag_successes"))
    clock.forward(days=1)
    cleaner.wake()
    wait_until(lambda: count(broker) == 1, "nothing was removed")
