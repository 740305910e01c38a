"""Install lines of every text, and paths in the documents for contributors."""

from __future__ import annotations

import re
from pathlib import Path


ROOT = Path(__file__).parents[3]
TEXTS = [
    path
    for folder in (".", "docs", "contracts", "consumer", "provider")
    for pattern in ("*.md", "guide/*.md", "adr/*.md", "src/**/*.py")
    for path in sorted((ROOT / folder).glob(pattern))
]
TREE = (".github", "commands", "consumer", "contracts", "docs", "provider")
EXPLANATIONS = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "adr").glob("*.md"))]


def test_no_install_line_asks_an_index_for_an_example():
    """Anyone may register the name of a package that we do not publish."""
    lines = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in TEXTS
        for line in re.findall(r"pip install.*", path.read_text("utf-8"))
        if re.search(r"example-\w+(?!.* @ )", line)
    ]
    assert lines == []


def test_every_file_and_folder_that_a_document_names_exists():
    """A path may be written from any folder on: `store/tables.py`, `webhooks/`."""
    paths = [*ROOT.glob("*"), *(path for folder in TREE for path in (ROOT / folder).rglob("*"))]
    tree = [f"/{path.relative_to(ROOT).as_posix()}" for path in paths]
    names = [
        (document.name, name)
        for document in EXPLANATIONS
        for name in re.findall(r"`(\w[\w./-]*(?:/|\.(?:py|toml|md|yml|txt|html|sql)))`", document.read_text("utf-8"))
    ]
    assert names
    missing = [
        f"{document}: {name}"
        for document, name in names
        if not any(f"/{name}" in f"{path}/" if name.endswith("/") else path.endswith(f"/{name}") for path in tree)
    ]
    assert missing == []
