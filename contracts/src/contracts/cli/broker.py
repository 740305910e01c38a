"""`contracts broker`, which serves the embedded broker."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from contracts.broker import setting_kinds as kinds
from contracts.broker import settings
from contracts.broker.setting_kinds import InvalidValue, Setting
from contracts.broker.settings import SETTINGS, Settings, SettingsError
from contracts.cli import UNUSABLE


_EXIT = """\b
Examples:
  contracts broker
  contracts broker --database-url postgresql://user:password@host/contracts

\b
Exit status: 0 stopped; 2 wrong usage;
4 did not start: port in use, or database unusable."""


class _Value(click.ParamType[Any]):
    """The values of a setting, read from an option as from its variable."""

    name = "value"

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value that the text *value* stands for."""
        try:
            return self._setting.kind.read(value)
        except InvalidValue as error:
            self.fail(str(error), param, ctx)


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """Give the command an option for each setting that has one."""
    for setting in reversed([each for each in SETTINGS.values() if each.option]):
        text = setting.help.replace("`", "")
        meaning = text[0].upper() + text[1:]
        if isinstance(setting.default, bool):
            function = click.option(setting.option, is_flag=True, default=None, help=meaning)(function)
        else:
            default = f"  [default: {setting.default_text}]" if setting.default_text else ""
            values = "" if setting.kind.takes == kinds.TEXT.takes else f" ({setting.kind.takes})"
            function = click.option(setting.option, type=_Value(setting), help=f"{meaning}{values}{default}")(function)
    return function


@click.command(name="broker", epilog=_EXIT, short_help="Serve a Pact Broker.")
@_options
def command(**options: Any) -> None:
    """Serve a Pact Broker, until interrupted.

    Every other setting is read from its PACT_BROKER_* variable; `contracts settings` shows them.
    """
    from contracts.broker.serving.server import ServerError, serve  # noqa: PLC0415, `--help` does not need it

    try:
        in_force = Settings.from_environment(os.environ, **options)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    for warning in settings.warnings(os.environ):
        click.echo(f"Warning: {warning}", err=True)
    try:
        serve(in_force)
    except ServerError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(UNUSABLE) from error
