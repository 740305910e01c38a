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


_PIPELINE = "contracts.cli.pipeline"

MODULES = {
    "broker": "contracts.cli.broker",
    "clean": "contracts.cli.clean",
    "doctor": "contracts.cli.doctor",
    "export": "contracts.cli.archive.export",
    "import": "contracts.cli.archive.import_",
    "init": "contracts.cli.init",
    "settings": "contracts.cli.settings",
    "seed": "contracts.cli.seed",
    "verify": "contracts.cli.verify",
    "why": "contracts.cli.why",
}
"""The module of each command; the module's `command` is the command."""

SUMMARIES = {
    "broker": "Serve a Pact Broker.",
    "can-i-deploy": "Ask whether a version may be deployed.",
    "clean": "Remove old data that no answer depends on.",
    "create-environment": "Create an environment.",
    "doctor": "Report what is wrong or missing, and how to fix it.",
    "export": "Write the whole estate to a file or a broker.",
    "import": "Copy another broker's whole estate.",
    "init": "Set up contract testing in this repository.",
    "publish": "Publish pact files.",
    "record-deployment": "Record that a version runs somewhere now.",
    "record-release": "Record that a version is released.",
    "record-support-ended": "Record that a release is no longer supported.",
    "record-undeployment": "Record that an application is no longer deployed.",
    "seed": "Fill an empty database with test data.",
    "settings": "Print the broker's settings in force.",
    "verify": "Verify a provider against its pacts.",
    "why": "Explain why a version may or may not be deployed.",
}
"""The summary of each command, so that `contracts --help` loads none of them."""

INTERRUPTED = 130  # as in a shell: 128 plus the number of the signal
UNUSABLE = 4  # same as for a broker that cannot be reached
FAULT = 70  # EX_SOFTWARE of sysexits.h; 1 means "no"


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *SUMMARIES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in MODULES:
            return _load(cmd_name)
        if cmd_name in SUMMARIES:
            return _of_the_pipeline(cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = click.utils.make_str(args[0])
        if name not in self.list_commands(ctx) and not name.startswith("-"):
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

    close = difflib.get_close_matches(name, SUMMARIES, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    ctx.fail(f"No such command {name!r}.{hint}")


def _load(name: str) -> click.Command:
    """Import the command called *name*; without its libraries, return a command that says how to install them."""
    try:
        command: click.Command = import_module(MODULES[name]).command
    except ImportError as error:
        extra = "verify" if name == "verify" else "broker"
        message = f"contracts {name} needs more libraries ({error}). Run: pip install 'pact-contracts[{extra}]'"

        def refuse(**_: object) -> None:
            raise click.UsageError(message)

        anything = {"ignore_unknown_options": True, "allow_extra_args": True}
        return click.Command(
            name, callback=refuse, help=message, short_help=SUMMARIES.get(name), context_settings=anything
        )
    return command


def _of_the_pipeline(name: str) -> click.Command | None:
    commands: tuple[click.Command, ...] = import_module(_PIPELINE).COMMANDS
    return next((each for each in commands if each.name == name), None)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pact-contracts", prog_name="contracts")
def main() -> None:
    """Contract testing: publish and verify pacts, gate deployments, run a Pact Broker."""
