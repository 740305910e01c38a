"""The version: one number for the command, the package and the list of changes."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from click.testing import CliRunner

from contracts.cli import main


ROOT = Path(__file__).parents[3]
DECLARED = tomllib.loads((ROOT / "contracts" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_command_and_the_installed_package_have_the_declared_version():
    assert version("pact-contracts") == DECLARED
    assert CliRunner().invoke(main, ["--version"]).output.strip() == f"contracts, version {DECLARED}"


def test_the_declared_version_is_the_newest_dated_section_of_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## \[(.+?)\](.*)$", changelog, flags=re.MULTILINE)

    assert sections[0] == ("Unreleased", "")
    name, date = sections[1]
    assert name == DECLARED
    assert re.fullmatch(r" - \d{4}-\d{2}-\d{2}", date)


def test_every_recorded_release_is_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    folder = ROOT / "contracts" / "tests" / "broker" / "store" / "released"
    names = [each.name for each in folder.iterdir() if each.is_dir()]

    assert DECLARED in names
    assert all(f"\n## [{name}] - " in changelog for name in names)
