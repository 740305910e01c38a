"""The folder of material that is shared between checkouts: recordings, reported faults, other clients' contracts.

It lies beside the repository, or where CONTRACTS_SHARED says. Tests that need it are skipped if it is absent.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("CONTRACTS_SHARED") or ROOT.parent / "shared")


def folder(name: str) -> Path:
    """Return the shared folder *name*, which may be absent."""
    return SHARED / name


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test if the shared folder *name* is absent."""
    return pytest.mark.skipif(not folder(name).is_dir(), reason=f"there is no folder {name} in {SHARED}")
