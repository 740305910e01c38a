"""The interactions of a pact: what each needs, and its outcome.

A pact is split here, so an error in one interaction affects only that one. Each gets a name for people, even if its
description is missing, null, or not a text.
Source: Pact specification, versions 1 to 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.client import UsageError
from contracts.client.hal import JsonObject
from contracts.model.plain_text import plain


_LISTS = ("interactions", "messages")
_LONGEST_VALUE = 10_000  # characters of an expected or actual value


class PactNotReadable(Exception):
    """A pact, or a part of it, does not follow the specification; the message names the part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """A state that an interaction needs, with its parameters."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


NO_STATE = ProviderState(name="")
"""What Pact calls the state of an interaction without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One interaction of a pact: *pact* contains nothing else; *id* is the one that the broker added, if any.

    *states* is None if they cannot be read.
    """

    description: str
    states: tuple[ProviderState, ...] | None
    pending: bool
    pact: JsonObject | None
    id: str | None = None

    @property
    def state_names(self) -> tuple[str, ...]:
        """The names of its provider states."""
        return tuple(each.name for each in self.states or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One verified interaction; *problems* say, in sentences, why it failed.

    *judged* is false if the verification did not finish, so nothing is known about the contract.
    """

    consumer: str
    description: str
    states: tuple[str, ...]
    success: bool
    pending: bool
    problems: tuple[str, ...]
    judged: bool = True
    id: str | None = None
    mismatches: tuple[Mapping[str, Any], ...] = ()

    @property
    def failure(self) -> str:
        """The consumer, the description, and what went wrong."""
        return plain(f"{self.consumer}: {self.description}: {'; '.join(self.problems) or 'failed'}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter of a run: regular expressions for descriptions and for names of provider states."""

    description: str | None = None
    state: str | None = None

    def __post_init__(self) -> None:
        for pattern in filter(None, (self.description, self.state)):
            try:
                re.compile(pattern)
            except re.error as error:
                raise UsageError(f"{pattern!r} is not a regular expression: {error}.") from error

    def __bool__(self) -> bool:
        return self.description is not None or self.state is not None

    def matches(self, part: Part) -> bool:
        """Whether *part* is verified; an empty *state* matches interactions without one."""
        if self.description is not None and not re.search(self.description, part.description):
            return False
        if self.state == "":
            return not part.state_names
        return self.state is None or any(re.search(self.state, name) for name in part.state_names)


def parts(document: JsonObject) -> tuple[Part, ...]:
    """Return the interactions and messages of a pact, in order.

    Raises:
        NotReadable: if the pact does not list them.
    """
    return tuple(_parts(document))


def plugins(document: JsonObject) -> tuple[str, ...]:
    """Return the plugins that a pact names; the verifier would install and start them.

    Source: Pact specification, version 4, metadata.
    """
    metadata = document.get("metadata")
    named = metadata.get("plugins") if isinstance(metadata, dict) else None
    if not named:
        return ()
    items = named if isinstance(named, list) else [named]
    return tuple(str(each.get("name")) if isinstance(each, dict) else str(each) for each in items)


def _parts(document: JsonObject) -> Iterator[Part]:
    for key in _LISTS:
        items = document.get(key)
        if items is None:
            continue
        if not isinstance(items, list):
            raise PactNotReadable(f"its {key} are not a list")
        rest = {name: value for name, value in document.items() if name not in (*_LISTS, "_links", "_embedded")}
        for number, item in enumerate(items, 1):
            yield _part(item, number, rest | {key: [item]}, key)


def _part(item: object, number: int, pact: JsonObject, key: str) -> Part:
    noun = key.removesuffix("s")
    if not isinstance(item, dict):
        return Part(description=f"{noun} {number}", states=None, pending=False, pact=None)
    identity = item.get("_id")
    return Part(
        description=_description(item, f"{noun} {number}"),
        states=_states(item),
        pending=item.get("pending") is True,
        pact=pact,
        id=identity if isinstance(identity, str) else None,
    )


def _description(item: JsonObject, place: str) -> str:
    description = item.get("description")
    if isinstance(description, str) and description.strip():
        return description
    return f"{place} (no description)" if description is None else f"{place} (description {description!r})"


def _states(item: JsonObject) -> tuple[ProviderState, ...] | None:
    """Return the provider states of an interaction: a list of objects since version 3, one text before."""
    states = item.get("providerStates")
    if states is None:
        states = item.get("providerState", item.get("provider_state"))
    if states is None or states == "":
        return ()
    if isinstance(states, str):
        return (ProviderState(name=states),)
    if not isinstance(states, list):
        return None
    named = [_state(each) for each in states]
    return None if None in named else tuple(each for each in named if each is not None)


def _state(each: object) -> ProviderState | None:
    if isinstance(each, str):
        return ProviderState(name=each)
    if not isinstance(each, dict) or not isinstance(each.get("name"), str):
        return None
    parameters = each.get("params")
    return ProviderState(name=each["name"], parameters=parameters if isinstance(parameters, dict) else {})


def result_documents(interactions: Sequence[Interaction]) -> list[JsonObject]:
    """Return the results of *interactions* as a broker stores them with the result of a pact.

    Source: testResults of the official verifier.
    """
    return [_test_result(each) for each in interactions]


def _value(value: Any) -> Any:
    """Return an expected or actual *value* of a mismatch without control characters, and cut if it is long."""
    return plain(value)[:_LONGEST_VALUE] if isinstance(value, str) else value


def _test_result(each: Interaction) -> JsonObject:
    result: JsonObject = {"interactionDescription": plain(each.description), "success": each.success}
    if each.id is not None:
        result["interactionId"] = each.id
    if each.success:
        return result
    described = [plain(str(mismatch.get("mismatch"))) for mismatch in each.mismatches]
    result["mismatches"] = [
        {
            "attribute": str(mismatch.get("type", "")).removesuffix("Mismatch").lower(),
            "identifier": str(mismatch.get("path") or mismatch.get("key") or ""),
            "description": description,
        }
        | {key: _value(mismatch[key]) for key in ("expected", "actual") if mismatch.get(key) is not None}
        for mismatch, description in zip(each.mismatches, described, strict=True)
    ]
    result["exceptions"] = [{"message": problem} for problem in each.problems if problem not in described]
    return result
