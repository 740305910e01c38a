"""What the documents tell people to type, and what holds of every text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
TEXTS = [
    path
    for folder in (".", "docs", "contracts", "consumer", "provider")
    for pattern in ("*.md", "guide/*.md", "adr/*.md", "src/**/*.py")
    for path in sorted((ROOT / folder).glob(pattern))
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_install_line_asks_an_index_for_our_names(path):
    """They are on none yet: who takes them there first is not us."""
    lines = re.findall(r"pip install.*", path.read_text("utf-8"))
    assert [line for line in lines if re.search(r"(pact-contracts|example-\w+)(?!.* @ )", line)] == []
