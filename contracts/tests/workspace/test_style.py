"""Every text and name of this repository keeps to docs/style.md."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
STYLE = ROOT / "docs/style.md"
LEAST_WORDS = 3
MOST_LINES = 350
TEXTS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None)}  # the last from Python 3.12 on
BREAKS = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
PROSE = {".md", ".yml", ".toml", ".txt", ".html", ".jinja", ".css", ".js", ".svg", ".mako", ""}


@cache
def phrases() -> list[str]:
    """The words that the style page bans."""
    section = STYLE.read_text("utf-8").partition("## Banned words")[2].partition("\n## ")[0]
    phrases = re.findall(r"^\* `(.+)`$", section, re.MULTILINE)
    assert phrases, "docs/style.md lists no banned words"
    return phrases


def banned(content: str) -> re.Pattern[str] | None:
    """An expression of the phrases of which *content* has every word; None if there are none."""
    lowered = content.lower()
    possible = [each for each in phrases() if all(word in lowered for word in each.lower().split() if word != "…")]
    return re.compile("|".join(map(expression, possible)), re.IGNORECASE) if possible else None


def expression(phrase: str) -> str:
    """A pattern of *phrase*: ``…`` is a word; a line break, a comment or the next text may begin between two words."""
    words = [r"(?!longer\b)\w+" if word == "…" else re.escape(word) for word in phrase.split()]
    after = r"(?<!\bthere )" if "…" in phrase else ""
    between = r"""(?:[\s_]+(?:\#:?\s+)?|\s*["']\s+[fr]{0,2}["']\s*)"""
    return rf"{after}(?<![^\W_])" + between.join(words) + r"(?![^\W_])"


@cache
def texts() -> list[Path]:
    """The files of the repository that people read, except the page that lists the words."""
    git = shutil.which("git") or "git"
    listing = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    here = {STYLE, Path(__file__)}
    return [each for each in paths if each.suffix in {*PROSE, ".py"} and each not in here and each.is_file()]


def passages(content: str, *, python: bool) -> Iterator[tuple[int, str]]:
    """The first line and the text of each passage of *content*; of Python: comments, texts and names."""
    if not python:
        yield 1, content
        return
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(content).readline) if token.type not in BREAKS]
    for kind, group in groupby(tokens, key=lambda token: token.type):
        passage = list(group)
        if kind in TEXTS:  # lines of one comment, parts of one text
            yield passage[0].start[0], "\n".join(token.string for token in passage)
        elif kind == tokenize.NAME:
            yield from ((token.start[0], token.string) for token in passage)


@cache
def names(path: Path) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...]]:
    """The tests of a Python file, and its variables with their lines."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    functions = (node.name for node in nodes if isinstance(node, ast.FunctionDef))
    variables = ((node.lineno, name) for node in nodes if (name := variable(node)) is not None)
    return tuple(name for name in functions if name.startswith("test_")), tuple(variables)


def offences(path: Path) -> Iterator[str]:
    """Each banned word of *path*, with its line."""
    content = path.read_text("utf-8")
    pattern = banned(content)
    if pattern is None or not pattern.search(content):  # splitting a program into its passages takes much longer
        return
    for first_line, text in passages(content, python=path.suffix == ".py"):
        for match in pattern.finditer(text):
            line = first_line + text.count("\n", 0, match.start())
            yield f"{path.relative_to(ROOT)}:{line}: {' '.join(match[0].split())}"


def test_no_text_and_no_name_has_a_banned_word():
    assert [offence for path in texts() for offence in offences(path)] == []


@pytest.mark.parametrize(
    "text",
    [
        "nobody is told",
        "test_an_error_is_told_at_once",
        "the ones that\n    there are",
        "'x' is no address of it",
        "ANEW",
        'f"what is "\n    f"told"',
        "# it stands\n    # in a row",
    ],
)
def test_the_scan_finds_a_banned_word_in_a_text_or_a_name(text):
    pattern = banned(text)
    assert pattern
    assert pattern.search(text)


@pytest.mark.parametrize(
    "text", ["it is no longer of use", "there is no way to", "he stood in for it", "untold riches"]
)
def test_the_scan_leaves_other_words_alone(text):
    pattern = banned(text)
    assert pattern is None or pattern.search(text) is None


def test_every_test_is_named_by_a_sentence():
    """A name of fewer than three words after `test_` says no sentence."""
    tests = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in texts()
        if path.name.startswith("test_") and path.suffix == ".py"
        for name in names(path)[0]
        if name.count("_") < LEAST_WORDS
    ]
    assert tests == []


def test_no_variable_has_a_participle_for_its_name():
    """The style page lists the words; a participle says nothing about the object."""
    (rule,) = re.findall(r"^\* A past participle .*", STYLE.read_text("utf-8"), re.MULTILINE)
    participles = set(re.findall(r"`(\w+)`", rule))
    assert participles
    variables = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in texts()
        if path.suffix == ".py"
        for line, name in names(path)[1]
        if name in participles
    ]
    assert variables == []


def variable(node: ast.AST) -> str | None:
    """The name that *node* gives to a variable or a parameter."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return node.arg if isinstance(node, ast.arg) else None


def test_no_module_has_more_than_350_lines():
    """Tables and their migrations may: they have one concept, however long it is."""
    modules = [path for path in texts() if path.suffix == ".py" and not path.is_relative_to(ROOT / "contracts/tests")]
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
        and path.name != "tables.py"
        and "migrations" not in path.parts
    }
    assert long == {}
