"""`contracts`: every command under one name, and the broker not slowed down by the others."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from contracts.cli import MODULES, SUMMARIES, main
from contracts.cli.pipeline import COMMANDS


def test_every_command_is_listed():
    output = CliRunner().invoke(main, ["--help"]).output
    for name in (*MODULES, *(command.name for command in COMMANDS)):
        assert f"  {name} " in output


def test_what_each_command_does_stands_whole_in_its_line():
    output = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    lines = output.partition("Commands:\n")[2].splitlines()
    assert len(lines) == len(main.list_commands(click.Context(main)))
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


def test_each_line_is_what_the_command_says_of_itself():
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    assert {name: command.get_short_help_str(200) for name, command in commands.items()} == SUMMARIES


def test_the_list_of_commands_loads_none_of_them():
    code = """
import sys
from click.testing import CliRunner
from contracts.cli import main
print(CliRunner().invoke(main, ["--help"]).exit_code)
print(sorted(name for name in sys.modules if name.startswith("contracts.") and name != "contracts.cli"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "[]"]


def raising(error):
    def callback():
        raise error

    return click.Command("seed", callback=callback)


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (ValueError("oh"), 70, "ValueError: oh"),
        (OSError("oh"), 70, "bug in `contracts`"),
        (PermissionError(13, "Permission denied", "/x"), 4, "Error: /x cannot be used: Permission denied."),
        (click.ClickException("oh"), 1, "Error: oh"),
        (click.UsageError("oh"), 2, "Error: oh"),
    ],
)
def test_neither_an_interruption_nor_a_fault_of_ours_is_a_no(monkeypatch, error, status, says):
    monkeypatch.setattr("contracts.cli._load", lambda _: raising(error))
    result = CliRunner().invoke(main, ["seed"])
    assert (result.exit_code, says in result.stderr) == (status, True)


def test_a_command_that_is_interrupted_ends_with_130(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = [sys.executable, "-c", "from contracts.cli import main; main()"]
        command = [*start, "can-i-deploy", "-a", "x", "-e", "1", "--to-environment", "e"]
        environ = os.environ | {"PACT_BROKER_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        running = subprocess.Popen(command, env=environ, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        connection, _ = silent.accept()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
        connection.close()
    assert (running.returncode, said.strip()) == (130, "Interrupted.")


def test_each_command_stands_under_its_own_name():
    for name in MODULES:
        found = main.get_command(click.Context(main), name)
        assert found is not None
        assert found.name == name


def test_the_commands_of_a_pipeline_are_found():
    result = CliRunner().invoke(main, ["can-i-deploy", "--help"])
    assert "Only the broker's explicit yes is a yes." in result.output


@pytest.mark.parametrize(
    ("name", "says"), [("typo", "No such command 'typo'."), ("canideploy", "Did you mean 'can-i-deploy'?")]
)
def test_an_unknown_command_is_wrong_usage(name, says):
    result = CliRunner().invoke(main, [name])
    assert (result.exit_code, says in result.output) == (2, True)


def test_the_broker_starts_without_the_clients_libraries():
    code = """
import sys
from click.testing import CliRunner
from contracts.cli import MODULES, SUMMARIES, main
CliRunner().invoke(main, ["broker", "--help"])
print(sorted({"requests", "rich"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_brokers_libraries_its_commands_say_so_and_the_others_work():
    code = """
import sys
sys.modules["sqlalchemy"] = None
from click.testing import CliRunner
from contracts.cli import main
for arguments in (["--help"], ["can-i-deploy", "--help"], ["export", "file", "--with-secrets"]):
    result = CliRunner().invoke(main, arguments)
    print(result.exit_code, result.output)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("0 ")
    assert "Only the broker's explicit yes is a yes." in done.stdout
    assert "No module named" not in done.stdout.partition("Usage: main can-i-deploy")[0]
    assert "Error: contracts export needs more libraries" in done.stdout
    assert "pip install 'pact-contracts[broker]'" in done.stdout
