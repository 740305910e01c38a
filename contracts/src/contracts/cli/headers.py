"""Headers on a command line."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.client import UsageError


def parse_headers(texts: Iterable[str], option: str = "--header") -> tuple[tuple[str, str], ...]:
    """Parse the values of *option*, written `Name: value` or `Name=value`.

    Raises:
        UsageError: if a header has no name, or contains a line break.
    """
    pairs: list[tuple[str, str]] = []
    for text in texts:
        at = min((index for index in (text.find(":"), text.find("=")) if index > 0), default=0)
        name, value = text[:at].strip(), text[at + 1 :].strip()
        if not at or not name or any(each in text for each in "\r\n"):
            raise UsageError(f"{option} {text!r} is not a header. Write it as 'Name: value'.")
        pairs.append((name, value))
    return tuple(pairs)
