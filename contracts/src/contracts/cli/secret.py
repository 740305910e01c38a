"""`contracts secret`: what webhooks refer to as `${user.NAME}`, and the keys that encrypt it."""

from __future__ import annotations

import click

from contracts.broker import vault_keys
from contracts.cli.helps import epilog


@click.group("secret", short_help="Manage secrets and their keys.")
def command() -> None:
    """The secrets of webhooks, and the keys that encrypt them."""


@command.command(
    "generate-key",
    short_help="Print a new key.",
    epilog=epilog("secret generate-key > keys.txt", statuses="0 printed."),
)
def generate_key() -> None:
    """Print a new key for PACT_BROKER_SECRETS_KEY; it is 32 random bytes in base64."""
    click.echo(vault_keys.generate())
