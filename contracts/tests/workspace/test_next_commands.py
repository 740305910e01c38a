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
        source = path.read_text("utf-8")
        for text in texts(ast.parse(source)) if _COMMAND.search(source) else ():
            if not _HELP.search(text):
                yield from commands(text.replace("\\\n", ""))
    for path in sorted(SOURCE.rglob("*.html")):
        yield from commands(re.sub(r"\{\{.*?\}\}", "X", path.read_text("utf-8")))
    causes = (ROOT / "docs" / "causes.md").read_text("utf-8")
    yield from re.findall(r"^    (contracts .*)$", causes, flags=re.MULTILINE)


def commands(text: str) -> Iterator[str]:
    plain = re.sub(r"\$\(.*?\)", "X", text).replace("--X", "--github")  # a CI service is an option
    yield from (_END.split(each[0])[0] for each in _COMMAND.finditer(plain))


def problem(line: str) -> str | None:
    """Return why our command line does not accept *line*, or what it lacks; None if it is complete."""
    _, name, *arguments = shlex.split(line)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    if arguments == ["--help"]:
        return None
    try:
        context = command.make_context(name, arguments)
    except click.UsageError as error:
        return f"{line}: {error.format_message()}"
    lacks_application = name == "verify" and not (context.params["app"] or context.params["provider_base_url"])
    return f"{line}: which application?" if lacks_application else None


def test_every_suggested_command_is_complete(monkeypatch):
    monkeypatch.setenv("PACT_BROKER_BASE_URL", "http://127.0.0.1:1")
    lines = sorted(set(suggestions()))
    assert {"contracts list-webhooks", "contracts verify --provider XX --app MODULE:NAME --publish"} <= {*lines}
    assert [reason for line in lines if (reason := problem(line))] == []


def test_an_incomplete_command_is_noticed(monkeypatch):
    monkeypatch.setenv("PACT_BROKER_BASE_URL", "http://127.0.0.1:1")
    source = (
        'yield problem(AREA, f"{name} is broken.", f"Do it: contracts record-deployment --pacticipant {name}. Then")'
    )
    (line,) = (each for text in texts(ast.parse(source)) for each in commands(text))
    assert line == "contracts record-deployment --pacticipant X"
    assert "environment" in str(problem(line))
    assert problem("contracts verify --provider X") == "contracts verify --provider X: which application?"
