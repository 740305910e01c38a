"""`contracts generate-uuid`."""

from __future__ import annotations

import uuid

import click

from contracts.cli.helps import epilog


@click.command(
    "generate-uuid",
    short_help="Print a new UUID for a webhook.",
    epilog=epilog("generate-uuid", statuses="0 done."),
)
def command() -> None:
    """Print a new UUID, for create-or-update-webhook."""
    click.echo(uuid.uuid4())
