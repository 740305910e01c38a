"""Which values of settings can be used, beyond their kind: what could only fail later is told at start."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from contracts.model.redaction import without_password


_LEAST = {
    "database_connect_max_retries": 0,
    "database_max_connections": 1,
    "database_pool_timeout": 0,
    "database_port": 0,
    "database_statement_timeout": 0,
    "max_body_bytes": 1,
    "port": 0,
    "webhook_retry_schedule": 0,
    "workers": 1,
}
_GREATEST = {"database_port": 65_535, "port": 65_535}


def problem(name: str, value: object) -> str | None:
    """Why *value* cannot be that of the setting called *name*, as what it takes instead; None where it can."""
    numbers = value if isinstance(value, tuple) else (value,)
    least, greatest = _LEAST.get(name), _GREATEST.get(name)
    if least is not None and any(each < least for each in numbers):
        return f"takes numbers of at least {least}"
    if greatest is not None and any(each > greatest for each in numbers):
        return f"takes numbers up to {greatest}"
    if name == "base_url":
        return _of_addresses(numbers)
    if name == "webhook_host_whitelist":
        return _of_hosts(numbers)
    return None


def _of_addresses(addresses: Iterable[str]) -> str | None:
    for each in addresses:
        parts = urlsplit(each)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            return f"takes whole addresses, as https://{without_password(each) or 'example.org'}"
    return None


def _of_hosts(entries: Iterable[str]) -> str | None:
    for each in entries:
        if len(each) > 1 and each.startswith("/") and each.endswith("/"):
            try:
                re.compile(each[1:-1])
            except re.error as error:
                return f"takes regular expressions between slashes, and {each} is none: {error}"
    return None
