"""The pytest plugin: its fixtures, and the hooks that connect them to a run."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contracts.ci import projects
from contracts.testing import consumers
from contracts.testing.brokers import pact_broker, running_session_broker, seeded_pact_broker, session_pact_broker
from contracts.testing.consumers import MARKER, ContractOutcome, pact, tests_taking


if TYPE_CHECKING:
    from contracts.testing.providers import ProviderVerification


__all__ = [
    "pact",
    "pact_broker",
    "running_session_broker",
    "seeded_pact_broker",
    "session_pact_broker",
    "verify_provider",
]

VERIFIES = "verify_provider"
SHARED_PACTS = "contracts_pacts"
"""The input of a worker of pytest-xdist that has the pacts to verify."""
FOLDER = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
PACTS = pytest.StashKey[dict[str, bytes | str]]()
"""The pacts that workers of pytest-xdist verify, by provider."""
NOTES = pytest.StashKey[list[str]]()
"""On verifications by workers of pytest-xdist."""
OUTCOMES = pytest.StashKey[list[ContractOutcome]]()


@pytest.fixture
def verify_provider(request: pytest.FixtureRequest) -> Iterator[ProviderVerification]:
    """Verify the provider that this test belongs to against its consumers' pacts."""
    from contracts.testing import providers  # noqa: PLC0415, a run without verification needs no HTTP library

    verification = providers.verification_of(request)
    yield verification
    providers.require_call(verification, request.node)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each interaction that a provider has to honour."""
    if VERIFIES in metafunc.fixturenames and _is_ours(metafunc.definition):
        from contracts.testing import collection  # noqa: PLC0415, as above

        tests = [pytest.param(each, id=name) for name, each in collection.parameters(metafunc)]
        metafunc.parametrize(VERIFIES, tests, indirect=True)


def _is_ours(item: pytest.Item) -> bool:
    """Whether the test's fixture `verify_provider` is this one, not one of a conftest.py."""
    definitions = item._fixtureinfo.name2fixturedefs.get(VERIFIES, ())  # type: ignore[attr-defined]  # noqa: SLF001, pytest has no other way
    return bool(definitions) and definitions[-1].func.__module__ == __name__


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    config.addinivalue_line("markers", MARKER)
    config.addinivalue_line(
        "markers", f"{VERIFIES}: a test that verifies a provider; set for each test with the fixture"
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that verify a provider, so that `-m verify_provider` selects them."""
    if VERIFIES in getattr(item, "fixturenames", ()):
        item.add_marker(VERIFIES)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Keep contract tests and verifications on one worker of pytest-xdist, where it distributes single tests."""
    project = projects.find(config.rootpath)
    if config.getvalue("dist") not in {"load", "worksteal", "loadgroup"} or project is None:
        return None
    from xdist.scheduler import LoadGroupScheduling  # noqa: PLC0415, optional

    fixtures = {consumers.FIXTURE, VERIFIES}
    together = {name for each in project.applications for name in tests_taking(fixtures, each.folder, config.rootpath)}

    class Scheduling(LoadGroupScheduling):  # type: ignore[misc]  # without types
        """Single tests and groups, but together those that pass pacts on."""

        def _split_scope(self, nodeid: str) -> str:
            scope: str = super()._split_scope(nodeid)
            return "contracts" if nodeid.partition("[")[0] in together else scope

    return Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the workers of pytest-xdist the same pacts to verify."""
    stash = node.config.stash
    if PACTS not in stash:
        from contracts.testing import collection  # noqa: PLC0415, as above

        stash[PACTS] = collection.read_once(node.config)
    node.workerinput[SHARED_PACTS] = stash[PACTS]


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note which tests options leave out."""
    for item in items:
        item.config.stash.setdefault(consumers.DESELECTED, []).append(item.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Run contract tests, which write pacts, before those that verify a provider against them."""
    config = session.config
    verifiers = [item for item in session.items if VERIFIES in getattr(item, "fixturenames", ())]
    if verifiers:
        from contracts.testing import collection  # noqa: PLC0415, as above

        late = {*map(id, verifiers)}
        verifiers = collection.in_order(verifiers)
        session.items[:] = [item for item in session.items if id(item) not in late] + verifiers
        collection.select(config, verifiers)
    if not config.option.collectonly:
        config.stash[FOLDER] = tempfile.TemporaryDirectory(prefix="pacts-")
        consumers.collect(config, session.items, Path(config.stash[FOLDER].name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how contract tests go."""
    report = yield
    consumers.note(item, report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say what came of each contract; fail a run of all contract tests that wrote no pact."""
    config = session.config
    outcomes = config.stash.setdefault(OUTCOMES, [])
    outcomes.extend(consumers.finish(config))
    if FOLDER in config.stash:
        config.stash[FOLDER].cleanup()
    notes = _providers().finish(config) if _providers() else []
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["verification"] = notes
        output["contracts"] = [(each.text, each.fails) for each in outcomes]
    elif session.exitstatus == pytest.ExitCode.OK and any(each.fails for each in outcomes):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist says of its contracts."""
    output = getattr(node, "workeroutput", {})
    outcomes = node.config.stash.setdefault(OUTCOMES, [])
    outcomes.extend(ContractOutcome(text=text, fails=fails) for text, fails in output.get("contracts", ()))
    node.config.stash.setdefault(NOTES, []).extend(output.get("verification", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what came of each contract, and what was verified."""
    for outcome in config.stash.get(OUTCOMES, ()):
        terminalreporter.section("pact")
        terminalreporter.write_line(outcome.text)
    for note in config.stash.get(NOTES, ()):
        terminalreporter.section("verification")
        terminalreporter.write_line(note)
    if providers := _providers():
        providers.report(config, terminalreporter)


def _providers() -> Any:
    """Return the module of verifications, if this run has some."""
    return sys.modules.get("contracts.testing.providers")
