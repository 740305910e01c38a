"""The hosts that webhooks can reach: public addresses, or the hosts in the operator's list.

Source: Pact Broker protocol, configuration (webhook whitelists). The reference broker only compares names, and a name
can resolve to any address, so this broker also checks every address.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_METADATA = {"168.63.129.16"}  # in a public range, but it is a cloud's metadata service
_SPECIAL = [  # not public, although some versions of Python say so
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24",  # RFC 6890: assignments of protocols; a cloud has its metadata there
        "192.88.99.0/24",  # RFC 7526: once the way to 6to4
        "3fff::/20",  # RFC 9637: documentation
        "5f00::/16",  # RFC 9602: segments within a network
    )
]
_WITH_PORT = re.compile(r"(?P<host>\[[^\]]+\]|[^:/]+):(?P<port>\d{1,5})")
_ISATAP = {0x00005EFE, 0x02005EFE}  # RFC 5214: the first half of an interface's identity, before an IPv4 address


class ForbiddenAddress(Exception):
    """Webhooks cannot use an address; the message names the setting that allows it."""


def is_listed(host: str, port: int, allowed: Sequence[str]) -> bool:
    """Whether *allowed* lists *host*: names, `*.globs`, `/regular expressions/`, addresses, networks.

    A name, glob or address with `:PORT` lists only that port; an IPv6 address with a port is in brackets.

    >>> is_listed("ci.example.org", 443, ["*.example.org"])
    True
    >>> is_listed("127.0.0.1", 8080, ["127.0.0.1:9000"])
    False
    >>> is_listed("::1", 9000, ["[::1]:9000"])
    True
    """
    return any(_matches(host.lower(), port, entry) for entry in allowed)


def require_allowed(host: str, port: int, addresses: Iterable[str], allowed: Sequence[str]) -> None:
    """Refuse a *host* that is not *allowed* by its name or by each of its *addresses*.

    With an empty list, every public address is allowed.
    The message does not contain the address, because not everyone who can create a webhook may know it.

    Raises:
        ForbiddenAddress: if webhooks cannot use the host.
    """
    if is_listed(host, port, allowed):
        return
    for address in addresses:
        if is_listed(address, port, allowed):
            continue
        if allowed:
            raise ForbiddenAddress(f"{host} is not in PACT_BROKER_WEBHOOK_HOST_WHITELIST. Ask an operator to add it")
        if not _is_public(address):
            raise ForbiddenAddress(
                f"{host} does not have a public address. To allow it, ask an operator to add it to "
                "PACT_BROKER_WEBHOOK_HOST_WHITELIST"
            )


def host_of(url: str) -> str | None:
    """Return the host in *url*; None if it has none, or an invalid one."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for an invalid port
        host = parts.hostname
        _ = (host or "").encode("idna")  # raises for a label that is empty or longer than 63 characters
    except ValueError:
        return None
    return host


def port_of(url: str) -> int:
    """Return the port of *url*, which must be valid for `host_of`."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        ip = _inner(ip)
    inside = ip.is_multicast or ip.is_reserved or getattr(ip, "is_site_local", False)
    special = str(ip) in _METADATA or any(ip in each for each in _SPECIAL)
    return ip.is_global and not inside and not special


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that *address* contains, if it contains one, otherwise *address*."""
    if address in _NAT64 or int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _matches(host: str, port: int, entry: str) -> bool:
    if len(entry) > 1 and entry.startswith("/") and entry.endswith("/"):
        return re.search(entry[1:-1], host) is not None
    if with_port := _WITH_PORT.fullmatch(entry):
        return port == int(with_port["port"]) and _matches(host, port, with_port["host"].strip("[]"))
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return fnmatch.fnmatchcase(host, entry.lower())
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False
