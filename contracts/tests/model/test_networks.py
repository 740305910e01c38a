"""Networks of addresses."""

from __future__ import annotations

import pytest

from contracts.model.networks import is_within, owner, parse


@pytest.mark.parametrize(
    ("address", "network", "within"),
    [
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.8", "10.0.0.7", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.9.9.9/8", True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", True),
        ("fd00::1", "fd00::/8", True),
        ("fe80::1%eth0", "fe80::/10", True),
        ("10.1.2.3", "::/0", False),
        ("testclient", "0.0.0.0/0", False),
        ("", "0.0.0.0/0", False),
    ],
)
def test_an_address_is_in_a_network_or_not(address, network, within):
    assert is_within(address, parse((network,))) is within


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("a:b", "a:b"),
    ],
)
def test_the_owner_of_an_address_has_at_least_a_network_of_ipv6(address, key):
    assert owner(address) == key


def test_what_is_neither_an_address_nor_a_network_is_an_error():
    with pytest.raises(ValueError, match="proxy"):
        parse(("proxy.internal",))
