"""docs/commands.md against the official command line and ours: neither can drift."""

from __future__ import annotations

import re
from pathlib import Path

import click
import official_help
import pytest

from contracts.cli import main


PAGE = Path(__file__).parents[3] / "docs" / "commands.md"
COMMANDS = [name for name in official_help.commands() if name not in {"ruby", "docker", "help"}]
LOCAL = {"generate-uuid"}  # talks to no broker


def sections():
    """The tables of the page below "From `pact broker`", by heading: rows of cells."""
    text = PAGE.read_text(encoding="utf-8").partition("## From `pact broker` to `contracts`")[2]
    tables = {}
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if line.startswith("|")][2:]
        tables[heading.strip()] = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return tables


def names(cell):
    """The options in a cell, long and short."""
    return re.findall(r"`(--?[a-zA-Z-]+)`", cell)


def official(name):
    """The command with its group, as the official command line takes it."""
    return (name, "list") if name == "provider-states" else (name,)


def ours(name):
    context = click.Context(main)
    command = main.get_command(context, name)
    return command.commands["list"] if isinstance(command, click.Group) else command


def our_options(name):
    options = {each for parameter in ours(name).params for each in (*parameter.opts, *parameter.secondary_opts)}
    return options | {"-h", "--help"}


def test_the_page_has_every_official_command():
    headings = {heading.split()[0] for heading in sections()} - {"Every", "Not"}
    assert headings == set(COMMANDS)
    missing = {row[0].strip("`") for row in sections()["Not provided"]}
    assert missing == set(official_help.commands()) - set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_has_every_official_option(name):
    heading = " ".join(official(name))
    rows = [*sections()["Every command"], *sections()[heading]]
    page = {
        long: short for row in rows for *shorts, long in [names(row[0])] for short in [shorts[0] if shorts else None]
    }
    options = {f"--{long}": short for long, short in official_help.options(*official(name)).items()}
    assert {long: page.get(long, "missing") for long in options} == options
    own = {names(row[0])[-1] for row in sections()[heading]}
    assert own <= options.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_our_command_has_every_option_that_the_page_promises(name):
    rows = sections()[" ".join(official(name))]
    rows += [] if name in LOCAL else sections()["Every command"]
    promised = {option for row in rows if row[1] != "no" for option in names(row[1])}
    assert promised <= our_options(name)


def test_an_option_that_is_missing_has_a_reason():
    for rows in sections().values():
        assert [row for row in rows if row[1] == "no" and not row[2]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_our_command_has_the_same_short_options(name):
    options = our_options(name)
    shorts = {f"--{long}": short for long, short in official_help.options(*official(name)).items() if short}
    assert {short for long, short in shorts.items() if long in options} <= options


@pytest.mark.parametrize("name", COMMANDS)
def test_our_command_takes_every_official_format(name):
    formats = official_help.formats(*official(name))
    parameters = {parameter.name: parameter for parameter in ours(name).params}
    assert set(formats) <= set(parameters["form"].type.choices if "form" in parameters else ())
