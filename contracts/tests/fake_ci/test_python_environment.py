"""The virtual environment of a run."""

import subprocess
import sys

import pytest

from contracts.fake_ci import python_environment


@pytest.fixture
def commands(tmp_path):
    return python_environment.create(tmp_path / "python")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_it_sees_what_the_user_has_installed_and_keeps_its_own(commands, tmp_path):
    code = "import sys, click, contracts; print(sys.prefix)"
    assert run(commands / "python", "-c", code) == str(tmp_path / "python")


def test_it_has_the_commands_of_the_user_with_its_own_python(commands):
    script = (commands / "contracts").read_text()
    assert script.startswith(f"#!{commands / 'python'}\n")
    assert run(commands / "contracts", "--version").startswith("contracts, version")
    assert commands != sys.executable


def test_it_replaces_an_earlier_one(commands, tmp_path):
    (commands / "left-over").write_text("")
    python_environment.create(tmp_path / "python")
    assert not (commands / "left-over").exists()
