"""`contracts`: the commands of a pipeline, and the broker.

The commands of a pipeline are loaded when one of them is asked for: they bring an HTTP client, which would more than
double the time in which `contracts broker` starts.
"""

from __future__ import annotations

import click

from contracts.broker.command import broker


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_pipeline()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _pipeline().get(cmd_name)


def _pipeline() -> dict[str, click.Command]:
    from contracts.pipeline.commands import COMMANDS  # noqa: PLC0415, see above

    return {str(command.name): command for command in COMMANDS}


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pact-contracts", prog_name="contracts")
def main() -> None:
    """Contract testing: publish, verify, ask, deploy; with an embedded Pact Broker."""


main.add_command(broker)
