"""The exit status of a command whose settings or database cannot be used: the same for every command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from contracts.broker.settings import SettingsError
from contracts.broker.store.database import DatabaseError
from contracts.broker.store.migrations import ForeignDatabase
from contracts.cli import UNUSABLE
from contracts.model.errors import Locked, Unavailable


@contextmanager
def reported() -> Iterator[None]:
    """Print an error of the block in one sentence, and end the command: 2 for settings, 4 for the database."""
    try:
        yield
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    except (DatabaseError, ForeignDatabase, Locked) as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(UNUSABLE) from error
    except Unavailable as error:
        click.echo(f"Error: The database cannot be used: {error.reason}", err=True)
        raise click.exceptions.Exit(UNUSABLE) from error
