"""Pact files in this repository, and the provider states that pacts name."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.ci.projects import Declaration
from contracts.client import UsageError
from contracts.client.pact_files import read_file
from contracts.doctor.findings import Finding, ok, problem, warning
from contracts.doctor.surroundings import Surroundings, mentions


_AREA: Final = "pacts"


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Check the pact files of each declared consumer, and the states they need of providers that are declared here."""
    if surroundings.project is None:
        return
    for consumer in surroundings.project.consumers:
        yield from _files(consumer, surroundings)


def _files(consumer: Declaration, surroundings: Surroundings) -> Iterator[Finding]:
    paths = sorted(consumer.pacts.glob("*.json")) if consumer.pacts.is_dir() else []
    if not paths:
        yield warning(
            _AREA,
            f"{consumer.name} has no pact files in {consumer.pacts}.",
            f"python -m pytest {shlex.quote(str(consumer.folder))}",
        )
    for path in paths:
        try:
            pact = read_file(path)
        except UsageError as error:
            yield problem(_AREA, str(error), f"Delete {path}, and run the tests of {consumer.name} again.")
            continue
        if pact.consumer != consumer.name or pact.provider not in consumer.providers:
            yield problem(
                _AREA,
                f"{path} is between {pact.consumer} and {pact.provider}, but {consumer.name} declares "
                f"{', '.join(consumer.providers)}.",
                f"Use the declared names in the tests, or correct [tool.contracts.applications.{consumer.name}].",
            )
            continue
        yield ok(_AREA, f"{path.name}: a pact between {pact.consumer} and {pact.provider}.")
        document = json.loads(path.read_bytes())
        for provider in surroundings.providers:
            if provider.name == pact.provider:
                yield from undefined_states(states_of(document), provider, consumer=pact.consumer)


def undefined_states(states: Iterable[str], provider: Declaration, *, consumer: str) -> Iterator[Finding]:
    """Report each of *states* that no source file of *provider* mentions."""
    for state in states:
        if not mentions(provider.folder, state):
            yield problem(
                _AREA,
                f"The pact of {consumer} needs the provider state {state!r}, which {provider.name} does not define.",
                f"Add it to the states of {provider.name}'s verification test.",
            )


def states_of(pact: Mapping[str, Any]) -> list[str]:
    """Return the names of the provider states in *pact*, of any version of the specification, in their order."""
    names: dict[str, None] = {}
    for interaction in [*_objects(pact.get("interactions")), *_objects(pact.get("messages"))]:
        for key in ("providerState", "provider_state"):
            if isinstance(state := interaction.get(key), str):
                names[state] = None
        for state in _objects(interaction.get("providerStates")):
            if isinstance(state.get("name"), str):
                names[state["name"]] = None
    return list(names)


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
