"""The end of a command's help: examples, and exit statuses."""

from __future__ import annotations


DONE = """0 done; 1 the broker says no; 2 wrong usage, or an unknown name;
4 broker unreachable or refusing; 130 interrupted."""
GATE = """0 yes; 1 no; 2 wrong usage, or an unknown name; 3 unknown;
4 broker unreachable or refusing; 130 interrupted."""


def epilog(*examples: str, statuses: str = DONE) -> str:
    """Return the epilog with *examples*, whole command lines, and *statuses*."""
    lines = "\n".join(f"  contracts {example}" for example in examples)
    return f"\b\nExamples:\n{lines}\n\n\b\nExit status: {statuses}"
