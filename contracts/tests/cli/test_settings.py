"""`contracts settings`."""

from __future__ import annotations

import io
import json
from dataclasses import fields

import pytest
from click.testing import CliRunner
from rich.console import Console

from contracts.broker.settings import Settings
from contracts.cli import settings
from contracts.cli.settings import command


ACCOUNT = {"BASIC_AUTH_ENABLED": "true", "BASIC_AUTH_USERNAME": "me", "BASIC_AUTH_PASSWORD": "s3cret"}


@pytest.fixture
def run():
    """Run the command with these variables and no others of ours."""

    def run(*options, **variables):
        return CliRunner(env={f"PACT_BROKER_{name}": value for name, value in variables.items()}).invoke(
            command, options
        )

    return run


def test_programs_read_each_setting_with_its_value_and_where_it_comes_from(run):
    result = run("--output", "json", PORT="80", DATABASE_URL="postgresql://me:s3cret@db/pact", **ACCOUNT)
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert rows["port"] == {"name": "port", "value": 80, "source": "PACT_BROKER_PORT"}
    assert rows["host"] == {"name": "host", "value": "127.0.0.1", "source": "default"}
    assert rows["database_url"]["value"] == "postgresql://me:*****@db/pact"
    assert "s3cret" not in result.output


def test_an_address_made_of_parts_says_so(run):
    rows = json.loads(run("--output", "json", DATABASE_NAME="pact", DATABASE_HOST="db").stdout)
    assert rows[0] == {"name": "database_url", "value": "postgres://db/pact", "source": "PACT_BROKER_DATABASE_NAME"}


def test_people_read_a_table_without_secrets(run):
    result = run(**ACCOUNT, BASE_URL="https://me:s3cret@broker")
    assert "https://me:*****@broker" in result.stdout
    assert "PACT_BROKER_PORT " in result.stdout
    assert "s3cret" not in result.output


def test_what_is_asked_for_in_vain_is_told_apart_from_what_is_printed(run):
    result = run("--output", "json", PROT="80")
    json.loads(result.stdout)
    assert "Warning: PACT_BROKER_PROT is no setting of this broker; is it PACT_BROKER_PORT?" in result.stderr


def test_a_value_that_cannot_be_used_is_a_usage_error(run):
    result = run(PORT="many")
    assert (result.exit_code, "takes a whole number" in result.output) == (2, True)


@pytest.mark.parametrize("width", [40, 80, 120, 159, 160, 240])
def test_no_name_is_cut_however_narrow_the_terminal_is(monkeypatch, run, width):
    output = io.StringIO()
    terminal = Console(file=output, width=width, force_terminal=True, no_color=True, highlight=False)
    monkeypatch.setattr(settings, "Console", lambda **_: terminal)
    assert run(DATABASE_NAME="pact", DATABASE_HOST="db").exit_code == 0
    for each in fields(Settings):
        assert f"PACT_BROKER_{each.name.upper()}" in output.getvalue()
    assert "PACT_BROKER_DATABASE_NAME" in output.getvalue()
    assert "…" not in output.getvalue()
