"""The places of connections."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from contracts.broker.serving.connection_limits import ConnectionLimits, Places
from contracts.broker.settings import Settings


@dataclass(slots=True, eq=False)
class Busy:
    """A connection for which the broker works."""

    address: str
    waits_since: float | None = None

    def leave(self) -> None:
        raise AssertionError("it was ended")


@pytest.fixture
def places():
    settings = Settings(max_connections=16, max_connections_per_address=2, trusted_proxies=("10.0.0.7",))
    return Places(ConnectionLimits.of(settings))


def test_a_busy_address_gets_no_more_than_its_share_and_others_do(places):
    assert [places.enter(Busy("192.0.2.1")) for _ in range(2)] == [None, None]
    assert places.enter(Busy("192.0.2.1")).status == 429
    assert places.enter(Busy("192.0.2.2")) is None


def test_a_trusted_proxy_has_the_connections_of_all_its_clients(places):
    refusals = [places.enter(Busy("10.0.0.7")) for _ in range(17)]
    assert refusals[:16] == [None] * 16
    assert refusals[16].status == 503


def test_a_network_of_ipv6_is_one_address(places):
    assert [places.enter(Busy(f"2001:db8::{number}")) for number in (1, 2)] == [None, None]
    assert places.enter(Busy("2001:db8::3")).status == 429
