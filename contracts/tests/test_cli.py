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

from contracts.cli import main
from contracts.cli.commands import ALIASES, COMMANDS


def all_commands():
    """Every command with its full name; groups by their subcommands."""
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {each}", command.commands[each]) for each in command.commands)
        else:
            yield name, command


@pytest.mark.parametrize("width", [80, 120])
def test_every_command_is_listed_whole_in_one_line(width):
    lines = CliRunner().invoke(main, ["--help"], terminal_width=width).output.splitlines()
    listed = dict(line.split(maxsplit=1) for line in lines if line.startswith("  ") and len(line.split()) > 1)
    assert {name: entry.summary for name, entry in COMMANDS.items()}.items() <= listed.items()


def test_each_line_is_the_summary_of_the_command():
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    assert {name: command.get_short_help_str(200) for name, command in commands.items()} == {
        name: entry.summary for name, entry in COMMANDS.items()
    }


@pytest.mark.parametrize(
    ("name", "command"), list(all_commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_help_has_a_description_an_example_and_the_statuses(name, command):
    output = CliRunner().invoke(main, [*name.split(), "--help"], prog_name="contracts").output
    assert command.help
    assert "Example" in output
    assert f"  contracts {name}" in output or f" contracts {name}" in output
    assert "Exit status" in output
    assert "\b" not in output
    assert "\\b" not in output
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("name", [name for name, _ in all_commands()])
def test_every_help_fits_into_80_columns(name):
    output = CliRunner().invoke(main, [*name.split(), "--help"], prog_name="contracts", terminal_width=80).output
    assert [line for line in output.splitlines() if len(line) > 80] == []


def test_a_help_text_has_no_backtick_without_its_partner():
    output = CliRunner().invoke(main, ["broker", "--help"], prog_name="contracts").output
    assert output.count("`") % 2 == 0


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_an_alias_is_the_command_itself(alias, name):
    context = click.Context(main)
    assert main.get_command(context, alias) is main.get_command(context, name)


def test_the_list_of_commands_loads_none_of_them():
    code = """
import sys
from click.testing import CliRunner
from contracts.cli import main
print(CliRunner().invoke(main, ["--help"]).exit_code)
loaded = (name for name in sys.modules if name.startswith("contracts."))
print(sorted(name for name in loaded if not name.startswith("contracts.cli")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "[]"]


def test_the_list_of_commands_takes_little_time():
    """0.4 s of a person's time; processor time, as other processes run here too."""
    code = """
import time
from click.testing import CliRunner
started = time.process_time()
from contracts.cli import main
CliRunner().invoke(main, ["--help"])
print(time.process_time() - started)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.4


@pytest.mark.parametrize(
    ("words", "cursor", "completion"),
    [
        ("contracts list-p", 1, "plain,list-pacticipants"),
        ("contracts can-i-deploy --to-e", 2, "plain,--to-environment"),
        ("contracts list-environments --output j", 3, "plain,json"),
    ],
)
def test_commands_options_and_values_are_completed(words, cursor, completion):
    environ = os.environ | {"COMP_WORDS": words, "COMP_CWORD": str(cursor), "_CONTRACTS_COMPLETE": "bash_complete"}
    code = "import sys; sys.argv = ['contracts']; from contracts.cli import main; main(prog_name='contracts')"
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [completion]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_completion_script(shell):
    result = CliRunner().invoke(main, ["completions", shell], prog_name="contracts")
    assert (result.exit_code, f"_CONTRACTS_COMPLETE={shell}_complete" in result.output) == (0, True)


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
        _, output = running.communicate(timeout=60)
        connection.close()
    assert (running.returncode, output.strip()) == (130, "Interrupted.")


def test_a_command_is_loaded_by_its_name():
    result = CliRunner().invoke(main, ["can-i-deploy", "--help"])
    assert "Only the broker's explicit yes is a yes." in result.output


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("typo", "No such command 'typo'."),
        ("canideploy", "Did you mean 'can-i-deploy'?"),
        ("list-webhoks", "Did you mean 'list-webhooks'?"),
    ],
)
def test_an_unknown_command_is_wrong_usage(name, says):
    result = CliRunner().invoke(main, [name])
    assert (result.exit_code, says in result.output) == (2, True)


def test_the_broker_starts_without_the_clients_libraries():
    code = """
import sys
from click.testing import CliRunner
from contracts.cli import main
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
