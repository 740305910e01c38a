"""The examples in the docstrings of contracts.model."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import matrices
import pytest

from contracts import model
from contracts.model import matrix_rows, pending, verdicts


MODULES = sorted(each.name for each in pkgutil.walk_packages(model.__path__, f"{model.__name__}."))
HELPERS = {each: getattr(matrices, each) for each in ("row", "resolved", "numbered", "integration", "question")}


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_true(name):
    assert doctest.testmod(import_module(name), extraglobs=HELPERS).failed == 0


@pytest.mark.parametrize(
    "rule",
    [matrix_rows.group, pending.judge, verdicts.judge, verdicts.unseen],
    ids=lambda rule: f"{rule.__module__}.{rule.__name__}",
)
def test_a_hard_rule_has_an_example(rule):
    (example,) = doctest.DocTestFinder(recurse=False).find(rule)
    assert example.examples
