"""Merging of the pact files of one pair, written by tests in several packages.

As in the official clients, an interaction is identified by its description and provider states. The same interaction in
two files counts once; different interactions with one identity contradict each other. Files of different specification
versions are refused, because their matching rules are read differently.
Source: Pact specification, `interactions`, `messages`, `providerState`, `providerStates`, `metadata`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from contracts.client import Contract
from contracts.client.pact_files import NotPublishable, PactFile
from contracts.model import contents
from contracts.model.contents import TextPart


_LISTS = ("interactions", "messages")
_STATES = ("providerState", "provider_state", "providerStates")


def merge(pacts: Iterable[PactFile]) -> tuple[Contract, ...]:
    """Return one contract for each pair of *pacts*, by consumer and provider; a single file keeps its exact text.

    Raises:
        NotPublishable: if two files of a pair contradict each other; names both, and the interaction.
    """
    by_pair: dict[tuple[str, str], list[PactFile]] = {}
    for pact in pacts:
        by_pair.setdefault((pact.consumer, pact.provider), []).append(pact)
    return tuple(
        Contract(consumer=consumer, provider=provider, content=_merged(by_pair[consumer, provider]).encode())
        for consumer, provider in sorted(by_pair)
    )


def _merged(pacts: Sequence[PactFile]) -> str:
    if len(pacts) == 1:
        return pacts[0].text
    merging = _Merging(pacts[0])
    for pact in pacts[1:]:
        merging.add(pact)
    return merging.text()


class _Merging:
    """A pact that collects the interactions of its pair's files; everything else comes from the first file."""

    def __init__(self, first: PactFile) -> None:
        self._first = first
        self._members = {key: part.text for key, part in contents.members(first.text).items()}
        self._kinds: set[str] = set()
        self._lists: dict[str, list[str]] = {}
        self._places: dict[tuple[str, str], tuple[TextPart, Path]] = {}
        self._plugins: dict[str, tuple[TextPart, Path]] = {}
        self.add(first)

    def add(self, pact: PactFile) -> None:
        self._require_same_specification(pact)
        self._require_same_kind(pact)
        for key, part in contents.members(pact.text).items():
            if key in _LISTS:
                self._extend(key, part, pact.path)
            else:
                self._members.setdefault(key, part.text)
        self._add_plugins(pact)

    def text(self) -> str:
        lists = {key: contents.write_array(texts) for key, texts in self._lists.items()}
        return contents.write_object(self._members | self._metadata() | lists)

    def _extend(self, key: str, part: TextPart, path: Path) -> None:
        if not isinstance(part.value, list):
            raise NotPublishable(f"{path} cannot be merged with {self._first.path}: its {key!r} is not a list.")
        texts = self._lists.setdefault(key, [])
        for each in part.elements:
            identity = (key, _identity(each.value) or _canonical(each.value))
            same = self._places.setdefault(identity, (each, path))
            if same[1] == path:
                texts.append(each.text)  # one file may list the same interaction twice
            elif _canonical(same[0].value) != _canonical(each.value):
                raise NotPublishable(_contradiction(each.value, same[1], path))

    def _require_same_kind(self, pact: PactFile) -> None:
        """Refuse to mix HTTP interactions and messages: a verifier of version 3 would read the messages alone."""
        kinds = {key for key in _LISTS if pact.document.get(key)}
        if kinds and self._kinds and kinds != self._kinds:
            raise NotPublishable(
                f"{self._first.path} and {pact.path} cannot be merged: one lists interactions, the other messages, and "
                "a verifier reads only one kind. Write both with version 4 of the Pact specification, or give "
                "the provider of the messages another name."
            )
        self._kinds = self._kinds or kinds

    def _require_same_specification(self, pact: PactFile) -> None:
        first, other = (contents.specification_version(each.document) for each in (self._first, pact))
        if first != other:
            raise NotPublishable(
                f"{self._first.path} (specification {first}) and {pact.path} (specification {other}) are pacts of "
                f"{pact.consumer!r} and {pact.provider!r}, and cannot be merged. Let all tests of the consumer write "
                "one version of the Pact specification."
            )

    def _add_plugins(self, pact: PactFile) -> None:
        for each in _plugins(pact.text):
            name = each.value.get("name") if isinstance(each.value, dict) else None
            same = self._plugins.setdefault(str(name), (each, pact.path))
            if _canonical(same[0].value) != _canonical(each.value):
                raise NotPublishable(
                    f"{same[1]} and {pact.path} need the plugin {name!r} in two versions or settings. "
                    "Let all tests of the consumer use the same."
                )

    def _metadata(self) -> dict[str, str]:
        if not self._plugins:
            return {}
        text = self._members.get("metadata", "")
        metadata = contents.members(text) if text.startswith("{") else {}
        plugins = contents.write_array(part.text for part, _ in self._plugins.values())
        texts = {key: part.text for key, part in metadata.items()} | {"plugins": plugins}
        return {"metadata": contents.write_object(texts)}


def _plugins(text: str) -> list[TextPart]:
    metadata = contents.members(text).get("metadata")
    if metadata is None or not isinstance(metadata.value, dict):
        return []
    plugins = contents.members(metadata.text).get("plugins")
    return contents.elements(plugins.text) if plugins is not None and isinstance(plugins.value, list) else []


def _identity(interaction: Any) -> str | None:
    """Return the identity of an interaction within its list; None without a description: it equals no other."""
    if not isinstance(interaction, dict) or not interaction.get("description"):
        return None
    return _canonical([interaction["description"], interaction.get("type"), _states(interaction)])


def _states(interaction: dict[str, Any]) -> list[list[Any]]:
    """Return the provider states in one form, from any of their spellings."""
    states: Any = next((interaction[key] for key in _STATES if interaction.get(key)), [])
    if isinstance(states, str):
        return [[states, {}]]
    if isinstance(states, list):
        return [[each.get("name"), each.get("params") or {}] if isinstance(each, dict) else [each] for each in states]
    return [[states]]


def _canonical(value: Any) -> str:
    if isinstance(value, dict):
        value = {key: inner for key, inner in value.items() if key != "_id"}
    return json.dumps(value, sort_keys=True)


def _contradiction(interaction: dict[str, Any], first: Path, second: Path) -> str:
    names = [str(state[0]) for state in _states(interaction)]
    states = f" (given {', '.join(map(repr, names))})" if names else ""
    return (
        f"{first} and {second} contradict each other: both contain the interaction "
        f"{interaction['description']!r}{states}, with different content. "
        "Give one of them another description or provider state, or replace random data by fixed values."
    )
