"""How many examples a property takes, every day and in a thorough run."""

from __future__ import annotations

import os


TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
_PART = 2 if os.environ.get("THOROUGH_TESTS") else 4


def examples(most: int) -> int:
    """Half of *most* examples with `--thorough`, else a quarter; FUZZ_TIMES multiplies both."""
    return max(1, most // _PART) * TIMES
