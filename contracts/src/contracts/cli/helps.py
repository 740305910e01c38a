"""The end of a command's help: examples, and exit statuses."""

from __future__ import annotations

import re


_WORD = r"""(?:[^\s'"]|'[^']*'|"[^"]*")+"""
_PARTS = re.compile(rf"-{_WORD}(?:\s+(?!-){_WORD})?|{_WORD}")
_WIDTH = 77  # of 80: click indents by two, and a semicolon follows
DONE = """0 done; 1 the broker says no; 2 wrong usage, or an unknown name;
4 broker unreachable or refusing; 130 interrupted."""
GATE = """0 yes; 1 no; 2 wrong usage, or an unknown name; 3 unknown;
4 broker unreachable or refusing; 130 interrupted."""


def epilog(*examples: str, statuses: str = DONE) -> str:
    """Return the epilog with *examples*, whole command lines, and *statuses*."""
    lines = "\n".join(f"  {_command(f'contracts {example}')}" for example in examples)
    return f"\b\nExamples:\n{lines}\n\n\b\n{_lines(f'Exit status: {statuses}')}"


def _command(line: str) -> str:
    """Return *line*, continued in further lines if it is too long; no option is apart from its value."""
    if len(line) < _WIDTH:
        return line
    lines = [""]
    for part in _PARTS.findall(line):
        if lines[-1] and len(lines[-1]) + len(part) > _WIDTH - 6:
            lines.append("")
        lines[-1] += f"{part} "
    return " \\\n      ".join(each.strip() for each in lines)


def _lines(statuses: str) -> str:
    """Return *statuses* in lines for a terminal of 80 columns, one status never on two lines."""
    lines = [""]
    for status in statuses.replace("\n", " ").split("; "):
        if lines[-1] and len(lines[-1]) + len(status) > _WIDTH:
            lines.append("")
        lines[-1] += f"{status}; "
    return "\n".join(line.strip() for line in lines).removesuffix(";")
