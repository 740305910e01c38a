import io
import threading

import pytest
from rich.console import Console

from contracts.pipeline.display import LAST_LINES, Display
from contracts.pipeline.runner import PlayedStep
from contracts.pipeline.workflows import Job, Workflow


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
    """A line is told when it begins and when it ends, with its duration."""
    display.started(WORKFLOW, JOB, "invoke consumer.test")
    display.ended(step(result="success", seconds=1.25))
    display.ended(step(line="invoke consumer.deploy"))

    assert written.getvalue() == (
        "  … consumer / pact: invoke consumer.test\n"
        "  ✓ consumer / pact: invoke consumer.test (1.2 s)\n"
        "  - consumer / pact: invoke consumer.deploy (skipped)\n"
    )


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
    assert lines[0] == "  ✗ consumer / pact: invoke consumer.test (2.0 s): exit status 1"
    assert lines[1:] == [f"    │ line {number}" for number in range(1, LAST_LINES + 1)]


def test_long_steps(written):
    """What takes long is told again, with the time it has taken so far."""
    told = threading.Event()

    class Telling(Display):
        __slots__ = ()

        def say(self, text, style=""):
            super().say(text, style)
            if "so far" in text:
                told.set()

    display = Telling(console=Console(file=written, width=120), repeat_seconds=0.001)
    with display.repeating():
        display.started(WORKFLOW, JOB, "invoke consumer.test")
        assert told.wait(10)

    assert "  … consumer / pact: invoke consumer.test: 0 s so far\n" in written.getvalue()


def test_table(display, written):
    """The table has every step with its verdict and duration."""
    display.table([step(result="success", seconds=1.25), step(line="invoke consumer.deploy")])

    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in written.getvalue().splitlines() if "│" in line]
    assert rows == [
        ["consumer.yml", "pact", "invoke consumer.test", "✓ success", "1.2"],
        ["consumer.yml", "pact", "invoke consumer.deploy", "- skipped", ""],
    ]
