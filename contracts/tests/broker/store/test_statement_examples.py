"""The examples in the docstrings of work in progress and of successes, tried on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, pending, wip
from contracts.model.pending import ProviderRef


HEAD = re.compile(r"^ +(\w+) (\d+), (\w+) +(no result|a \w+ on \w+)(?:, (\d+):00)? +(yes|no)\b", re.MULTILINE)
CONTENT = re.compile(r"^ +(\d) +(none|a \w+ on \w+)(?:, (\d+):00)? +(yes|no)\b", re.MULTILINE)
FEAT = ProviderRef(branch="feat")


class Day:
    """A day on which Ledger's branch feat begins at 10:00; results without an hour come at 12:00."""

    def __init__(self, database, clock):
        self.estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
        self.clock = clock
        self.start = clock()
        self.pacts = []
        self.results = []

    def head(self, consumer, number, branch, result, hour):
        self.estate.publish(consumer, number, f"{consumer} {number}", branch=branch)
        words = re.fullmatch(r"a (success|failure) on (\w+)", result)
        if words:
            self.results.append((int(hour or 12), consumer, number, words[1] == "success", words[2]))
        self.pacts.append((consumer, number))

    def play(self):
        for hour, consumer, number, success, branch in sorted([*self.results, (10, None, None, True, "feat")]):
            self.clock.forward(seconds=(self.start + timedelta(hours=hour) - self.clock()).total_seconds())
            by = f"{branch} {hour}"
            self.estate.version("Ledger", by, branch=branch)
            if consumer is not None:
                self.estate.verify(consumer, number, by=by, success=success)
        self.clock.forward(seconds=1)


@pytest.fixture
def day(database, clock):
    return Day(database, clock)


def test_the_example_of_work_in_progress_is_true(day, database, clock):
    example = HEAD.findall(wip.unverified.__doc__)
    assert len(example) == 5
    for consumer, number, branch, result, hour, _ in example:
        day.head(consumer, number, branch, result, hour)
    day.play()

    with database.reading() as connection:
        ledger = pacticipants.find(connection, "Ledger").id
        first_uses = pending.beginnings(connection, ledger, FEAT)
        dates = {"since": datetime(2000, 1, 1, tzinfo=UTC), "executed_after": clock() - timedelta(days=30)}
        unverified = wip.unverified(connection, ledger, FEAT, first_uses, **dates)

    shown = {(each.pact.consumer.name, each.pact.consumer_version.number) for each in unverified}
    assert shown == {tuple(each[:2]) for each in example if each[5] == "yes"}


def test_the_example_of_successes_is_true(day, database):
    example = CONTENT.findall(pending.successes.__doc__)
    assert len(example) == 5
    for content, result, hour, _ in example:
        day.head("Till", content, "main", result, hour)
    day.play()

    contents = {number: day.estate.pact("Till", number).pact_version_id for number, *_ in example}
    with database.reading() as connection:
        ledger = pacticipants.find(connection, "Ledger").id
        first_uses = pending.beginnings(connection, ledger, FEAT)
        successes = pending.successes(connection, FEAT, first_uses, contents.values())

    assert successes == {None: {contents[number] for number, *_, success in example if success == "yes"}}
