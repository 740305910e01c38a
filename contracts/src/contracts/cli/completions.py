"""`contracts completions`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from contracts.cli.helps import epilog


_VARIABLE = "_CONTRACTS_COMPLETE"


@click.command(
    "completions",
    short_help="Print the shell completion script.",
    epilog=epilog(
        'completions bash  # in ~/.bashrc: eval "$(contracts completions bash)"', statuses="0 printed; 2 wrong usage."
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands, options and values in your shell."""
    group = click.get_current_context().find_root().command
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"Completion for {shell} is not available.")
    click.echo(completion(group, {}, "contracts", _VARIABLE).source())
