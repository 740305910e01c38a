"""The metadata segment of a pact's URL: why the pact was selected. Clients send it back with the results.

It is opaque for clients. It is a nested query string in URL-safe base64 without padding, the form that the
reference broker writes, so that its URLs still work here.
Source: Pact Broker protocol, metadata segment.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus


_MOST_DIGITS = 18  # fits the databases' 64-bit integers
_VERSION_OF_SELECTOR = quote_plus("s[][cv]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorMetadata:
    """One selector that selected the pact, and the consumer version (its database id) that it resolved to."""

    branch: str | None = None
    tag: str | None = None
    latest: bool = False
    environment: str | None = None
    consumer_version_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The values of a metadata segment; missing ones are empty, false or None.

    *pending* is None if the provider did not ask for pending status.
    *provider_version_id* is the provider version whose result a webhook requested.
    """

    selectors: tuple[SelectorMetadata, ...] = ()
    pending: bool | None = None
    wip: bool = False
    consumer_version_number: str | None = None
    consumer_version_id: int | None = None
    consumer_version_tags: tuple[str, ...] = ()
    provider_version_id: int | None = None

    @property
    def consumer_version_ids(self) -> frozenset[int]:
        """The ids of the consumer versions; they may be deleted by now."""
        ids = {each.consumer_version_id for each in self.selectors} | {self.consumer_version_id}
        return frozenset(each for each in ids if each is not None)


def encode(metadata: Metadata) -> str:
    """Return *metadata* as one path segment; empty without any values."""
    pairs: list[str] = []
    for each in metadata.selectors:
        # hundreds of selectors often differ only in the version; it is the last of a group, so that a reader knows
        # where the next group begins
        pairs += _criteria(each.branch, each.tag, each.environment, latest=each.latest)
        if each.consumer_version_id is not None:
            pairs.append(f"{_VERSION_OF_SELECTOR}={each.consumer_version_id}")
    if metadata.pending is not None:
        pairs.append(_pair("p", _word(metadata.pending)))
    if metadata.wip:
        pairs.append(_pair("w", "true"))
    pairs += [_pair("cvt[]", tag) for tag in metadata.consumer_version_tags]
    if metadata.consumer_version_number is not None:
        pairs.append(_pair("cvn", metadata.consumer_version_number))
    if metadata.consumer_version_id is not None:
        pairs.append(_pair("cv", str(metadata.consumer_version_id)))
    if metadata.provider_version_id is not None:
        pairs.append(_pair("pv", str(metadata.provider_version_id)))
    return base64.urlsafe_b64encode("&".join(pairs).encode()).decode().rstrip("=")


@lru_cache(maxsize=1024)
def _criteria(branch: str | None, tag: str | None, environment: str | None, *, latest: bool) -> tuple[str, ...]:
    """Return the pairs of a selector, without the version."""
    values = {"b": branch, "t": tag, "l": "true" if latest else None, "e": environment}
    return tuple(_pair(f"s[][{key}]", value) for key, value in values.items() if value is not None)


def _pair(key: str, value: str) -> str:
    return f"{quote_plus(key)}={quote_plus(value)}"


def decode(segment: str) -> Metadata:
    """Return the values in *segment*; invalid parts are ignored. It never fails."""
    query = _query(segment)
    groups: list[dict[str, str]] = []
    tags: list[str] = []
    single: dict[str, str] = {}
    for key, value in query:
        if key.startswith("s[][") and key.endswith("]"):
            _add(groups, key[4:-1], value)
        elif key == "cvt[]":
            tags.append(value)
        else:
            single[key] = value
    return Metadata(
        selectors=tuple(_selector(each) for each in groups),
        pending=_boolean(single.get("p")),
        wip=_boolean(single.get("w")) is True,
        consumer_version_number=single.get("cvn"),
        consumer_version_id=_integer(single.get("cv")),
        consumer_version_tags=tuple(tags),
        provider_version_id=_integer(single.get("pv")),
    )


def _add(groups: list[dict[str, str]], key: str, value: str) -> None:
    if not groups or key in groups[-1] or "cv" in groups[-1]:
        groups.append({})
    groups[-1][key] = value


def _selector(group: dict[str, str]) -> SelectorMetadata:
    return SelectorMetadata(
        branch=group.get("b"),
        tag=group.get("t"),
        latest=_boolean(group.get("l")) is True,
        environment=group.get("e"),
        consumer_version_id=_integer(group.get("cv")),
    )


def _query(segment: str) -> list[tuple[str, str]]:
    bare = segment.rstrip("=")
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True).decode()
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except (binascii.Error, ValueError):
        return []
    return [each for each in pairs if "\0" not in each[1]]  # a null character is an error in PostgreSQL


def _word(value: bool) -> str:
    return "true" if value else "false"


def _boolean(text: str | None) -> bool | None:
    return {"true": True, "false": False}.get(text or "")


def _integer(text: str | None) -> int | None:
    """Return the id in *text*; None if it cannot be an id of the database."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        return None
    return int(text)
