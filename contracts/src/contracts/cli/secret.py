"""`contracts secret`: what webhooks refer to as `${user.NAME}`, and the keys that encrypt it."""

from __future__ import annotations

import os
import sys
from typing import IO

import click

from contracts.broker import vault_keys
from contracts.cli import database_errors
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import OutputRecord, Printer, output
from contracts.client import Broker, NotFound
from contracts.client.nouns.secrets import ApiSecret


COLUMNS = ("name", "description", "valueSetAt", "lastUsedAt")
_name = click.option("--name", required=True, metavar="NAME", help="Name of the secret; a webhook has ${user.NAME}.")


@click.group("secret", short_help="Manage secrets and their keys.")
def command() -> None:
    """The secrets of webhooks, and the keys that encrypt them."""


@command.command(
    "create",
    cls=BrokerCommand,
    short_help="Create a secret, or replace its value.",
    epilog=epilog("secret create --name CI_TOKEN < token.txt", "secret create --name CI_TOKEN --file token.txt"),
)
@_name
@click.option("--description", metavar="TEXT", help="What the secret is for; lists show it.")
@click.option(
    "--file", type=click.File(encoding="utf-8"), default="-", help="File with the value.  [default: standard input]"
)
@output("text")
@with_broker
def create_secret(*, broker: Broker, printer: Printer, name: str, description: str | None, file: IO[str]) -> None:
    """Create a secret, or replace the value of an existing one.

    The value comes from standard input or a file, because other users can see arguments. A line end after it is not
    part of it.
    """
    secret = broker.create_secret(name=name, value=_value(file), description=description)
    printer.done(f"Stored the secret {name}. A webhook refers to it as ${{user.{name}}}.", _record(secret))


@command.command(
    "list",
    cls=BrokerCommand,
    short_help="List the secrets, without values.",
    epilog=epilog("secret list", "secret list --output json"),
)
@output("table")
@with_broker
def list_secrets(*, broker: Broker, printer: Printer) -> None:
    """List the secrets: when the value of each was set, and when a webhook last used it. No command shows a value."""
    printer.records(list(map(_record, broker.secrets())), columns=COLUMNS, none="There are no secrets.")


@command.command(
    "delete",
    cls=BrokerCommand,
    short_help="Delete a secret.",
    epilog=epilog("secret delete --name CI_TOKEN"),
)
@_name
@output("text")
@with_broker
def delete_secret(*, broker: Broker, printer: Printer, name: str) -> None:
    """Delete a secret; attempts of webhooks that refer to it fail from now on, and say so."""
    try:
        broker.delete_secret(name)
    except NotFound as error:
        raise NotFound(f"The broker has no secret named {name!r}. List them: contracts secret list") from error
    printer.done(f"Deleted the secret {name}.", {"name": name})


@command.command(
    "generate-key",
    short_help="Print a new key.",
    epilog=epilog("secret generate-key > keys.txt", statuses="0 printed."),
)
def generate_key() -> None:
    """Print a new key for PACT_BROKER_SECRETS_KEY; it is 32 random bytes in base64."""
    click.echo(vault_keys.generate())


@command.command(
    "rotate-key",
    short_help="Encrypt every secret with a new key.",
    epilog=epilog(
        "secret rotate-key",
        "secret rotate-key --remove-old-keys",
        statuses="0 done; 2 wrong usage; 4 database or keys cannot be used; 130 interrupted.",
    ),
)
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: as for `contracts broker`]")
@click.option("--remove-old-keys", is_flag=True, help="Remove the other keys from the key file afterwards.")
def rotate_key(database_url: str | None, *, remove_old_keys: bool) -> None:
    """Encrypt every secret in the database with a new key.

    If the keys are in a file, a new one is added to it, and a running broker notices. Otherwise put the new key first
    in PACT_BROKER_SECRETS_KEY, keep the others after it, restart the broker, and run this command.
    """
    from contracts.broker.actions import audits, reseal  # noqa: PLC0415, needs the extra `broker`
    from contracts.broker.app import connected  # noqa: PLC0415
    from contracts.broker.settings import Settings  # noqa: PLC0415
    from contracts.broker.store import audit_trail  # noqa: PLC0415

    with database_errors.reported():
        settings = Settings.from_environment(os.environ, database_url=database_url)
        with connected(settings, must_exist=True) as runtime:
            file = runtime.vault.file
            if remove_old_keys and file is None:
                raise click.UsageError("--remove-old-keys is for keys in a file: remove them where they are set")
            if file is not None:
                runtime.vault.first_key_id()  # creates the file that a SQLite database has by default
                vault_keys.add_to_file(file)
            act = audits.of_command("secret rotate-key", {"key": runtime.vault.first_key_id()})
            with audit_trail.recording(act):
                number = reseal.renew(runtime)
            if remove_old_keys and file is not None:
                vault_keys.keep_first_in_file(file)
            click.echo(f"Encrypted {number} secrets with the key {runtime.vault.first_key_id()}.")


def _value(file: IO[str]) -> str:
    """Return the value in *file*; a terminal does not show what a person types."""
    if file is sys.stdin and file.isatty():
        value: str = click.prompt("Value", hide_input=True)
        return value
    return file.read().removesuffix("\n").removesuffix("\r")


def _record(secret: ApiSecret) -> OutputRecord:
    return {
        "uuid": secret.uuid,
        "name": secret.name,
        "description": secret.description,
        "createdAt": secret.created_at,
        "valueSetAt": secret.value_set_at,
        "lastUsedAt": secret.last_used_at,
    }
