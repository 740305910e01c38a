"""`contracts`: the command line.

A command's module is loaded when the command runs, so `contracts --help` and `contracts broker` start without the HTTP
client. "How to add a command" in CONTRIBUTING.md shows the steps.
"""

from __future__ import annotations

import errno
import traceback
from importlib import import_module
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from contracts.cli.commands import ALIASES, COMMANDS, Entry


INTERRUPTED = 130  # as in a shell: 128 plus the number of the signal
UNUSABLE = 4  # same as for a broker that cannot be reached
FAULT = 70  # EX_SOFTWARE of sysexits.h; 1 means "no"


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *(name for name in super().list_commands(ctx) if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = ALIASES.get(cmd_name, cmd_name)
        return _load(name) if name in COMMANDS else super().get_command(ctx, name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        width = max(map(len, COMMANDS)) + 2
        sections = dict.fromkeys(entry.section for entry in COMMANDS.values())
        for section in sections:
            with formatter.section(section):
                rows = [
                    (name.ljust(width - 2), entry.summary)
                    for name, entry in COMMANDS.items()
                    if entry.section == section
                ]
                formatter.write_dl(rows, col_max=width)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands without loading them."""
        names = [CompletionItem(name, help=entry.summary) for name, entry in COMMANDS.items()]
        matching = [each for each in names if str(each.value).startswith(incomplete)]
        return matching + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = click.utils.make_str(args[0])
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            _refuse_unknown(name, ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an interrupt ends with 130, a bug with 70, never with 1, which means "no"."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        except (click.ClickException, click.exceptions.Exit):
            raise
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of the output is gone: click ends quietly
                raise
            if error.filename is None or error.strerror is None:
                _end_with_a_bug()
            click.echo(f"Error: {error.filename} cannot be used: {error.strerror}.", err=True)
            raise click.exceptions.Exit(UNUSABLE) from error
        except Exception:  # noqa: BLE001 - shown with its traceback and a status of its own
            _end_with_a_bug()


def _end_with_a_bug() -> NoReturn:
    traceback.print_exc()
    click.echo("\nThis is a bug in `contracts`. Please report it with the lines above.", err=True)
    raise click.exceptions.Exit(FAULT)


def _refuse_unknown(name: str, ctx: click.Context) -> NoReturn:
    import difflib  # noqa: PLC0415, only for a mistake

    names = [*COMMANDS, *ALIASES]
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else " List the commands: contracts --help"
    ctx.fail(f"No such command {name!r}.{hint}")


def _load(name: str) -> click.Command:
    """Import the command called *name*; without its libraries, return a command that says how to install them."""
    entry = COMMANDS[name]
    try:
        module = import_module(f"contracts.cli.{entry.module}")
    except ImportError as error:
        return _missing_libraries(name, entry, error)
    commands: tuple[click.Command, ...] = getattr(module, "COMMANDS", None) or (module.command,)
    return next(each for each in commands if each.name == name)


def _missing_libraries(name: str, entry: Entry, error: ImportError) -> click.Command:
    extra = f"[{entry.extra}]" if entry.extra else ""
    message = f"contracts {name} needs more libraries ({error}). Run: pip install 'pact-contracts{extra}'"

    def refuse(**_: object) -> None:
        raise click.UsageError(message)

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, callback=refuse, help=message, short_help=entry.summary, context_settings=anything)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="pact-contracts", prog_name="contracts")
def main() -> None:
    """Contract testing: publish and verify pacts, gate deployments, run a Pact Broker."""
