"""The places of the worker, with a driven clock."""

from __future__ import annotations

import statistics

import pytest
from benchmark_deliveries import delays

from contracts.broker.webhooks.places import PATIENCE_SECONDS, Places
from contracts.broker.webhooks.shares import SLOW_SECONDS


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def places(clock):
    return Places(8, 64, clock)


class Outbox:
    """Deliveries by host, the first first, and a worker that begins what fits, like the real one."""

    def __init__(self, places, clock, hosts):
        self.places, self.clock, self.left = places, clock, list(enumerate(hosts))
        self.begun = {}

    def start(self):
        """Begin everything that fits now."""
        while self.places.free() and (positions := self.places.choose([host for _, host in self.left])):
            for key, host in [self.left[position] for position in positions]:
                self.places.begin(key, host)
                self.begun[key] = self.clock.now
                self.left.remove((key, host))

    def wait(self):
        """Go on when the next place becomes free, as the worker does."""
        self.clock.now += self.places.seconds_until_free() or 0.0
        self.start()


def hanging(count, each):
    return [f"hanging {number}" for number in range(count) for _ in range(each)]


@pytest.mark.parametrize("each", [1, 4, 1000])
def test_a_healthy_host_waits_less_than_a_second_beside_sixteen_hosts_that_hang(places, clock, each):
    outbox = Outbox(places, clock, [*hanging(16, each), "healthy"])
    outbox.start()
    while outbox.left[-1:] and outbox.left[-1][1] == "healthy" and clock.now < 30:
        outbox.wait()
    assert outbox.begun[16 * each] < 1.0


def test_a_thousand_deliveries_for_a_slow_host_take_no_place_at_all(places, clock):
    places.begin(-1, "hanging 0")
    places.end(-1, late=True)
    outbox = Outbox(places, clock, [*hanging(1, 1000), *["healthy"] * 8])
    outbox.start()
    assert sorted(outbox.begun) == [0, 1000, 1001, 1002, 1003]
    assert places.free() == 4


def test_hosts_without_a_request_come_first(places):
    places.begin(-1, "a")
    assert places.choose(["a", "a", "b", "c", "b"]) == [2, 3, 0, 1, 4]


def test_a_host_has_half_of_the_places_and_keeps_them_in_the_waiting_room(places, clock):
    outbox = Outbox(places, clock, ["a"] * 10)
    outbox.start()
    assert (len(outbox.begun), places.free()) == (4, 4)
    clock.now = PATIENCE_SECONDS
    outbox.start()
    assert (len(outbox.begun), places.free()) == (4, 8)
    places.end(0, late=False)
    outbox.start()
    assert len(outbox.begun) == 5


def test_a_slow_host_has_one_request_until_it_responds_or_some_minutes_pass(places, clock):
    def attempt(*, late):
        places.begin(1, "a")
        places.end(1, late=late)
        return places.choose(["a"] * 5)

    assert attempt(late=True) == [0]
    assert attempt(late=False) == [0, 1, 2, 3]
    assert attempt(late=True) == [0]
    clock.now = SLOW_SECONDS
    assert places.choose(["a"] * 5) == [0, 1, 2, 3]


def test_a_full_waiting_room_keeps_places_for_hosts_that_are_not_slow(clock):
    places = Places(4, 2, clock)
    for host in "abc":
        places.begin(-1, host)
        places.end(-1, late=True)
    for key, host in enumerate("ab"):
        places.begin(key, host)
    assert places.choose(["c", "d"]) == [1]
    places.end(0, late=True)
    assert places.choose(["c", "d"]) == [0, 1]


def test_a_crowded_waiting_room_gives_each_host_one_request(clock):
    places = Places(8, 4, clock)
    for key, host in enumerate("ab"):
        places.begin(key, host)
    assert places.choose(["c"] * 2) == [0, 1]
    clock.now = PATIENCE_SECONDS
    assert places.choose(["c"] * 2) == [0]


def test_requests_stay_in_their_places_if_the_waiting_room_is_full(clock):
    places = Places(2, 1, clock)
    for key, host in enumerate("ab"):
        places.begin(key, host)
    assert (places.free(), places.seconds_until_free()) == (0, PATIENCE_SECONDS)
    clock.now = PATIENCE_SECONDS
    assert (places.free(), places.seconds_until_free()) == (1, None)


@pytest.mark.thorough
def test_a_webhook_arrives_at_once_beside_a_thousand_deliveries_for_sixteen_hosts_that_hang(tmp_path):
    """Real sockets and threads; docs/benchmarks.md has the times of a machine without other work."""
    seconds = delays(f"sqlite:///{tmp_path / 'broker.sqlite3'}", hanging=16, queued=64, events=5)
    assert statistics.median(seconds) < 1.0
    assert max(seconds) < 5.0
