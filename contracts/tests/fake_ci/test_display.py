import io
import threading

import pytest
from rich.console import Console

from contracts.ci.wrapping import columns_for
from contracts.fake_ci.display import LAST_LINES, Display
from contracts.fake_ci.played import PlayedStep
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


def test_each_step_is_a_line_with_its_duration_and_summary(display, written):
    display.started(WORKFLOW, JOB, "invoke consumer.test")
    display.ended(step(result="success", seconds=1.25, summary="86 passed"))
    display.ended(step(line="invoke consumer.publish-pacts --x=1", result="success", summary=f"pact of {HASH}"))
    display.ended(step(line="python -m build\nls", result="success"))
    display.ended(step(line="invoke consumer.deploy"))

    assert written.getvalue() == (
        "  ✓ consumer.test                   1.2 s  86 passed\n"
        "  ✓ consumer.publish-pacts          0.0 s  pact of 01234567\n"
        "  ✓ python -m build                 0.0 s\n"
        "  - consumer.deploy               skipped\n"
    )


def test_the_steps_of_a_triggered_workflow_are_indented(display, written):
    display.ended(step(result="success", seconds=1.25, summary="86 passed"), level=1)

    assert written.getvalue() == "    ✓ consumer.test                 1.2 s  86 passed\n"


def test_a_terminal_wraps_long_lines_and_shows_the_running_steps():
    written = io.StringIO()
    console = Console(file=written, width=60, force_terminal=True, color_system=None)
    display = Display(console=console, columns=columns_for(console, {}))

    with display.repeating():
        display.started(WORKFLOW, JOB, "invoke consumer.test")
        display.ended(step(result="success", seconds=1.25, summary="one and two and three"))
        display.started(WORKFLOW, JOB, "invoke consumer.deploy")
        display.say("  See http://broker.example.org/pacts/provider/example-provider/consumer/web")

    assert "  ✓ consumer.test                   1.2 s  one and two and\n" + " " * 43 + "three\n" in written.getvalue()
    assert "http://broker.example.org/pacts/provider/example-provider/consumer/web\n" in written.getvalue()
    assert "  … consumer.deploy                   0 s" in written.getvalue()


def test_a_heading_follows_an_empty_line(display, written):
    display.head("The consumer's pipeline")

    assert written.getvalue() == "\nThe consumer's pipeline\n"


def test_a_failure_that_explains_itself_is_printed_once_with_its_log(display, written, tmp_path):
    log = tmp_path / "step.log"
    log.write_text("a long table\n")

    display.ended(step(result="failure", seconds=2, summary="web needs a field", explained=True, log=log))

    assert written.getvalue().splitlines() == [
        "  ✗ consumer.test                   2.0 s",
        "      web needs a field",
        f"      Log: {log}",
    ]


def test_a_failure_without_explanation_shows_the_last_lines_of_its_log(display, written, tmp_path):
    log = tmp_path / "step.log"
    log.write_text("\n".join(["::error title=x::y", *(f"line {number}" for number in range(LAST_LINES + 1)), ""]))

    display.ended(step(result="failure", seconds=2, reason="exit status 1", log=log))

    assert written.getvalue().splitlines() == [
        "  ✗ consumer.test                   2.0 s",
        "      exit status 1",
        *(f"      │ line {number}" for number in range(1, LAST_LINES + 1)),
        f"      Log: {log}",
    ]


def test_a_failure_after_another_one_is_a_single_line(display, written, tmp_path):
    display.ended(step(result="failure", summary="not every job passed", log=tmp_path / "x", follows_failure=True))

    assert written.getvalue() == "  ✗ consumer.test                   0.0 s  not every job passed\n"


def test_a_long_step_is_printed_again_with_its_duration_so_far(written):
    printed = threading.Event()

    class Observed(Display):
        __slots__ = ()

        def say(self, text, *more):
            super().say(text, *more)
            if "so far" in text:
                printed.set()

    display = Observed(console=Console(file=written, width=120), repeat_seconds=0.001)
    with display.repeating():
        display.started(WORKFLOW, JOB, "invoke consumer.test")
        assert printed.wait(10)

    assert "  … consumer.test                     0 s so far\n" in written.getvalue()


def test_the_table_has_every_step_with_its_result_and_duration(display, written):
    display.table([step(result="success", seconds=1.25), step(line="invoke consumer.deploy")])

    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in written.getvalue().splitlines() if "│" in line]
    assert rows == [
        ["consumer.yml", "pact", "invoke consumer.test", "✓ success", "1.2"],
        ["consumer.yml", "pact", "invoke consumer.deploy", "- skipped", ""],
    ]
