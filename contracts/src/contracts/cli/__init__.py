"""`contracts`: the commands of a pipeline, the broker, and the care of its data.

A command's module is loaded when the command is asked for: the HTTP client of a pipeline alone would more than double
the time in which `contracts broker` starts. A command that needs both sides, client and broker, has a module here.
"""

from __future__ import annotations

from importlib import import_module

import click


MODULES = {
    "broker": "contracts.broker.command",
    "clean": "contracts.cli.clean",
    "export": "contracts.cli.estate_export",
    "import": "contracts.cli.estate_import",
    "settings": "contracts.cli.settings",
    "seed": "contracts.cli.seed",
    "verify": "contracts.pipeline.verify_command",
}
"""The module of each command that has one of its own; the command is the module's `command`."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *MODULES, *_pipeline()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in MODULES:
            return _load(cmd_name)
        return super().get_command(ctx, cmd_name) or _pipeline().get(cmd_name)


def _load(name: str) -> click.Command:
    """The command of that *name*; where the libraries of the broker are not installed, one that says so."""
    try:
        command: click.Command = import_module(MODULES[name]).command
    except ImportError as error:
        needs = f"This needs the libraries of the broker ({error}): in a clone, pip install './contracts[broker]'"

        def refuse(**_: object) -> None:
            raise click.ClickException(needs)

        anything = {"ignore_unknown_options": True, "allow_extra_args": True}
        return click.Command(name, callback=refuse, help=needs, context_settings=anything)
    return command


def _pipeline() -> dict[str, click.Command]:
    from contracts.pipeline.commands import COMMANDS  # noqa: PLC0415, see above

    return {str(command.name): command for command in COMMANDS}


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pact-contracts", prog_name="contracts")
def main() -> None:
    """Contract testing: publish, verify, ask, deploy; with an embedded Pact Broker."""
