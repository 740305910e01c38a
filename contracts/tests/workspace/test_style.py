"""Every text and name of this repository keeps to docs/style.md."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
STYLE = ROOT / "docs/style.md"
LEAST_WORDS = 3
PROSE = {".md", ".yml", ".toml", ".txt", ".html", ".jinja", ".css", ".js", ".svg", ".mako", ""}


def banned() -> re.Pattern[str]:
    """The words that the style page bans, as one expression."""
    section = STYLE.read_text("utf-8").partition("## Banned words")[2].partition("\n## ")[0]
    phrases = re.findall(r"^\* `(.+)`$", section, re.MULTILINE)
    assert phrases, "docs/style.md lists no banned words"
    return re.compile("|".join(expression(phrase) for phrase in phrases), re.IGNORECASE)


def expression(phrase: str) -> str:
    """A pattern of *phrase*: its words may be separated by a line break, and ``…`` is a word."""
    words = [r"(?!longer\b)\w+" if word == "…" else re.escape(word) for word in phrase.split()]
    after = r"(?<!\bthere )" if "…" in phrase else ""
    return rf"{after}(?<![^\W_])" + r"[\s_]+(?:#:?\s+)?".join(words) + r"(?![^\W_])"


def texts() -> list[Path]:
    """The files of the repository that people read, except the page that lists the words."""
    git = shutil.which("git") or "git"
    listing = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    here = {STYLE, Path(__file__)}
    return [each for each in paths if each.suffix in {*PROSE, ".py"} and each not in here and each.is_file()]


def passages(path: Path) -> Iterator[tuple[int, str]]:
    """The first line and the text of each passage of *path*; of Python: comments, texts and names."""
    content = path.read_text("utf-8")
    if path.suffix != ".py":
        yield 1, content
        return
    comment: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            comment.append(token.string)
            continue
        if token.type in {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}:
            continue
        if comment:
            yield token.start[0] - len(comment), "\n".join(comment)
            comment = []
        if token.type in {tokenize.STRING, tokenize.NAME}:
            yield token.start[0], token.string


def offences(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    """Each banned word of *path*, with its line."""
    for first_line, text in passages(path):
        for match in pattern.finditer(text):
            line = first_line + text.count("\n", 0, match.start())
            yield f"{path.relative_to(ROOT)}:{line}: {' '.join(match[0].split())}"


def test_no_text_and_no_name_has_a_banned_word():
    pattern = banned()
    assert [offence for path in texts() for offence in offences(path, pattern)] == []


@pytest.mark.parametrize(
    "text",
    [
        "nobody is told",
        "test_an_error_is_told_at_once",
        "the ones that\n    there are",
        "'x' is no address of it",
        "ANEW",
    ],
)
def test_the_scan_finds_a_banned_word_in_a_text_or_a_name(text):
    assert banned().search(text)


@pytest.mark.parametrize(
    "text", ["it is no longer of use", "there is no way to", "he stood in for it", "untold riches"]
)
def test_the_scan_leaves_other_words_alone(text):
    assert banned().search(text) is None


def test_every_test_is_named_by_a_sentence():
    """A name of fewer than three words after `test_` says no sentence."""
    tests = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in texts()
        if path.name.startswith("test_") and path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < LEAST_WORDS
    ]
    assert tests == []
