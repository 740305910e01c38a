"""The pytest plugin: its fixtures, and the hooks that connect them to a run."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Generator, Sequence
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
FOLDER = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
OUTCOMES = pytest.StashKey[list[ContractOutcome]]()


@pytest.fixture
def verify_provider(request: pytest.FixtureRequest) -> ProviderVerification:
    """Verify the provider that this test belongs to against its consumers' pacts."""
    from contracts.testing import providers  # noqa: PLC0415, a run without verification needs no HTTP library

    return providers.verification_of(request)


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
    if config.getvalue("dist") != "load" or project is None:
        return None
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415, optional

    fixtures = {consumers.FIXTURE, VERIFIES}
    together = {name for each in project.applications for name in tests_taking(fixtures, each.folder, config.rootpath)}

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # without types
        """Single tests, but those that pass pacts on."""

        def _split_scope(self, nodeid: str) -> str:
            return "contracts" if nodeid.partition("[")[0] in together else nodeid

    return Scheduling(config, log)


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
        late = {*map(id, verifiers)}
        session.items[:] = [item for item in session.items if id(item) not in late] + verifiers
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
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["contracts"] = [(each.text, each.fails) for each in outcomes]
    elif session.exitstatus == pytest.ExitCode.OK and any(each.fails for each in outcomes):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist says of its contracts."""
    output = getattr(node, "workeroutput", {})
    outcomes = node.config.stash.setdefault(OUTCOMES, [])
    outcomes.extend(ContractOutcome(text=text, fails=fails) for text, fails in output.get("contracts", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what came of each contract, and what was verified."""
    for outcome in config.stash.get(OUTCOMES, ()):
        terminalreporter.section("pact")
        terminalreporter.write_line(outcome.text)
    if providers := sys.modules.get("contracts.testing.providers"):
        providers.report(config, terminalreporter)
