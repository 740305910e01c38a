"""The kinds of database that a test of any estate runs on."""

from __future__ import annotations

import pytest


ALL = [
    "sqlite",
    "postgresql",
    pytest.param("used sqlite", marks=pytest.mark.thorough),
    pytest.param("newest sqlite", marks=pytest.mark.thorough),
]
"""Parameters of the fixture `database`."""
