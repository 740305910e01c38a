"""`contracts secret`."""

from __future__ import annotations

from click.testing import CliRunner

from contracts.broker import vault_keys
from contracts.cli.secret import command


def test_generate_key_prints_a_new_key_each_time():
    first, second = (CliRunner().invoke(command, ["generate-key"]).output for _ in range(2))

    (key,) = vault_keys.parse(first, "the output")
    assert key.id != vault_keys.parse(second, "the output")[0].id
