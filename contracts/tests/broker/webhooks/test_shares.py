"""The places that each host has."""

from __future__ import annotations

import pytest

from contracts.broker.webhooks.shares import SLOW_SECONDS, Shares, host_and_port


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shares(clock):
    return Shares(8, clock)


def begin(shares, host, count):
    for _ in range(count):
        shares.begin(host)


def test_one_host_has_half_of_the_places(shares):
    assert (shares.free(), shares.most(), shares.full()) == (8, 4, set())
    begin(shares, "a", 3)
    assert (shares.free(), shares.most(), shares.full()) == (5, 1, set())
    begin(shares, "a", 1)
    assert (shares.free(), shares.most(), shares.full()) == (4, 4, {"a"})
    begin(shares, "b", 4)
    assert (shares.free(), shares.most(), shares.full()) == (0, 0, {"a", "b"})
    shares.end("a", late=False)
    assert (shares.free(), shares.most(), shares.full()) == (1, 1, {"b"})


def test_a_slow_host_has_one_place_until_it_responds_or_some_minutes_pass(shares, clock):
    begin(shares, "a", 1)
    shares.end("a", late=True)
    assert shares.most() == 1
    begin(shares, "a", 1)
    assert (shares.most(), shares.full()) == (4, {"a"})
    shares.end("a", late=False)
    assert (shares.most(), shares.full()) == (4, set())
    begin(shares, "a", 1)
    shares.end("a", late=True)
    clock.now = SLOW_SECONDS
    assert shares.most() == 4


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://CI.example.org/x", "ci.example.org:443"),
        ("https://ci.example.org:443/y", "ci.example.org:443"),
        ("http://ci.example.org", "ci.example.org:80"),
        ("http://[::1]:8080/", "::1:8080"),
        ("http://[x/", ""),
        ("", "None:0"),
    ],
)
def test_services_of_one_machine_differ_by_their_port(url, host):
    assert host_and_port(url) == host
