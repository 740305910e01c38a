"""Makes a test of each interaction that a test with the fixture `verify_provider` verifies."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from contracts.ci import exit_statuses, projects
from contracts.ci.projects import Declaration, Project
from contracts.model.plain_text import plain
from contracts.testing.consumers import tests_taking
from contracts.testing.groups import Collected, Group, collect
from contracts.testing.items import EVERY_PACT_ID, EveryPact, Item, OneInteraction, Results, items
from contracts.testing.plugin import SHARED_PACTS, VERIFIES


GROUPS = pytest.StashKey[dict[str, Group]]()
COLLECTED = pytest.StashKey[dict[str, "Collected | str | None"]]()
_BROKERS = frozenset({"pact_broker", "session_pact_broker", "seeded_pact_broker"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What one test verifies; *collected* is None if the pacts were not known at collection.

    *problem* says why the broker did not send them; the test fails with it, and does not wait for the broker again.
    """

    item: Item = field(default_factory=EveryPact)
    collected: Collected | None = None
    problem: str | None = None


def parameters(metafunc: pytest.Metafunc) -> Iterator[tuple[str, Parameter]]:
    """Return the tests that the function of *metafunc* becomes, by the last part of their node identifiers.

    A broker that the test itself starts has no pacts yet.
    """
    collected = None if _BROKERS & set(metafunc.fixturenames) else _collected(metafunc)
    if not isinstance(collected, Collected):
        yield EVERY_PACT_ID, Parameter(problem=collected)
        return
    for name, item in items(collected.entries).items():
        yield name, Parameter(item=item, collected=None if isinstance(item, EveryPact) else collected)


def _collected(metafunc: pytest.Metafunc) -> Collected | str | None:
    """Return the pacts of the provider whose folder contains the test, or the problem with its broker.

    None if anything else is wrong: then the test tries again, and fails for the same reason.
    """
    path = metafunc.definition.path
    cache = metafunc.config.stash.setdefault(COLLECTED, {})
    try:
        project = projects.find(path.parent)
    except exit_statuses.EXPECTED:
        return None
    provider = project.owner(path) if project else None
    if project is None or provider is None or not provider.provides:
        return None
    if provider.name not in cache:
        shared = getattr(metafunc.config, "workerinput", {}).get(SHARED_PACTS, {}).get(provider.name)
        cache[provider.name] = shared if isinstance(shared, str) else _read(project, provider, shared)
    return cache[provider.name]


def _read(project: Project, provider: Declaration, shared: bytes | None = None) -> Collected | str | None:
    pacts = None if shared is None else pickle.loads(shared)  # noqa: S301 - written by the main process
    try:
        return collect(project, provider, pacts=pacts)
    except exit_statuses.EXPECTED as error:
        return plain("\n".join(exit_statuses.reasons(error))) if _has_broker() else None


def _has_broker() -> bool:
    return bool(os.environ.get("PACT_BROKER_BASE_URL") or os.environ.get("PACT_URL"))


def read_once(config: pytest.Config) -> dict[str, bytes | str]:
    """Read the pacts of a broker for all workers of pytest-xdist, which must collect the same tests.

    Return them by provider, or what is wrong with the broker; only for providers some of whose tests are run.
    """
    project = projects.find(config.rootpath)
    if project is None or not _has_broker():
        return {}
    folders = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    result: dict[str, bytes | str] = {}
    for provider in project.providers:
        if not any(_overlap(each, provider.folder) for each in folders):
            continue
        if any(tests_taking({VERIFIES}, provider.folder, config.rootpath)):
            collected = _read(project, provider)
            if isinstance(collected, Collected):
                result[provider.name] = pickle.dumps(replace(collected.plan, broker=None))
            elif collected is not None:
                result[provider.name] = collected
    return result


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def group_key(item: pytest.Item) -> str:
    """Return the test function of *item*, with the values of its other parameters."""
    callspec = item.callspec  # type: ignore[attr-defined]  # parametrized
    others = sorted((name, index) for name, index in callspec.indices.items() if name != VERIFIES)
    return f"{item.nodeid.partition('[')[0]} {others}"


def in_order(tests: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return *tests*, which verify providers, with the ones for the results last."""
    return sorted(tests, key=lambda test: isinstance(_parameter(test).item, Results))


def select(config: pytest.Config, tests: Sequence[pytest.Item]) -> None:
    """Note which interactions the *tests* of this run verify."""
    groups = config.stash.setdefault(GROUPS, {})
    for test in tests:
        parameter = _parameter(test)
        if parameter.collected is not None:
            key = group_key(test)
            group = groups[key] = groups.get(key) or Group(collected=parameter.collected)
            if isinstance(parameter.item, OneInteraction):
                group.selected.add(parameter.item.identity)


def _parameter(test: pytest.Item) -> Parameter:
    parameters = test.callspec.params if hasattr(test, "callspec") else {}
    parameter = parameters.get(VERIFIES)
    return parameter if isinstance(parameter, Parameter) else Parameter()
