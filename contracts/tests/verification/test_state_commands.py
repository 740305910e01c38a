"""Provider states through a command: real child processes."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
import threading
import time

import pytest

from contracts.client import UsageError
from contracts.verification.interactions import NO_STATE, ProviderState
from contracts.verification.state_commands import StateCommand
from contracts.verification.states import StateHandlers, StateLimits


S = ProviderState(name="a 'shop' $(touch owned); exists", parameters={"id": 7, "name": "Tee \N{HOT BEVERAGE}"})


@pytest.fixture
def command(tmp_path):
    """Write a script with the lines given, and return the handlers that run it in a separate folder."""
    with contextlib.ExitStack() as stack:

        def command(lines, seconds=30.0):
            script = tmp_path / "a script.py"
            script.write_text(f"import json, os, sys, time\n{lines}\n", encoding="utf-8")
            text = shlex.join([sys.executable, "-S", "-E", str(script)])
            limits = StateLimits(setup_seconds=seconds, teardown_seconds=seconds)
            handlers = StateHandlers(StateCommand.parse(text, tmp_path), None, limits)
            return stack.enter_context(contextlib.closing(handlers))

        yield command


def test_each_setup_and_teardown_is_a_process_that_gets_the_state(command, tmp_path):
    handlers = command(
        "with open('log', 'a') as log:\n"
        "    variables = [os.environ['CONTRACTS_STATE'], os.environ['CONTRACTS_STATE_ACTION']]\n"
        "    json.dump([*variables, json.load(sys.stdin)], log); log.write('\\n')"
    )
    assert handlers.set_up([S, NO_STATE]) == ({}, ())
    assert handlers.tear_down([S, NO_STATE]) == ()
    lines = (tmp_path / "log").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        [S.name, action, {"state": S.name, "action": action, "params": S.parameters}]
        for action in ("setup", "teardown")
    ]
    assert not (tmp_path / "owned").exists()  # no shell


@pytest.mark.parametrize(
    ("output", "values"), [('{"id": 8}', {"id": 8}), ("Connected to the database", {}), ("[1]", {})]
)
def test_a_json_object_on_standard_output_has_the_values_for_generators(command, output, values):
    assert command(f"print({output!r})").set_up([S]) == (values, ())


def test_an_exit_status_other_than_0_is_a_failure_with_the_output(command):
    [problem] = command("print('connecting'); sys.exit('no database\\n::error::x')").set_up([S])[1]
    assert problem.startswith(f"provider state {S.name!r} (setup) was not prepared: ")
    assert problem.endswith("ended with status 1: no database\n\N{MODIFIER LETTER COLON}:error::x\nconnecting")


def test_a_silent_failure_says_so(command):
    [problem] = command("sys.exit(3)").tear_down([S])
    assert problem.endswith("ended with status 3 and wrote no output")


def test_a_command_that_takes_too_long_is_ended_with_its_children(command, tmp_path):
    lines = "open('pid', 'w').write(str(os.getpid())); print('waiting', flush=True); time.sleep(60)"
    started = time.monotonic()
    [problem] = command(lines, seconds=0.5).set_up([S])[1]
    assert time.monotonic() - started < 50
    assert "took longer than the 0.5 seconds that it may take: waiting (--state-timeout-seconds allows more)" in problem
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_server_that_the_command_leaves_behind_does_not_hold_it_up(command, tmp_path):
    lines = (
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])\n"
        "open('pid', 'w').write(str(child.pid))"
    )
    started = time.monotonic()
    assert command(lines).set_up([S]) == ({}, ())
    assert time.monotonic() - started < 50
    os.kill(int((tmp_path / "pid").read_text()), 9)


def test_the_end_of_a_run_ends_the_command(command, tmp_path):
    """As an interrupt does; the command waits at a pipe, which it opens when it runs."""
    os.mkfifo(tmp_path / "pid")
    handlers = command("open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    problems = []
    running = threading.Thread(target=lambda: problems.extend(handlers.set_up([S])[1]))
    running.start()
    pid = int((tmp_path / "pid").read_text())
    handlers.close()
    running.join(5)
    assert problems[0].endswith("was ended by signal 9 and wrote no output")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_name_that_no_process_can_get_is_a_failure(command):
    [problem] = command("").set_up([ProviderState(name="a\0b")])[1]
    assert "could not start: embedded null byte" in problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("node 'states.js", "No closing quotation"),
        ("nowhere-to-be-seen --states", "'nowhere-to-be-seen' is not an executable file in PATH"),
    ],
)
def test_a_command_that_cannot_run_is_refused_before_the_run(text, reason):
    with pytest.raises(UsageError, match=reason):
        StateCommand.parse(text)


def test_a_program_in_the_folder_is_accepted(tmp_path):
    (tmp_path / "states").write_text("#!/bin/sh\n")
    (tmp_path / "states").chmod(0o755)
    assert StateCommand.parse("./states --now", tmp_path).arguments == ("./states", "--now")
