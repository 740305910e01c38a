"""Provider states through a command, in any language: a child process for each setup and each teardown.

The command gets the state in two ways:

* the environment variables CONTRACTS_STATE (its name) and CONTRACTS_STATE_ACTION (`setup` or `teardown`);
* one JSON object on standard input: `{"state", "action", "params"}`, as `--states-url` gets it.

Exit status 0 means that the state is prepared. A JSON object on standard output then has the values for generators;
any other output is ignored. No shell runs: nothing that a pact contains can become a command.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from contracts.client import UsageError


NAME_VARIABLE = "CONTRACTS_STATE"
ACTION_VARIABLE = "CONTRACTS_STATE_ACTION"
_MOST_CHARACTERS = 1_000  # of the output that a message quotes: its end, where commands say what went wrong
_MOST_BYTES = 1_000_000  # of the values


class NotPrepared(Exception):
    """A state was not prepared outside this process; the message is a predicate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCommand:
    """A command that prepares provider states, as the module's docstring says: the program and its *arguments*.

    It runs in *folder*, by default the current one.
    """

    arguments: tuple[str, ...]
    folder: Path | None = None

    @classmethod
    def parse(cls, text: str, folder: Path | None = None) -> StateCommand:
        """Split *text* into program and arguments by the quoting rules of a POSIX shell; nothing is expanded.

        Raises:
            UsageError: if a quotation mark is missing, or the program does not exist.
        """
        try:
            arguments = tuple(shlex.split(text))
        except ValueError as error:
            raise UsageError(f"The command for provider states {text!r} cannot be read: {error}.") from error
        if not arguments:
            raise UsageError("The command for provider states is empty. Use a program, such as 'node states.js'.")
        where = folder or Path.cwd()
        if shutil.which(arguments[0]) is None and not (
            Path(arguments[0]).name != arguments[0] and shutil.which(where / arguments[0])
        ):
            raise UsageError(
                f"The command for provider states {text!r} cannot start: {arguments[0]!r} is not an executable file in "
                f"PATH or {where}."
            )
        return cls(arguments=arguments, folder=folder)


class StateCommandRunner:
    """Runs *command*; `stop` ends the child process that runs now."""

    def __init__(self, command: StateCommand) -> None:
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, name: str, action: str, parameters: Mapping[str, Any], seconds: float) -> Mapping[str, Any] | None:
        """Prepare the state *name*, and return the values for generators, if any.

        Raises:
            NotPrepared: if the command does not start, fails, or takes longer than *seconds*.
        """
        document = json.dumps({"state": name, "action": action, "params": dict(parameters)})
        # Files instead of pipes: a server that the command leaves in the background may keep them open.
        with (
            tempfile.TemporaryFile() as document_file,
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
        ):
            document_file.write(document.encode())
            document_file.seek(0)
            self._child = self._start({NAME_VARIABLE: name, ACTION_VARIABLE: action}, document_file, output, errors)
            try:
                status = self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.stop()
                raise NotPrepared(
                    f"took longer than the {seconds:g} seconds that it may take{_quoted(errors, output)}"
                ) from None
            finally:
                self._child = None
            if status != 0:
                how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
                raise NotPrepared(f"was not prepared: {self._text} {how}{_quoted(errors, output)}")
            return _values(output)

    @property
    def _text(self) -> str:
        return shlex.join(self._command.arguments)

    def _start(
        self, variables: Mapping[str, str], document: IO[bytes], output: IO[bytes], errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - the command of the user, without a shell
                self._command.arguments,
                stdin=document,
                stdout=output,
                stderr=errors,
                cwd=self._command.folder,
                env={**os.environ, **variables},
                **_OWN_GROUP,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise NotPrepared(f"was not prepared: {self._text} could not start: {reason}") from error

    def stop(self) -> None:
        """End the child process that runs now, and those that it started if the system has process groups."""
        child = self._child
        if child is None:
            return
        if sys.platform == "win32":
            child.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()


_OWN_GROUP: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if sys.platform == "win32"
    else {"process_group": 0}
)


def _quoted(*files: IO[bytes]) -> str:
    """Return the end of what the command wrote to *files*, as the end of a sentence."""
    texts = [_end(each) for each in files]
    text = "\n".join(filter(None, texts))
    return f": {text}" if text else " and wrote no output"


def _end(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MOST_CHARACTERS))
    return file.read().decode(errors="replace").strip()


def _values(output: IO[bytes]) -> Mapping[str, Any] | None:
    output.seek(0)
    try:
        values = json.loads(output.read(_MOST_BYTES))
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None
