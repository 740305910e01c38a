"""Untrusted texts made safe by one function; test_report has its properties."""

from __future__ import annotations

from contracts.model.plain_text import plain


def test_a_command_of_githubs_runner_is_a_text():
    assert plain("a\n::error::x") == "a\n\N{MODIFIER LETTER COLON}:error::x"
    assert plain("##[group]") == "## [group]"


def test_a_command_of_a_terminal_is_visible():
    assert plain("\x1b[31mred\x1b[0m \x1b]0;title\x07") == "red \ufffd]0;title\ufffd"


def test_half_of_a_surrogate_pair_can_be_printed():
    assert plain("a\ud800b").encode() == "a\ufffdb".encode()
