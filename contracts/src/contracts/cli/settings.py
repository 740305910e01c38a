"""`contracts settings`: the broker's settings in force, or a reference of all settings."""

from __future__ import annotations

import json
import os
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.broker import settings
from contracts.broker.setting_kinds import Setting
from contracts.broker.settings import SETTINGS, Settings, SettingsError
from contracts.cli.helps import epilog


_WIDTH = 160
_DEFAULT = "default"


@click.command(
    name="settings",
    short_help="Print the broker's settings in force.",
    epilog=epilog("settings", "settings --output json", statuses="0 printed; 2 a setting is wrong."),
)
@click.option(
    "--output",
    type=click.Choice(["table", "json", "reference"]),
    default="table",
    show_default=True,
    help="table or json: the settings in force; reference: every setting with its default and meaning, in Markdown",
)
def command(output: str) -> None:
    """Print the broker's settings in force, and where each comes from; secrets are masked."""
    if output == "reference":
        click.echo(reference())
        return
    try:
        in_force = Settings.from_environment(os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    if output == "json":
        rows = [_document(each, in_force) for each in SETTINGS.values()]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print(in_force)
    for warning in settings.warnings(os.environ):
        click.echo(f"Warning: {warning}", err=True)


def reference() -> str:
    """Return every setting as a row of a Markdown table: variable, default, values, meaning."""
    rows = ["| variable | default | values | meaning |", "|---|---|---|---|"]
    for each in SETTINGS.values():
        default = f"`{each.default_text}`" if each.default_text else ""
        alias = f"; also `{each.alias_variable}`" if each.alias else ""
        option = f"; `contracts broker {each.option}`" if each.option else ""
        cells = (f"`{each.variable}`", default, each.kind.takes, each.help + alias + option)
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows)


def _document(setting: Setting, in_force: Settings) -> dict[str, Any]:
    value = getattr(in_force, setting.name)
    shown = value if isinstance(value, bool | int) else setting.kind.shown(value)
    return {"name": setting.name, "value": shown, "source": _source(setting)}


def _source(setting: Setting) -> str:
    variable = setting.variable_in(os.environ)
    if setting.name == "database_url" and variable is None:  # a URL that is completed from parts
        variable = SETTINGS["database_name"].variable_in(os.environ)
    return variable or _DEFAULT


def _print(in_force: Settings) -> None:
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _WIDTH
    if console.width < _WIDTH:
        _print_lines(console, in_force)
    else:
        _print_table(console, in_force)


def _print_lines(console: Console, in_force: Settings) -> None:
    """Print a line for each setting, and cut no name, so that it can be copied."""
    for each in SETTINGS.values():
        source = _source(each)
        remark = "" if source in {_DEFAULT, each.variable} else f"  (from {source})"
        line = f"{each.variable} = {each.kind.shown(getattr(in_force, each.name))}{remark}"
        console.print(Text(line, style=_style(source)), soft_wrap=True)
    console.print(Text("Dim lines are defaults.", style="dim"), soft_wrap=True)


def _print_table(console: Console, in_force: Settings) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("variable", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", overflow="fold")  # this variable, its alias, or a part of the database's URL
    for each in SETTINGS.values():
        source = _source(each)
        value = each.kind.shown(getattr(in_force, each.name))
        table.add_row(each.variable, Text(value), source, style=_style(source))
    console.print(table)


def _style(source: str) -> str:
    return "dim" if source == _DEFAULT else ""
