"""Import the packages before pytest makes modules of the same names for their folders' tests.

A test marked `thorough` runs only where pytest has the option `--thorough`.
"""

import os
import sys

import pytest

import consumer  # noqa: F401 - see above
import provider  # noqa: F401 - see above


# Tests start hundreds of Python processes: they keep what they compile, whatever the environment says.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ["pytester", "checkouts"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--thorough`."""
    parser.addoption("--thorough", action="store_true", help="run the tests marked thorough too")


def pytest_configure(config: pytest.Config) -> None:
    """Let properties take more examples in a thorough run."""
    if config.getoption("thorough"):
        os.environ["THOROUGH_TESTS"] = "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked thorough, unless they are asked for."""
    if config.getoption("thorough"):
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
