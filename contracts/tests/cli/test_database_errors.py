"""A database that cannot be used ends every command with one status and a sentence."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from contracts.cli import main


def commands(tmp_path):
    (tmp_path / "estate").write_text("")
    return {
        "clean": ["clean", "--dry-run"],
        "export": ["export", str(tmp_path / "out")],
        "import": ["import", "--from", str(tmp_path / "estate")],
        "seed": ["seed", "--pacts", "1"],
    }


@pytest.mark.parametrize("name", ["clean", "export", "import", "seed"])
@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("not a database", "file is not a database"),
        ("no folder", "database"),
        ("no driver", "pip install 'pact-contracts[broker,postgresql]'"),
        ("no server", "cannot be opened"),
        ("another program", "mysql"),
    ],
)
def test_a_database_that_cannot_be_used_ends_with_4_and_a_sentence(tmp_path, monkeypatch, name, kind, says):
    file = tmp_path / "file"
    file.write_text("not a database, and long enough to be taken for one by its size " * 20)
    url = {
        "not a database": f"sqlite:///{file}",
        "no folder": f"sqlite:///{tmp_path}/absent/file",
        "no driver": "postgresql://127.0.0.1:1/none",
        "no server": "postgresql://127.0.0.1:1/none",
        "another program": "mysql://host/name",
    }[kind]
    if kind == "no driver":
        monkeypatch.setitem(sys.modules, "psycopg", None)
    result = CliRunner().invoke(main, [*commands(tmp_path)[name], "--database-url", url])
    assert result.exit_code == 4, result.output
    assert says in result.stderr
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output
