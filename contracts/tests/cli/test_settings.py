"""`contracts settings`."""

from __future__ import annotations

import io
import json
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from contracts.broker.settings import Settings
from contracts.cli import settings
from contracts.cli.settings import command


ROOT = Path(__file__).parents[3]
ACCOUNT = {"BASIC_AUTH_ENABLED": "true", "BASIC_AUTH_USERNAME": "me", "BASIC_AUTH_PASSWORD": "s3cret"}


@pytest.fixture
def run():
    """Run the command with these variables and no others of ours."""

    def run(*options, **variables):
        return CliRunner(env={f"PACT_BROKER_{name}": value for name, value in variables.items()}).invoke(
            command, options
        )

    return run


def test_json_has_each_setting_with_its_value_and_source(run):
    result = run("--output", "json", PORT="80", DATABASE_URL="postgresql://me:s3cret@db/pact", **ACCOUNT)
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert rows["port"] == {"name": "port", "value": 80, "source": "PACT_BROKER_PORT"}
    assert rows["host"] == {"name": "host", "value": "127.0.0.1", "source": "default"}
    assert rows["database_url"]["value"] == "postgresql://me:*****@db/pact"
    assert "s3cret" not in result.output


def test_the_source_of_a_url_from_parts_is_the_name(run):
    rows = json.loads(run("--output", "json", DATABASE_NAME="pact", DATABASE_HOST="db").stdout)
    assert rows[0] == {"name": "database_url", "value": "postgres://db/pact", "source": "PACT_BROKER_DATABASE_NAME"}


def test_the_table_has_no_secrets(run):
    result = run(**ACCOUNT, BASE_URL="https://me:s3cret@broker")
    assert "https://me:*****@broker" in result.stdout
    assert "PACT_BROKER_PORT " in result.stdout
    assert "s3cret" not in result.output


def test_a_warning_goes_to_standard_error(run):
    result = run("--output", "json", PROT="80")
    json.loads(result.stdout)
    assert "Warning: PACT_BROKER_PROT is not a setting of this broker; did you mean PACT_BROKER_PORT?" in result.stderr


def test_an_invalid_value_is_a_usage_error(run):
    result = run(PORT="many")
    assert (result.exit_code, "must be a whole number" in result.output) == (2, True)


@pytest.mark.parametrize("width", [40, 80, 120, 159, 160, 240])
def test_no_name_is_cut_in_a_terminal_of_any_width(monkeypatch, run, width):
    output = io.StringIO()
    terminal = Console(file=output, width=width, force_terminal=True, no_color=True, highlight=False)
    monkeypatch.setattr(settings, "Console", lambda **_: terminal)
    assert run(DATABASE_NAME="pact", DATABASE_HOST="db").exit_code == 0
    for each in fields(Settings):
        assert f"PACT_BROKER_{each.name.upper()}" in output.getvalue()
    assert "PACT_BROKER_DATABASE_NAME" in output.getvalue()
    assert "…" not in output.getvalue()


def test_the_documented_table_is_the_reference(run):
    reference = run("--output", "reference", PORT="80").stdout.strip()
    assert reference in (ROOT / "docs" / "operations.md").read_text("utf-8")
    for name in ("PACT_BROKER_PORT", "PACT_BROKER_BASE_URLS", "contracts broker --workers"):
        assert name in reference
