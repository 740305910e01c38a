"""Settings for all tests: the packages of the declared applications, and the tests marked `thorough`.

pytest makes a module of each application's folder, with the name of its package. So the packages are imported before.
"""

import importlib
import os
import sys
from pathlib import Path

import pytest

from contracts.ci import projects


ROOT = Path(__file__).parent
for folder in projects.load(ROOT).sources:
    source = ROOT / folder
    if str(source) not in sys.path:
        sys.path.append(str(source))
    for package in source.glob("*/__init__.py"):
        importlib.import_module(package.parent.name)


# The modules of the longest tests begin first: otherwise the last worker ends minutes after the others.
LONGEST = {"test_adoption.py", "test_play.py", "test_conformance.py", "test_together.py"}

# Tests start hundreds of Python processes, which must share compiled code.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Texts are wrapped to it; readline sets it for the workers.
os.environ.pop("COLUMNS", None)

pytest_plugins = ["pytester", "checkouts"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--thorough`."""
    parser.addoption("--thorough", action="store_true", help="also run the tests marked thorough")


def pytest_configure(config: pytest.Config) -> None:
    """Let properties take more examples in a thorough run."""
    if config.getoption("thorough"):
        os.environ["THOROUGH_TESTS"] = "1"


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than cores, because many tests wait for a process, a socket or a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked thorough, except with `--thorough`, which begins with the longest ones.

    What a test shows on SQLite every day, it shows on PostgreSQL in a thorough run.
    """
    for item in items:
        if "postgresql" in _parameters(item):
            item.add_marker(pytest.mark.thorough)
    if config.getoption("thorough"):
        items.sort(key=lambda item: item.path.name not in LONGEST)
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


def _parameters(item: pytest.Item) -> list[object]:
    return list(item.callspec.params.values()) if hasattr(item, "callspec") else []
