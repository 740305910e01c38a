"""`contracts`: every command under one name, and the broker not slowed down by the others."""

from __future__ import annotations

import subprocess
import sys

import click
from click.testing import CliRunner

from contracts.cli import MODULES, main
from contracts.pipeline.commands import COMMANDS


def test_every_command_is_listed():
    output = CliRunner().invoke(main, ["--help"]).output
    for name in (*MODULES, *(command.name for command in COMMANDS)):
        assert f"  {name} " in output


def test_what_each_command_does_stands_whole_in_its_line():
    output = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    lines = output.partition("Commands:\n")[2].splitlines()
    assert len(lines) == len(main.list_commands(click.Context(main)))
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


def test_each_command_stands_under_its_own_name():
    for name in MODULES:
        found = main.get_command(click.Context(main), name)
        assert found is not None
        assert found.name == name


def test_the_commands_of_a_pipeline_are_found():
    result = CliRunner().invoke(main, ["can-i-deploy", "--help"])
    assert "Only the broker's explicit yes is a yes." in result.output


def test_an_unknown_command_is_wrong_usage():
    assert CliRunner().invoke(main, ["typo"]).exit_code == 2


def test_the_broker_starts_without_the_clients_libraries():
    code = """
import sys
from click.testing import CliRunner
from contracts.cli import MODULES, main
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
    assert "1 Error: This needs the libraries of the broker" in done.stdout
    assert "pip install './contracts[broker]'" in done.stdout
