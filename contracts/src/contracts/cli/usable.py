"""The exit status of a command whose database cannot be used: the same for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from contracts.broker.settings import SettingsError
from contracts.broker.store.database import DatabaseError
from contracts.broker.store.migrations import ForeignDatabase
from contracts.cli import UNUSABLE
from contracts.model.errors import Unavailable


@contextmanager
def required() -> Iterator[None]:
    """End the command with a sentence where the block finds its settings wrong (2) or its database unusable (4)."""
    try:
        yield
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    except (DatabaseError, ForeignDatabase) as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(UNUSABLE) from error
    except Unavailable as error:
        click.echo(f"Error: The database cannot be used: {error.reason}", err=True)
        raise click.exceptions.Exit(UNUSABLE) from error
