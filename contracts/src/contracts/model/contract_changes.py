"""What changed from one content of a contract to another, by interaction and field.

An interaction is the same in both if its description and its provider states are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any


_LISTS = ("interactions", "messages")
_OWN_FIELDS = ("_id", "description", "providerState", "provider_state", "providerStates")
_MOST_ALIGNED = 500  # elements of a list, which are compared one by one beyond it


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that differs, such as `response.body.price`; *old* or *new* is None where the field is absent."""

    place: str
    old: str | None
    new: str | None

    @property
    def kind(self) -> str:
        """Whether the field was `added`, `removed` or `changed`."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedInteraction:
    """An interaction, whether it was `added`, `removed` or `changed`, and its fields that differ."""

    description: str
    states: str
    kind: str
    changes: tuple[Change, ...] = ()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ChangedInteraction, ...]:
    """Return the interactions that differ from *old* to *new*: first the changed ones, then added, then removed.

    >>> before = {"interactions": [{"description": "a request", "response": {"status": 200}}]}
    >>> after = {"interactions": [{"description": "a request", "response": {"status": 201}}]}
    >>> changes(before, after)[0].changes
    (Change(place='response.status', old='200', new='201'),)
    >>> changes(before, before)
    ()
    """
    olds, news = _interactions(old), _interactions(new)
    changed = [
        ChangedInteraction(description=key[0], states=key[1], kind="changed", changes=tuple(differences))
        for key, each in news.items()
        if key in olds and (differences := list(_compared(_fields(olds[key]), _fields(each), "")))
    ]
    added = [ChangedInteraction(description=key[0], states=key[1], kind="added") for key in news if key not in olds]
    removed = [ChangedInteraction(description=key[0], states=key[1], kind="removed") for key in olds if key not in news]
    return (*changed, *added, *removed)


def _interactions(document: Mapping[str, Any]) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Return the interactions by description, states, and a number for those that have both in common."""
    listed: dict[tuple[str, str, int], dict[str, Any]] = {}
    for name in _LISTS:
        for each in document.get(name) or () if isinstance(document.get(name), list) else ():
            if isinstance(each, dict):
                number = 0
                while (key := (str(each.get("description", "")), _states(each), number)) in listed:
                    number += 1
                listed[key] = each
    return listed


def _states(interaction: Mapping[str, Any]) -> str:
    states = interaction.get("providerStates")
    if isinstance(states, list):
        return ", ".join(str(each.get("name", "")) for each in states if isinstance(each, dict))
    return str(interaction.get("providerState") or interaction.get("provider_state") or "")


def _fields(interaction: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides about a result; states' parameters count, their names are the same already."""
    fields = {name: value for name, value in interaction.items() if name not in _OWN_FIELDS}
    states = interaction.get("providerStates")
    if isinstance(states, list):
        fields["states"] = [each.get("params") for each in states if isinstance(each, dict)]
    return fields


def _compared(old: Any, new: Any, place: str) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            inner = _inside(place, name)
            if name not in new:
                yield Change(place=inner, old=_text(old[name]), new=None)
            elif name not in old:
                yield Change(place=inner, old=None, new=_text(new[name]))
            else:
                yield from _compared(old[name], new[name], inner)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compared_lists(old, new, place)
    elif not _same(old, new):
        yield Change(place=place, old=_text(old), new=_text(new))


def _compared_lists(old: list[Any], new: list[Any], place: str) -> Iterator[Change]:
    if max(len(old), len(new)) > _MOST_ALIGNED:
        steps = [("replace", 0, len(old), 0, len(new))]
    else:
        steps = [
            *SequenceMatcher(None, [_text(each) for each in old], [_text(each) for each in new], False).get_opcodes()
        ]
    for kind, old_start, old_end, new_start, new_end in steps:
        if kind == "equal":
            continue
        both = min(old_end - old_start, new_end - new_start)
        for index in range(both):
            inner = f"{place}[{new_start + index}]"
            yield from _compared(old[old_start + index], new[new_start + index], inner)
        for index in range(old_start + both, old_end):
            yield Change(place=f"{place}[{index}]", old=_text(old[index]), new=None)
        for index in range(new_start + both, new_end):
            yield Change(place=f"{place}[{index}]", old=None, new=_text(new[index]))


def _same(old: Any, new: Any) -> bool:
    """Whether two scalars are the same; true is not 1."""
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def _inside(place: str, name: str) -> str:
    plain = name.replace("_", "").replace("-", "").isalnum()
    if not plain:
        return f"{place}[{json.dumps(name, ensure_ascii=False)}]"
    return f"{place}.{name}" if place else name


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
