"""Paragraphs that fit into a terminal: broken between words, and commands so that they can still be copied."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console


_NEXT = "→ "
"""What a command begins with."""
_START = re.compile(rf"\s*(?:✗ |{_NEXT})?")
_ARGUMENT = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+""")


def columns_of(environ: Mapping[str, str]) -> int | None:
    """Return the width that COLUMNS asks for, also off a terminal; None if it is not set."""
    text = environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


def columns_for(console: Console, environ: Mapping[str, str]) -> int | None:
    """Return the width to which paragraphs on *console* are wrapped: a terminal's, or COLUMNS; None for no limit.

    On GitHub nothing is wrapped: a line that begins in the middle of a sentence could be a command for the runner.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        return None
    return console.width if console.is_terminal else columns_of(environ)


def wrapped(text: str, columns: int | None) -> str:
    r"""Return *text* in lines of at most *columns*, if it is not None; only a longer word exceeds them.

    >>> print(wrapped("  ✗ The version is not there", 18))
      ✗ The version is
        not there
    >>> print(wrapped("  → contracts why --version 'a b'", 20))
      → contracts why \
          --version \
          'a b'
    """
    if columns is None:
        return text
    return "\n".join(line for each in text.split("\n") for line in _lines(each, columns))


def _lines(text: str, columns: int) -> Sequence[str]:
    if cell_len(text) <= columns:
        return [text]
    start = _START.match(text)
    prefix = start[0] if start is not None else ""
    is_command = prefix.endswith(_NEXT)
    words = (_ARGUMENT.findall if is_command else str.split)(text[len(prefix) :])
    end, indent = (" \\", cell_len(prefix) + 2) if is_command else ("", cell_len(prefix))
    lines, line = [], prefix
    for word in words:
        is_first = line == prefix
        is_label = len(line.split()) == 1 and indent + cell_len(word) > columns  # the word would not fit below either
        if not is_first and not is_label and cell_len(f"{line} {word}{end}") > columns:
            lines.append(line + end)
            line = " " * indent + word
        else:
            line += word if is_first else f" {word}"
    return [*lines, line]
