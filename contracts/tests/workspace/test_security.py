"""SECURITY.md: each row of the threat model names tests that exist and run."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path


ROOT = Path(__file__).parents[3]
TESTS = ROOT / "contracts" / "tests"
MODEL = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = [line for line in MODEL.splitlines() if line.startswith("| ") and not line.endswith(" test |")]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", MODEL)))
SKIPPING = {"skip", "skipif", "xfail"}


@cache
def collected(file):
    """The tests of a module by name, each with the markers that it has by itself, its class or its module."""
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    marks = [node.value for node in tree.body if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node)]
    tests = {}
    for scope, outer in [(tree, marks), *((each, marks) for each in tree.body if isinstance(each, ast.ClassDef))]:
        own = scope.decorator_list if isinstance(scope, ast.ClassDef) else []
        for node in scope.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                tests[node.name] = [*outer, *own, *node.decorator_list]
    return tests


def markers(expressions):
    """The names of pytest's markers, also of those on single parameters."""
    return {
        node.attr
        for expression in expressions
        for node in ast.walk(expression)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("pytest.mark")
    }


def test_every_row_names_a_test():
    assert [row for row in ROWS if not re.fullmatch(r"\| [^|]+ \| [^|]+ \|( `[\w/]+\.py::\w+`,?)+ \|", row)] == []


def test_every_named_test_exists():
    files = {file: collected(file) if (TESTS / file).is_file() else {} for file, _ in NAMED}
    assert [f"{file}::{name}" for file, name in NAMED if name not in files[file]] == []


def test_no_named_test_is_skipped():
    skipped = [f"{file}::{name}" for file, name in NAMED if markers(collected(file).get(name, ())) & SKIPPING]
    assert skipped == []


def test_a_test_that_is_skipped_by_its_module_or_class_is_noticed():
    assert markers(collected("browser/test_pages.py")["test_hostile_names_stay_text"]) >= {"thorough", "skipif"}
    parameters = ast.parse("pytest.mark.parametrize('a', [pytest.param(1, marks=pytest.mark.skip)])").body
    assert markers(parameters) == {"parametrize", "skip"}


def test_the_threat_model_has_rows_for_each_attacker():
    headings = re.findall(r"^### (.*)", MODEL, re.MULTILINE)
    assert len(headings) == 10
    assert len(ROWS) > 60
