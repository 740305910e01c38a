"""Contracts that are read in parts: a page shows fifty interactions of a contract of 15 MB without parsing the others.

A large contract is stored with an excerpt: what a list of its interactions shows, and where each of them is in the
text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.model import contents, interactions
from contracts.model.interactions import Interaction


LARGE = 500_000
"""The number of characters from which a contract has an excerpt; json parses so many in about 10 ms."""
_LISTS = ("interactions", "messages")
_LISTED = ("_id", "description", "provider_state", "providerState", "providerStates", "type")
_TITLES = ("method", "path", "query")
IndexedInteractions = list[tuple[int, dict[str, Any]]]
"""Interactions as a contract has them, each with its index in the outline."""


@dataclass(frozen=True, kw_only=True)
class PartialContract:
    """A contract with the *text*; *document* is what was parsed of it: everything, or its excerpt.

    With an excerpt, *spans* has the start and the end of each interaction in the text.
    """

    text: str
    document: Any
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def count(self) -> int:
        """The number of interactions and messages."""
        return len(self.spans) or len(interactions.listed(self.document))

    @cached_property
    def outline(self) -> tuple[Interaction, ...]:
        """All interactions and messages, without their parts."""
        return interactions.outline(self.document)

    def part(self, indexes: Iterable[int]) -> tuple[Interaction, ...]:
        """Return the interactions at *indexes* of the outline, with their parts."""
        chosen = list(indexes)
        return interactions.part(self._with_parsed(chosen) if self.spans else self.document, chosen)

    @property
    def plugins(self) -> tuple[str, ...]:
        """The plugins that the contract needs."""
        return interactions.plugins(self.document)

    def objects(self, indexes: Iterable[int]) -> IndexedInteractions:
        """Return the interactions at *indexes* of the outline as the contract has them."""
        if self.spans:
            return [(index, json.loads(self.text[slice(*self.spans[index])])) for index in indexes]
        everything = interactions.listed(self.document)
        return [(index, everything[index][0]) for index in indexes]

    def _with_parsed(self, indexes: Iterable[int]) -> dict[str, Any]:
        """Return the excerpt with the whole interactions at *indexes*."""
        lists = {name: list(self.document[name]) for name in _LISTS if name in self.document}
        first = len(lists.get("interactions", ()))
        for index, interaction in self.objects(indexes):
            name, place = ("interactions", index) if index < first else ("messages", index - first)
            lists[name][place] = interaction
        return {**self.document, **lists}


def read(text: str, excerpt: str | None) -> PartialContract:
    """Return the contract with the stored *text* and its *excerpt*, if it has one."""
    if excerpt is None:
        return PartialContract(text=text, document=json.loads(text))
    stored = json.loads(excerpt)
    spans = tuple((start, end) for start, end in stored["spans"])
    return PartialContract(text=text, document=stored["document"], spans=spans)


def different(old: PartialContract, new: PartialContract) -> tuple[IndexedInteractions, IndexedInteractions]:
    """Return the interactions of both contracts without those whose text is in both.

    If one of the contracts has no excerpt, these are all interactions.
    """
    texts = [Counter(each.text[slice(*span)] for span in each.spans) for each in (old, new)]
    left = texts[0] & texts[1]
    return old.objects(_without(old, left)), new.objects(_without(new, left))


def _without(contract: PartialContract, texts: Counter[str]) -> list[int]:
    """Return the indexes of the interactions of *contract*, except the first ones that have these *texts*."""
    left = texts.copy()
    indexes = []
    for index in range(contract.count):
        text = contract.text[slice(*contract.spans[index])] if contract.spans else ""
        if left[text]:
            left[text] -= 1
        else:
            indexes.append(index)
    return indexes


def excerpt(text: str) -> str | None:
    """Return the excerpt of the contract *text*, a JSON object; None if it is small."""
    if len(text) < LARGE:
        return None
    document: dict[str, Any] = {}
    spans = []
    members = contents.members(text)
    for name in _LISTS:
        if name in members and isinstance(members[name].value, list):
            objects = [each for each in members[name].elements if isinstance(each.value, dict)]
            document[name] = [_listed(each.value) for each in objects]
            spans += [(each.start, each.start + len(each.text)) for each in objects]
    if "metadata" in members:
        document["metadata"] = _metadata(members["metadata"].value)
    return json.dumps({"document": document, "spans": spans}, ensure_ascii=False, separators=(",", ":"))


def _listed(interaction: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list shows of an *interaction*."""
    listed = {name: interaction[name] for name in _LISTED if name in interaction}
    if isinstance(request := interaction.get("request"), dict):
        listed["request"] = {name: request[name] for name in _TITLES if name in request}
    return listed


def _metadata(metadata: object) -> object:
    """Return *metadata* without the configurations of plugins, which may be long."""
    if not isinstance(metadata, dict) or not isinstance(plugins := metadata.get("plugins"), list):
        return metadata
    named = [each for each in plugins if isinstance(each, dict)]
    return metadata | {
        "plugins": [{name: each[name] for name in ("name", "version") if name in each} for each in named]
    }
