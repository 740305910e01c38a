"""The commands and options of the official command line, read from its `--help`."""

from __future__ import annotations

import re
from functools import cache

from official_cli import run


_COMMAND = re.compile(r"^  ([a-z][a-z-]*)  +\S")
_OPTION = re.compile(r"^ +(?:(-\w), )?--([a-z-]+)")


@cache
def commands(*group: str) -> tuple[str, ...]:
    """Return the names of the commands of a *group*, by default of `pact broker`."""
    lines = run(*group, "--help").partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    return tuple(match[1] for line in lines if (match := _COMMAND.match(line)))


@cache
def options(*command: str) -> dict[str, str | None]:
    """Return the long options of a *command*, each with its short one."""
    lines = run(*command, "--help").partition("\nOptions:\n")[2].splitlines()
    return {match[2]: match[1] for line in lines if (match := _OPTION.match(line))}


@cache
def formats(*command: str) -> tuple[str, ...]:
    """Return the values that `--output` of a *command* takes; none without that option."""
    text = run(*command, "--help").partition("--output <OUTPUT>")[2]
    match = re.search(r"possible values: ([a-z, ]+)\]", text) if text else None
    return tuple(match[1].split(", ")) if match else ()
