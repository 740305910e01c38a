"""How many examples a property takes, every day and in a thorough run."""

from __future__ import annotations

import os


TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
IS_SEARCH = "FUZZ_TIMES" in os.environ
"""Whether the examples are new ones in each run. Otherwise they are the same, so that no build fails by chance."""


def examples(most: int) -> int:
    """Half of *most* examples with `--thorough`, else a quarter; FUZZ_TIMES multiplies both."""
    part = 2 if os.environ.get("THOROUGH_TESTS") else 4  # read here: it is set after this module is imported
    return max(1, most // part) * TIMES
