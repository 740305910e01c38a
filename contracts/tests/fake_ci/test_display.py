import io
import threading

import pytest
from rich.console import Console

from contracts.fake_ci.display import LAST_LINES, Display
from contracts.fake_ci.runner import PlayedStep
from contracts.fake_ci.workflows import Job, Workflow


HASH = "0123456789" * 4
JOB = Job(identifier="pact", steps=())
WORKFLOW = Workflow(file="consumer.yml", name="consumer", jobs=(JOB,))


def step(**fields):
    return PlayedStep(**{"workflow": "consumer.yml", "job": "pact", "line": "invoke consumer.test"} | fields)


@pytest.fixture
def written():
    return io.StringIO()


@pytest.fixture
def display(written):
    return Display(console=Console(file=written, width=120), repeat_seconds=0.001)


def test_lines(display, written):
    """A line is told when it ends, with its duration and what came of it; hashes are shortened."""
    display.started(WORKFLOW, JOB, "invoke consumer.test")
    display.ended(step(result="success", seconds=1.25, said="86 passed"))
    display.ended(step(line="invoke consumer.publish-pacts --x=1", result="success", said=f"pact of {HASH}"))
    display.ended(step(line="invoke consumer.deploy"))

    assert written.getvalue() == (
        "  ✓ consumer.test                 1.2 s  86 passed\n"
        "  ✓ consumer.publish-pacts        0.0 s  pact of 01234567\n"
        "  - consumer.deploy             skipped\n"
    )


def test_terminal():
    """At a terminal, what does not fit in a line goes on below where it began, and what runs is shown."""
    written = io.StringIO()
    display = Display(console=Console(file=written, width=60, force_terminal=True, color_system=None))

    with display.repeating():
        display.started(WORKFLOW, JOB, "invoke consumer.test")
        display.ended(step(result="success", seconds=1.25, said="one and two and three"))
        display.started(WORKFLOW, JOB, "invoke consumer.deploy")

    assert "  ✓ consumer.test                 1.2 s  one and two and\n" + " " * 41 + "three\n" in written.getvalue()
    assert "  … consumer.deploy                 0 s" in written.getvalue()


def test_head(display, written):
    """A heading stands apart."""
    display.head("The consumer's pipeline")

    assert written.getvalue() == "\nThe consumer's pipeline\n"


def test_failure(display, written, tmp_path):
    """Of a line that failed the reason is told, and the last of what it said, without GitHub's commands."""
    log = tmp_path / "step.log"
    log.write_text("\n".join(["::error title=x::y", *(f"line {number}" for number in range(LAST_LINES + 1))]))

    display.ended(step(result="failure", seconds=2, reason="exit status 1", log=log))

    lines = written.getvalue().splitlines()
    assert lines[0] == "  ✗ consumer.test                 2.0 s  exit status 1"
    assert lines[1:] == [f"    │ line {number}" for number in range(1, LAST_LINES + 1)]


def test_long_steps(written):
    """What takes long is told again, with the time it has taken so far."""
    told = threading.Event()

    class Telling(Display):
        __slots__ = ()

        def say(self, text, *more):
            super().say(text, *more)
            if "so far" in text:
                told.set()

    display = Telling(console=Console(file=written, width=120), repeat_seconds=0.001)
    with display.repeating():
        display.started(WORKFLOW, JOB, "invoke consumer.test")
        assert told.wait(10)

    assert "  … consumer.test                   0 s so far\n" in written.getvalue()


def test_table(display, written):
    """The table has every step with its verdict and duration."""
    display.table([step(result="success", seconds=1.25), step(line="invoke consumer.deploy")])

    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in written.getvalue().splitlines() if "│" in line]
    assert rows == [
        ["consumer.yml", "pact", "invoke consumer.test", "✓ success", "1.2"],
        ["consumer.yml", "pact", "invoke consumer.deploy", "- skipped", ""],
    ]
