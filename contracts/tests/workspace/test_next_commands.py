"""The commands that messages and pages suggest: our own command line accepts each of them.

They are read from the source: every text with `contracts COMMAND …` outside backticks, in which X replaces each value.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from contracts.cli import main
from contracts.cli.commands import COMMANDS


ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "contracts" / "src" / "contracts"
_NAMES = "|".join(sorted(COMMANDS, reverse=True))
_COMMAND = re.compile(rf"(?<![\w`.-])contracts (?:{_NAMES})\b(?!\||[^`\n]*`)(?:(?! contracts )[^`\n;<])*")
_END = re.compile(r", |\. |\.$| or | && | \(|\)|  #")
_HELP = re.compile(r"^  contracts ", re.MULTILINE)  # the examples of a help, which another test runs


def texts(tree: ast.Module) -> Iterator[str]:
    """Return the texts in *tree* that are not docstrings, with X for each value; of alternatives, the first."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(map(_text, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts:
            yield node.value


def _text(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        value = part.value.body if isinstance(part.value, ast.IfExp) else part.value
        return str(value.value) if isinstance(value, ast.Constant) else "X"
    assert isinstance(part, ast.Constant)
    return str(part.value)


def suggestions() -> Iterator[str]:
    for path in sorted(SOURCE.rglob("*.py")):
        for text in texts(ast.parse(path.read_text("utf-8"))):
            if not _HELP.search(text):
                yield from commands(text.replace("\\\n", ""))
    for path in sorted(SOURCE.rglob("*.html")):
        yield from commands(re.sub(r"\{\{.*?\}\}", "X", path.read_text("utf-8")))
    causes = (ROOT / "docs" / "causes.md").read_text("utf-8")
    yield from re.findall(r"^    (contracts .*)$", causes, flags=re.MULTILINE)


def commands(text: str) -> Iterator[str]:
    plain = re.sub(r"\$\(.*?\)", "X", text).replace("--X", "--github")  # a CI service is an option
    yield from (_END.split(each[0])[0] for each in _COMMAND.finditer(plain))


@pytest.mark.parametrize("line", sorted(set(suggestions())))
def test_a_suggested_command_is_complete(line, monkeypatch):
    monkeypatch.setenv("PACT_BROKER_BASE_URL", "http://127.0.0.1:1")
    _, name, *arguments = shlex.split(line)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    if arguments == ["--help"]:
        return
    context = command.make_context(name, arguments)
    if name == "verify":
        assert context.params["app"] or context.params["provider_base_url"]
