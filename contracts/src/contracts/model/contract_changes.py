"""What changed from one content of a contract to another, by interaction and field.

An interaction that was renamed, moved, or got another state is the same one, as far as its contents or its request
show it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from contracts.model import contents, interactions


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
    """An interaction, whether it was `added`, `removed`, `changed` or only `renamed`, and its fields that differ.

    *index* is its place in the new contract; that of a removed one, in the old contract.
    """

    description: str
    states: str
    kind: str
    index: int
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interaction:
    """An interaction at *index* of its contract; *fields* decide about a result."""

    index: int
    description: str
    states: str
    fields: dict[str, Any]
    text: str

    @property
    def request(self) -> str:
        """The request as text; empty if it has none."""
        request = self.fields.get("request")
        return _text(request) if request else ""


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ChangedInteraction, ...]:
    """Return the interactions that differ from *old* to *new*: the changed and renamed ones, then added, then removed.

    >>> before = {"interactions": [{"description": "a request", "response": {"status": 200}}]}
    >>> after = {"interactions": [{"description": "a request", "response": {"status": 201}}]}
    >>> changes(before, after)[0].changes
    (Change(place='response.status', old='200', new='201'),)
    >>> changes(before, before)
    ()
    """
    return between(*(enumerate(each for each, _ in interactions.listed(document)) for document in (old, new)))


def between(
    old: Iterable[tuple[int, Mapping[str, Any]]], new: Iterable[tuple[int, Mapping[str, Any]]]
) -> tuple[ChangedInteraction, ...]:
    """Return what `changes` returns, for interactions with their places; those that are the same may be absent."""
    olds, news = ([_interaction(index, each) for index, each in listed] for listed in (old, new))
    _, olds, news = _paired(_SAME, olds, news)
    pairs, removed, added = _paired(_SIMILAR, olds, news)
    changed = (_changed(*pair) for pair in sorted(pairs, key=lambda pair: pair[1].index))
    return (
        *(each for each in changed if each.changes),
        *(_single(each, "added") for each in added),
        *(_single(each, "removed") for each in removed),
    )


def specification(old: Mapping[str, Any], new: Mapping[str, Any]) -> Change | None:
    """Return the change of the version of the Pact specification, if it changed."""
    versions = [contents.specification_version(dict(each)) for each in (old, new)]
    before, after = (None if each is None else str(each) for each in versions)
    return None if before == after else Change(place="specification", old=before, new=after)


def _changed(old: _Interaction, new: _Interaction) -> ChangedInteraction:
    names = [
        Change(place=place, old=before, new=after)
        for place, before, after in (
            ("description", old.description, new.description),
            ("states", old.states, new.states),
        )
        if before != after
    ]
    fields = list(_compared(old.fields, new.fields, ""))
    return ChangedInteraction(
        description=new.description,
        states=new.states,
        kind="changed" if fields else "renamed",
        index=new.index,
        changes=(*names, *fields),
    )


def _single(each: _Interaction, kind: str) -> ChangedInteraction:
    return ChangedInteraction(description=each.description, states=each.states, kind=kind, index=each.index)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What two interactions must have in common to be the same one, and whether no other one may have it."""

    key: Callable[[_Interaction], Hashable]
    unique: bool = False


_SAME = (_Likeness(lambda each: (each.description, each.states, each.text)),)
_SIMILAR = (
    _Likeness(lambda each: (each.description, each.states)),
    _Likeness(lambda each: each.text),
    _Likeness(lambda each: each.description, unique=True),
    _Likeness(lambda each: each.request, unique=True),
)


def _paired(
    likenesses: Iterable[_Likeness], olds: list[_Interaction], news: list[_Interaction]
) -> tuple[list[tuple[_Interaction, _Interaction]], list[_Interaction], list[_Interaction]]:
    """Return the interactions that are the same ones, and those of *olds* and of *news* that have no counterpart.

    An interaction keeps its description and states, or only its contents if it was renamed. If neither is the same,
    the description or the request identifies it, as long as no other one has the same.
    """
    pairs: list[tuple[_Interaction, _Interaction]] = []
    for likeness in likenesses:
        before, after = _by(likeness.key, olds), _by(likeness.key, news)
        for value in before.keys() & after.keys() - {""}:
            if not likeness.unique or len(before[value]) == len(after[value]) == 1:
                pairs += zip(before[value], after[value], strict=False)
        taken = {old.index for old, _ in pairs}, {new.index for _, new in pairs}
        olds, news = (
            [each for each in left if each.index not in gone] for left, gone in zip((olds, news), taken, strict=True)
        )
    return pairs, olds, news


def _by(key: Callable[[_Interaction], Hashable], listed: list[_Interaction]) -> dict[Hashable, list[_Interaction]]:
    groups: dict[Hashable, list[_Interaction]] = {}
    for each in listed:
        groups.setdefault(key(each), []).append(each)
    return groups


def _interaction(index: int, interaction: Mapping[str, Any]) -> _Interaction:
    return _Interaction(
        index=index,
        description=str(interaction.get("description", "")),
        states=_states(interaction),
        fields=(fields := _fields(interaction)),
        text=json.dumps(fields, ensure_ascii=False, sort_keys=True),
    )


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
