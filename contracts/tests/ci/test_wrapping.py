"""Paragraphs that fit into a terminal."""

from __future__ import annotations

import shlex

import pytest
from rich.cells import cell_len
from rich.console import Console

from contracts.ci.wrapping import columns_for, columns_of, wrapped


def test_a_paragraph_is_broken_between_words_and_keeps_its_indent():
    text = "  " + "a sentence of several words " * 6
    lines = wrapped(text, 40).split("\n")
    assert max(map(cell_len, lines)) <= 40
    assert all(line.startswith("  ") for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())


def test_wide_characters_count_twice():
    assert wrapped("世界 世界 世界", 9) == "世界 世界\n世界"


def test_a_longer_word_is_not_broken_and_stays_beside_its_label():
    url = "http://broker.example.org/" + "x" * 40
    assert wrapped(f"    job: {url}", 40) == f"    job: {url}"
    assert wrapped(f"See why: {url} now", 40) == f"See why:\n{url}\nnow"


def test_a_wrapped_command_is_still_the_same_command():
    command = "contracts verify --provider 'my  api' --app \"a b:c\" --pact-url http://broker.example.org/x"
    lines = wrapped(f"  → {command}", 36).removeprefix("  → ")
    assert max(map(cell_len, lines.split("\n"))) <= 36
    assert shlex.split(lines.replace("\\\n", "")) == shlex.split(command)


def test_without_a_width_nothing_is_wrapped():
    assert wrapped("a " * 100, None) == "a " * 100


@pytest.mark.parametrize(("text", "columns"), [("80", 80), ("", None), ("0", None), ("wide", None)])
def test_the_variable_columns_is_the_width(text, columns):
    assert columns_of({"COLUMNS": text}) == columns


def test_a_terminal_has_its_width_and_github_none():
    console = Console(width=60, force_terminal=True)
    assert columns_for(console, {"COLUMNS": "80"}) == 60
    assert columns_for(Console(width=60, force_terminal=False), {"COLUMNS": "80"}) == 80
    assert columns_for(console, {"GITHUB_ACTIONS": "true"}) is None
