"""Addresses of clients, and networks of them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


Network = IPv4Network | IPv6Network

_OWNER_BITS = 64  # one customer has at least so many addresses of IPv6


def parse(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks that *texts* name; an address is a network of one.

    Raises:
        ValueError: if one is neither.
    """
    return tuple(ip_network(each, strict=False) for each in texts)


@lru_cache(maxsize=1_024)
def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Return whether *address* is in one of *networks*.

    >>> is_within("::ffff:10.0.0.7", parse(("10.0.0.0/8",))), is_within("testclient", parse(("::/0",)))
    (True, False)
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in each for each in networks)


@lru_cache(maxsize=1_024)
def owner(address: str) -> str:
    """Return *address*, of IPv6 the network that its owner has at least.

    >>> owner("10.0.0.1"), owner("2001:db8::1:2:3:4"), owner("::ffff:10.0.0.1")
    ('10.0.0.1', '2001:db8::', '10.0.0.1')
    """
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> _OWNER_BITS << _OWNER_BITS))
