"""`contracts settings`: what the broker would do with the variables that are set here."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.broker import settings
from contracts.broker.foreign_settings import PREFIX
from contracts.broker.settings import Settings, SettingsError, shown, variable_of


_WIDTH = 160
_PART = "database_name"  # what makes parts an address


@click.command(name="settings", short_help="Print the broker's settings in force.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(output: str) -> None:
    """Print the broker's settings that are in force, and where each comes from; secrets are starred."""
    try:
        in_force = Settings.from_environment(os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    rows = [_row(each.name, getattr(in_force, each.name)) for each in fields(Settings)]
    if output == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print(rows)
    for warning in settings.warnings(os.environ):
        click.echo(f"Warning: {warning}", err=True)


def _row(name: str, value: object) -> dict[str, Any]:
    variable = variable_of(name, os.environ)
    if name == "database_url" and variable is None:
        variable = variable_of(_PART, os.environ)
    plain = isinstance(value, bool | int)
    return {"name": name, "value": value if plain else shown(name, value), "source": variable or "default"}


def _print(rows: list[dict[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _WIDTH
    if console.width < _WIDTH:
        _print_lines(console, rows)
    else:
        _print_table(console, rows)


def _print_lines(console: Console, rows: list[dict[str, Any]]) -> None:
    """Print a line for each setting: no name is cut, as it is what one wants to copy."""
    for row in rows:
        source = "" if row["source"] in {"default", _variable(row)} else f"  (from {row['source']})"
        line = f"{_variable(row)} = {shown(row['name'], row['value'])}{source}"
        console.print(Text(line, style=_style(row)), soft_wrap=True)
    console.print(Text("Dim lines are defaults.", style="dim"), soft_wrap=True)


def _print_table(console: Console, rows: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("variable", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", overflow="fold")  # the variable by this name, or by another one that is taken for it
    for row in rows:
        table.add_row(_variable(row), Text(shown(row["name"], row["value"])), row["source"], style=_style(row))
    console.print(table)


def _variable(row: dict[str, Any]) -> str:
    return f"{PREFIX}{row['name'].upper()}"


def _style(row: dict[str, Any]) -> str:
    return "dim" if row["source"] == "default" else ""
