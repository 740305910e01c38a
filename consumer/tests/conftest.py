"""What makes a contract of tests: each test that takes `pact` writes one interaction.

The official library merges whatever it is given into one file. These rules see to it that the
file says what the tests proved, all of it and nothing else:

* One test is one `Pact` with one interaction, described once. Of two interactions with the same
  description and provider states the library would keep the last and say nothing.
* An interaction counts when its test passed, its request included.
* The pact is handed over to PACT_DIR (an environment variable; `consumer/pacts` by default) when
  every interaction of this folder counts. A part of a contract looks like a whole one, so a run
  of some tests (`-k`, `-x`, `--last-failed` ...) hands over nothing, and neither does a failed one.
* A run that left out no interaction and yet has no whole contract, because a test was skipped or
  is expected to fail, fails.
* What an earlier run handed over is removed first, whatever this one runs: it may be of other code.
* One process (`-n0`): parallel writers lose each other's interactions.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pact import Pact


CONSUMER = "example-consumer"
PROVIDER = "example-provider"

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PACT_DIR = REPOSITORY / (os.environ.get("PACT_DIR") or "consumer/pacts")

# The library sends usage data unless this is exactly "true".
os.environ["PACT_DO_NOT_TRACK"] = "true"

TEST_PASSED = pytest.StashKey[bool]()
RECORDING = pytest.StashKey["Recording"]()
OUTCOME = pytest.StashKey[str]()


class OneInteraction(Pact):
    """A pact that knows whether its interaction took place."""

    took_place = False

    @contextlib.contextmanager
    def serve(self):
        """Play the provider within a `with` block, and fail unless it was asked as agreed."""
        with super().serve() as server:
            yield server
        self.took_place = True


@dataclass
class Recording:
    """The interactions of one session, kept apart until they are complete."""

    folder: Path
    tests: dict[str, str] = field(default_factory=dict)
    """By interaction, the test that described it."""

    def add(self, test: str, pact: Pact) -> None:
        """Keep the one interaction of *pact*, or fail *test*, which described it."""
        alone = self.folder / "alone"
        pact.write_file(alone, overwrite=True)
        interactions = json.loads(_only_file(alone).read_text("utf-8"))["interactions"]
        if len(interactions) != 1:
            pytest.fail(f"{test} describes {len(interactions)} interactions: it should be one")
        interaction = interactions[0]
        states = interaction.get("providerStates", [])
        identity = json.dumps([interaction["description"], *sorted(map(json.dumps, states))])
        if identity in self.tests:
            pytest.fail(
                f"{test} and {self.tests[identity]} both describe {interaction['description']!r} "
                "in the same provider states: one would replace the other, so reword one"
            )
        pact.write_file(self.folder / "all")
        self.tests[identity] = test

    def hand_over(self) -> Path:
        """Put the pact where it is published from, and say where that is."""
        PACT_DIR.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(_only_file(self.folder / "all"), PACT_DIR))


def pytest_configure(config):
    # Not at the start of the session: in a run of a folder above, this file is not known by then.
    if not config.option.collectonly:
        for stale in PACT_DIR.glob(f"{CONSUMER}-*.json"):
            stale.unlink()


def pytest_sessionfinish(session):
    if session.config.option.collectonly:
        return
    recording = session.config.stash.get(RECORDING, None)
    every, passed = pact_tests(), set(recording.tests.values() if recording else ())
    if every and passed == every:
        session.config.stash[OUTCOME] = f"{len(passed)} interactions written to {recording.hand_over()}"
        return
    session.config.stash[OUTCOME] = f"No pact was written: {_gaps(every, passed)}"
    selected = {_name(item) for item in getattr(session, "items", ())}
    if every <= selected and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pact_tests() -> set[str]:
    """Name every test that describes an interaction.

    Read from the source, not from what pytest collected: no option can hide one.
    """
    return {
        f"{file.name}::{node.name}"
        for file in HERE.glob("test_*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if "pact" in {argument.arg for argument in node.args.args}
    }


@pytest.fixture(scope="session")
def recording(request, tmp_path_factory):
    if hasattr(request.config, "workerinput"):
        msg = "pact tests run in one process: parallel ones lose interactions. Use pytest -n0, "
        raise pytest.UsageError(msg + "or invoke consumer.test")
    recording = Recording(tmp_path_factory.mktemp("pact"))
    request.config.stash[RECORDING] = recording
    return recording


@pytest.fixture
def pact(request, recording):
    """A pact for the one interaction that the test is about to describe."""
    pact = OneInteraction(CONSUMER, PROVIDER)
    yield pact
    if not request.node.stash.get(TEST_PASSED, False):
        return
    if not pact.took_place:
        pytest.fail("the interaction never took place: ask within `with pact.serve() as server:`")
    recording.add(_name(request.node), pact)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call":
        item.stash[TEST_PASSED] = report.passed
    return report


def pytest_terminal_summary(terminalreporter, config):
    if outcome := config.stash.get(OUTCOME, None):
        terminalreporter.section("pact")
        terminalreporter.write_line(outcome)


@pytest.fixture
def answering():
    """Start a server that gives one answer to whatever is asked, and get its address.

    For answers that no contract allows: what the provider does answer is in the contract.
    """
    with contextlib.ExitStack() as servers:

        def start(body: bytes, *, status: int = 200, **headers: str) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(status)
                    for name, value in {"Content-Length": str(len(body)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_):
                    """Keep the tests' output clean."""

            server = servers.enter_context(HTTPServer(("127.0.0.1", 0), Handler))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            servers.callback(thread.join)
            servers.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start


def _gaps(every: set[str], passed: set[str]) -> str:
    if not every:
        return "no test describes an interaction"
    missing = "".join(f"\n  {test}" for test in sorted(every ^ passed))
    return (
        f"{len(every & passed)} of {len(every)} interactions took place and passed, and a part is not the "
        f"contract. Missing:{missing}\nTo write it, run them all: invoke consumer.test"
    )


def _name(item: pytest.Item) -> str:
    return f"{item.path.name}::{item.name}"


def _only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file
