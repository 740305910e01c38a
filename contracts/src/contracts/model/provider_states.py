"""Provider states: the states that contracts require of a provider before an interaction.

Source: Pact Broker protocol, provider states; Pact specification, `providerState` and `providerStates`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """A state, its parameters (None without any), and the names of the consumers that require it."""

    name: str
    params: Mapping[str, Any] | None
    consumers: tuple[str, ...]


def collect(contracts: Iterable[tuple[str, object]]) -> list[ProviderState]:
    """Return the states that *contracts* (consumer name, document) require, sorted by name.

    States with different parameters are different. Consumers are in the order of *contracts*.
    """
    consumers: dict[tuple[str, str], dict[str, None]] = {}
    for consumer, document in contracts:
        for name, params in _states(document):
            key = name, "" if params is None else json.dumps(params, sort_keys=True)
            consumers.setdefault(key, {})[consumer] = None
    return [
        ProviderState(
            name=name, params=json.loads(params) if params else None, consumers=tuple(consumers[name, params])
        )
        for name, params in sorted(consumers)
    ]


def _states(document: object) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for each in _interactions(document):
        if isinstance(name := each.get("providerState"), str):
            yield name, None
        states = each.get("providerStates")
        for state in states if isinstance(states, list) else ():
            if isinstance(state, dict) and isinstance(name := state.get("name"), str):
                params = state.get("params")
                yield name, params if isinstance(params, dict) and params else None


def _interactions(document: object) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        for name in ("interactions", "messages"):
            listed = document.get(name)
            yield from (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()
