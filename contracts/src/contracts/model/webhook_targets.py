"""Where a webhook may go: public addresses, and the hosts that the operator lists.

Source: Pact Broker protocol, configuration (webhook whitelists); its list alone, looked up by name, would let a webhook
reach whatever a name resolves to, so that here every address is judged.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_METADATA = {"168.63.129.16"}  # public by number, yet it answers each machine of its cloud about itself
_SPECIAL = [  # which Python's tables take for public, in part or in some versions
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
    """A webhook may not go there; the message says which setting would let it."""


def is_listed(host: str, port: int, allowed: Sequence[str]) -> bool:
    """Whether *allowed* lists *host*: names, `*.globs`, `/regular expressions/`, addresses, networks.

    A name, glob or address may be followed by `:PORT` (an IPv6 address is then in brackets): it lists that port alone.

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

    Where nothing is listed, every public address is allowed.
    The message does not say which address the name has: who makes a webhook is not always somebody who may know.

    Raises:
        ForbiddenAddress: if webhooks may not go there.
    """
    if is_listed(host, port, allowed):
        return
    for address in addresses:
        if is_listed(address, port, allowed):
            continue
        if allowed:
            raise ForbiddenAddress(
                f"{host} is not one of the hosts in PACT_BROKER_WEBHOOK_HOST_WHITELIST; an operator can list it there"
            )
        if not _is_public(address):
            raise ForbiddenAddress(
                f"{host} does not lead to a public address; an operator who wants webhooks to go there "
                "lists the host in PACT_BROKER_WEBHOOK_HOST_WHITELIST"
            )


def host_of(url: str) -> str | None:
    """The host in *url*, or None where there is none, or one that cannot be read or looked up."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # which raises for a number that is no port's
        host = parts.hostname
        _ = (host or "").encode("idna")  # which raises for a part that is empty, or longer than 63 characters
    except ValueError:
        return None
    return host


def port_of(url: str) -> int:
    """The port that *url*, whose host `host_of` can read, leads to."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        found = _inner(found)
    inside = found.is_multicast or found.is_reserved or getattr(found, "is_site_local", False)
    special = str(found) in _METADATA or any(found in each for each in _SPECIAL)
    return found.is_global and not inside and not special


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that *address* leads to, where it is one written as IPv6."""
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
