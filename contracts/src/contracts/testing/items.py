"""The tests that a verification of a provider consists of: one for each interaction, and a last one for the results.

They are known at collection, so each has a node identifier, and `-k` selects it:

    test_the_provider_honours_its_pacts[shop:a_request_for_a_product:a_product_exists]
    test_the_provider_honours_its_pacts[results]

If the pacts cannot be read at collection, or there are none, one test verifies whatever exists when it runs, and fails
if that is nothing. It is `[every_pact]`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.model.plain_text import plain
from contracts.verification.interactions import Interaction, Part
from contracts.verification.sources import PactPlan, Planned


EVERY_PACT_ID = "every_pact"
RESULTS_ID = "results"
_LONGEST_TEXT = 80
_VERSION_CHARACTERS = 8
_NO_WORD = re.compile(r"[^\w.+-]+")  # what `-k` and shells would not take as part of a word

Identity = tuple[str, ...]
"""What makes an interaction the same at collection and later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryPact:
    """The test that verifies every pact, and publishes the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneInteraction:
    """The test that verifies the interaction *identity*, or fails for a pact that cannot be verified."""

    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The last test: it requires that every interaction was verified, and publishes the results."""


Item = EveryPact | OneInteraction | Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The interaction *part* of the pact *planned*; None for a pact that cannot be verified."""

    planned: Planned
    part: Part | None

    @property
    def name(self) -> str:
        """The consumer and the description, for people."""
        return plain(f"{self.planned.consumer}: {self.part.description if self.part else self.planned.what}")


def entries(plan: PactPlan) -> dict[Identity, Entry]:
    """Return the interactions of *plan* in order; two that are alike in a pact are numbered."""
    result: dict[Identity, Entry] = {}
    for planned in plan.pacts:
        alike: Counter[Identity] = Counter()
        for part in planned.parts if planned.problem is None else (None,):
            identity = (planned.url or planned.what, *_names(part), *_states(part))
            alike[identity] += 1
            result[*identity, str(alike[identity])] = Entry(planned=planned, part=part)
    return result


def items(interactions: Mapping[Identity, Entry]) -> dict[str, Item]:
    """Return the tests for *interactions* by the last part of their node identifiers."""
    if not interactions:
        return {EVERY_PACT_ID: EveryPact()}
    pacts = {id(each.planned): each.planned.consumer for each in interactions.values()}
    several = {name for name, count in Counter(pacts.values()).items() if count > 1}
    result: dict[str, Item] = {}
    for identity, entry in interactions.items():
        name = _name(entry, with_version=entry.planned.consumer in several)
        number = 1
        while (unique := name if number == 1 else f"{name}-{number}") in result:
            number += 1
        result[unique] = OneInteraction(identity=identity)
    return {**result, RESULTS_ID: Results()}


def _name(entry: Entry, *, with_version: bool) -> str:
    pact = entry.planned.pact
    version = f"@{_word(pact.consumer_version[:_VERSION_CHARACTERS])}" if with_version and pact is not None else ""
    words = [_word(each) for each in (*_names(entry.part), *(entry.part.state_names if entry.part else ()))]
    return ":".join((f"{_word(entry.planned.consumer)}{version}", *words))


def _word(text: str) -> str:
    return _NO_WORD.sub("_", text).strip("_")[:_LONGEST_TEXT] or "_"


def _names(part: Part | None) -> Iterable[str]:
    return ("unreadable",) if part is None else (part.description,)


def _states(part: Part | None) -> Iterable[str]:
    states = part.states or () if part is not None else ()
    return (json.dumps([each.name, dict(each.parameters)], sort_keys=True, default=str) for each in states)


def explained(interaction: Interaction, part: Part | None) -> str:
    """Return what *interaction* needed, what was sent, and what was wrong with the response."""
    lines = [f"{interaction.consumer}: {interaction.description}"]
    if part is not None:
        lines += [f"  given {each.name!r} with {json.dumps(dict(each.parameters))}" for each in part.states or ()]
        lines += [f"  request {each}" for each in _requests(part)]
    lines += [f"  ✗ {each}" for each in interaction.problems or ("failed",)]
    return plain("\n".join(lines))


def _requests(part: Part) -> list[str]:
    items = (part.pact or {}).get("interactions") or ()
    requests = [each.get("request") for each in items if isinstance(each, dict)]
    return [f"{each.get('method', 'GET')} {each.get('path', '/')}" for each in requests if isinstance(each, dict)]
