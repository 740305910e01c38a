"""The command that serves the embedded broker."""

from __future__ import annotations

import gc
import os

import click

from contracts.broker import settings as known
from contracts.broker.settings import LogLevel, Settings, SettingsError


DID_NOT_START = 4  # as every command ends that lacks a server or its database
_EXIT = """\b
Exit status: 0 stopped; 2 wrong usage; 4 did not start: port taken, or database unusable."""


@click.command(name="broker", epilog=_EXIT, short_help="Serve a Pact Broker.")
@click.option("--host", help="Address to listen on  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on  [default: 9292]")
@click.option("--database-url", help="sqlite:///FILE or postgresql://…  [default: sqlite:///pact_broker.sqlite3]")
@click.option("--workers", type=click.IntRange(1), help="How many processes answer  [default: 1]")
@click.option("--base-url", help="The address clients know the broker by, where a proxy stands in front of it")
@click.option(
    "--allow-public-write", is_flag=True, default=None, help="Let other machines change everything without a password"
)
@click.option("--log-level", type=click.Choice([each.value for each in LogLevel]), help="[default: info]")
def command(
    host: str | None,
    port: int | None,
    database_url: str | None,
    workers: int | None,
    base_url: str | None,
    allow_public_write: bool | None,
    log_level: str | None,
) -> None:
    """Serve a Pact Broker, until interrupted.

    Every other setting is read from its PACT_BROKER_* variable; `contracts settings` shows them.
    """
    try:
        settings = Settings.from_environment(
            os.environ,
            host=host,
            port=port,
            database_url=database_url,
            workers=workers,
            base_url=tuple(base_url.split()) if base_url else None,
            allow_public_write=allow_public_write,
            log_level=log_level,
        )
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    for warning in known.warnings(os.environ):
        click.echo(f"Warning: {warning}", err=True)
    gc.disable()  # what is loaded is not garbage, and looking through it takes a tenth of the time
    try:
        from contracts.broker.serving.server import ServerError, serve  # noqa: PLC0415, the server's libraries only for it
    except ImportError as error:
        raise click.UsageError(
            f"The broker needs more libraries ({error}): pip install 'pact-contracts[broker]'"
        ) from error
    finally:
        gc.enable()
    try:
        serve(settings)
    except ServerError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(DID_NOT_START) from error
