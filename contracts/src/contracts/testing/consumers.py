"""The fixture `pact`: each test that takes it writes one interaction of the consumer's contract.

The consumer and its provider are those of `[tool.contracts]` in pyproject.toml (see `contracts.ci.projects`): the
application whose folder contains the test. A consumer with several providers names the one it means:

    @pytest.mark.pact(provider="stock")
    def test_…(pact): …

The official library merges whatever it gets into one file. These rules make sure that the file holds what the tests
proved, all of it and nothing else:

* A test describes one interaction. The library would keep the last of two with the same description and states.
* An interaction counts if its test passed, its request included.
* The pacts are written when every interaction of the application counts. Part of a contract looks like a whole one,
  so a run of some tests (`-k`, `-x`, `--last-failed` …) writes nothing and says so.
* A contract test that fails, is skipped or is expected to fail removes the pacts of an earlier run, because they no
  longer describe the code. A run that does not fail any of them, or runs none, leaves them alone.
* A run of all contract tests that writes no pact fails.
* With pytest-xdist, one worker runs the contract tests, before the tests that verify the provider.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contracts.ci import projects
from contracts.ci.projects import Declaration


MARKER = "pact(provider): the provider of this contract test, for a consumer that has several"
FIXTURE = "pact"
_DECLARE = """\
The fixture `pact` needs to know whose contract this is. Declare it in pyproject.toml:

  [tool.contracts.applications.{name}]
  role = "consumer"
  folder = "{folder}"
  providers = ["NAME-OF-THE-PROVIDER"]"""


@dataclass(slots=True, kw_only=True)
class Contract:
    """The contract tests of *consumer* in one session; *folder* holds their interactions until the end."""

    consumer: Declaration
    folder: Path
    tests: frozenset[str]
    """Every contract test of the application, as `path::name`, read from the source: no option can hide one."""
    items: set[str] = field(default_factory=set)
    """The node identifiers of the contract tests that this session runs."""
    passed: dict[str, str] = field(default_factory=dict)
    """By node identifier, the contract test that its item belongs to."""
    interactions: dict[str, str] = field(default_factory=dict)
    """By interaction, the node identifier of the test that describes it."""
    ran: bool = False
    """Whether this process ran one of them."""
    partial: bool = False
    """Whether options left out some of a test's parameters."""
    broken: bool = False
    """Whether one of them did not pass."""
    written: tuple[Path, ...] = ()

    @property
    def pacts(self) -> Path:
        """Where the pacts are written: PACT_DIR, relative to the repository, or what the declaration says."""
        return pact_folder(self.consumer)

    @property
    def complete(self) -> bool:
        """Whether every contract test has passed."""
        return (
            not self.partial
            and bool(self.tests)
            and self.tests == set(self.passed.values())
            and self.items == self.passed.keys()
        )

    @property
    def selected(self) -> bool:
        """Whether this session runs all contract tests."""
        return self.tests <= {_without_parameters(each) for each in self.items}

    def add(self, item: pytest.Item, pact: Any) -> None:
        """Keep the one interaction of *pact*, or fail the test *item*; write the pacts once they are complete."""
        alone = self.folder / "alone"
        pact.write_file(alone, overwrite=True)
        (file,) = alone.iterdir()
        document = json.loads(file.read_text("utf-8"))
        interactions = document["interactions"]
        if len(interactions) != 1:
            pytest.fail(f"{item.name} describes {len(interactions)} interactions. Describe one in each test")
        (interaction,) = interactions
        states = interaction.get("providerStates", [])
        identity = json.dumps(
            [document["provider"]["name"], interaction["description"], *sorted(map(json.dumps, states))]
        )
        if identity in self.interactions:
            pytest.fail(
                f"{item.nodeid} and {self.interactions[identity]} both describe {interaction['description']!r} "
                "in the same provider states: one would replace the other, so reword one"
            )
        pact.write_file(self.folder / "all")
        shutil.rmtree(alone)
        self.interactions[identity] = item.nodeid
        self.passed[item.nodeid] = _without_parameters(item.nodeid)
        if self.complete:
            self.write()

    def write(self) -> None:
        """Put the pacts where they are published from, in place of those of an earlier run."""
        self.remove()
        self.pacts.mkdir(parents=True, exist_ok=True)
        files = sorted((self.folder / "all").iterdir())
        self.written = tuple(Path(shutil.move(file, self.pacts / file.name)) for file in files)

    def remove(self) -> None:
        """Remove this consumer's pacts of an earlier run."""
        for file in self.pacts.glob(f"{self.consumer.name}-*.json"):
            file.unlink()

    def outcome(self) -> str:
        """Say which pacts were written, or why none was."""
        if self.written:
            count = len(self.interactions)
            return f"{count} interaction{'s' * (count != 1)} written to {', '.join(map(str, self.written))}"
        if not self.tests:
            return f"No pact was written: {self.consumer.name} has no contract test. Take the fixture `pact` in one"
        missing = sorted(self.tests - set(self.passed.values()) | (self.items - self.passed.keys()))
        missing = missing or ["some parameters, which options left out"]
        names = "".join(f"\n  {each}" for each in missing)
        count = len(self.tests & set(self.passed.values()))
        old = not self.broken and any(self.pacts.glob(f"{self.consumer.name}-*.json"))
        return (
            f"No pact was written: {count} of {len(self.tests)} contract tests passed, and part of a contract is not "
            f"the contract. Missing:{names}\nRun all contract tests to write it."
            + (f" The pact in {self.pacts} is from an earlier run." if old else "")
        )


CONTRACTS = pytest.StashKey[dict[str, Contract]]()
DESELECTED = pytest.StashKey[list[str]]()
"""The node identifiers of tests that options left out."""
TEST_PASSED = pytest.StashKey[bool]()


def pact_folder(consumer: Declaration) -> Path:
    """Where *consumer*'s tests write pacts: PACT_DIR if it is set, relative to the repository."""
    project = projects.find(consumer.folder)
    named = os.environ.get("PACT_DIR")
    return project.root / named if project and named else consumer.pacts


def tests_taking(fixtures: AbstractSet[str], folder: Path, root: Path) -> Iterator[str]:
    """Name every test below *folder* that takes one of *fixtures*, as pytest names it from the folder *root*."""
    for file in sorted({*folder.rglob("test_*.py"), *folder.rglob("*_test.py")}):
        if any(part.startswith(".") or part == "site-packages" for part in file.relative_to(folder).parts):
            continue
        path = Path(os.path.relpath(file, root)).as_posix()
        for name in _tests_taking(fixtures, ast.parse(file.read_text("utf-8")).body):
            yield f"{path}::{name}"


def _tests_taking(fixtures: AbstractSet[str], statements: Sequence[ast.stmt]) -> Iterator[str]:
    for each in statements:
        if isinstance(each, ast.ClassDef) and each.name.startswith("Test"):
            yield from (f"{each.name}::{name}" for name in _tests_taking(fixtures, each.body))
        elif isinstance(each, ast.FunctionDef) and each.name.startswith("test") and fixtures & _arguments(each):
            yield each.name


def _arguments(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}


def collect(config: pytest.Config, items: Sequence[pytest.Item], folder: Path) -> None:
    """Note which contract tests this session runs; *folder* holds what they write until it is complete."""
    contracts = config.stash.setdefault(CONTRACTS, {})
    for item in items:
        if FIXTURE not in getattr(item, "fixturenames", ()) or not _is_ours(item):
            continue
        consumer = consumer_of(item)
        if consumer is None:
            continue
        if consumer.name not in contracts:
            own = folder / consumer.name
            own.mkdir(parents=True, exist_ok=True)
            tests = frozenset(tests_taking({FIXTURE}, consumer.folder, config.rootpath))
            contracts[consumer.name] = Contract(consumer=consumer, folder=own, tests=tests)
        contracts[consumer.name].items.add(item.nodeid)
    left_out = {_without_parameters(each) for each in config.stash.get(DESELECTED, ())}
    left_out |= {_without_parameters(argument) for argument in config.args if "[" in argument}
    for contract in contracts.values():
        contract.partial = bool(contract.tests & left_out)


def consumer_of(item: pytest.Item) -> Declaration | None:
    """Return the declared consumer that the test *item* belongs to.

    Raises:
        ProjectError: if the declaration is wrong.
    """
    project = projects.find(item.path.parent)
    owner = project.owner(item.path) if project else None
    return owner if owner and owner.consumes else None


def provider_of(item: pytest.Item, consumer: Declaration) -> str:
    """Return the provider that the test *item* of *consumer* means.

    Raises:
        UsageError: if it does not say which of several, or names one that is not declared.
    """
    marker = item.get_closest_marker("pact")
    names = ", ".join(consumer.providers)
    if marker is None and len(consumer.providers) == 1:
        return consumer.providers[0]
    if marker is None:
        raise pytest.UsageError(f'{consumer.name} calls {names}. Say which: @pytest.mark.pact(provider="NAME")')
    named = marker.kwargs.get("provider") or next(iter(marker.args), None)
    if named not in consumer.providers:
        raise pytest.UsageError(f"{named!r} is not a provider of {consumer.name}, which calls {names}")
    return str(named)


@pytest.fixture
def pact(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A pact-python `Pact` for the one interaction that the test describes."""
    item = request.node
    consumer = consumer_of(item)
    if consumer is None:
        folder = item.path.parent.parent
        raise pytest.UsageError(_DECLARE.format(name=folder.name, folder=folder.name))
    pact = _one_interaction(consumer.name, provider_of(item, consumer))
    yield pact
    if not item.stash.get(TEST_PASSED, False):
        return
    if not pact.took_place:
        pytest.fail("the interaction never took place: call your client within `with pact.serve() as server:`")
    request.config.stash[CONTRACTS][consumer.name].add(item, pact)


def _one_interaction(consumer: str, provider: str) -> Any:
    try:
        from pact import Pact  # noqa: PLC0415, an extra
    except ImportError as error:
        raise pytest.UsageError(
            "The fixture `pact` needs pact-python: install pact-contracts with the extra `verify`."
        ) from error

    class OneInteraction(Pact):
        """A pact that knows whether its interaction took place."""

        took_place = False

        @contextlib.contextmanager
        def serve(self, *arguments: Any, **options: Any) -> Iterator[Any]:  # type: ignore[override]  # passes them on
            """Play the provider during the block; fail unless it receives the request as described."""
            with super().serve(*arguments, **options) as server:
                yield server
            self.took_place = True

        def verify(self, *arguments: Any, **options: Any) -> Any:
            """Pass the message to the handler; fail if it raises."""
            errors = super().verify(*arguments, **options)
            self.took_place = not errors
            return errors

    return OneInteraction(consumer, provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractOutcome:
    """What came of one contract in a session: *text* for people, and whether the session must fail for it."""

    text: str
    fails: bool


def finish(config: pytest.Config) -> list[ContractOutcome]:
    """Remove pacts that a failed contract test makes untrue, and say what came of each contract that was tried."""
    outcomes = []
    for contract in config.stash.get(CONTRACTS, {}).values():
        if not contract.ran:
            continue
        if contract.broken and not contract.written:
            contract.remove()
        outcomes.append(ContractOutcome(text=contract.outcome(), fails=contract.selected and not contract.written))
    return outcomes


def note(item: pytest.Item, report: pytest.TestReport) -> None:
    """Note how the test *item* went."""
    if report.when == "call":
        item.stash[TEST_PASSED] = report.passed and not hasattr(report, "wasxfail")
    for contract in item.config.stash.get(CONTRACTS, {}).values():
        if item.nodeid in contract.items:
            contract.ran = True
            contract.broken = contract.broken or not report.passed or hasattr(report, "wasxfail")


def _is_ours(item: pytest.Item) -> bool:
    """Whether the test's fixture `pact` is this one, not one of a conftest.py."""
    definitions = item._fixtureinfo.name2fixturedefs.get(FIXTURE, ())  # type: ignore[attr-defined]  # noqa: SLF001, pytest has no other way
    return bool(definitions) and definitions[-1].func.__module__ == __name__


def _without_parameters(nodeid: str) -> str:
    """Return the test that an item belongs to: its node identifier without parameters."""
    return nodeid.partition("[")[0]
