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
def test_no_install_line_asks_an_index_for_an_example(path):
    """Anyone may register the name of a package that we do not publish."""
    lines = re.findall(r"pip install.*", path.read_text("utf-8"))
    assert [line for line in lines if re.search(r"example-\w+(?!.* @ )", line)] == []


TREE = (".github", "consumer", "contracts", "docs", "provider", "commands")
EXPLANATIONS = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "adr").glob("*.md"))]


@pytest.mark.parametrize("document", EXPLANATIONS, ids=lambda path: path.name)
def test_every_file_and_folder_that_a_document_names_exists(document):
    """A path may be written from any folder on: `store/tables.py`, `webhooks/`."""
    tree = [
        f"/{path.relative_to(ROOT).as_posix()}"
        for path in (*ROOT.glob("*"), *(path for folder in TREE for path in (ROOT / folder).rglob("*")))
    ]
    names = re.findall(r"`(\w[\w./-]*(?:/|\.(?:py|toml|md|yml|txt|html|sql)))`", document.read_text("utf-8"))
    missing = [
        name
        for name in names
        if not any(f"/{name}" in f"{path}/" if name.endswith("/") else path.endswith(f"/{name}") for path in tree)
    ]
    assert missing == []
