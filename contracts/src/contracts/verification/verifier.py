"""Drives the official verifier: one interaction after the other, in a process that can be ended at any time.

Each interaction is verified in a run of its own, with a pact that contains nothing else. So an interaction that the
verifier cannot read, or that makes it panic, affects no other; outcomes need no matching by description; and provider
states run here, with their own time limit. Measured with pact-python 4.2 on two cores: the process starts in 0.3 s,
once for all pacts, and a run takes 7 ms. One run for a whole pact, with a URL for provider states, takes 80 ms for each
interaction.

The output of the verifier goes to a file, because it contains texts of other people's pacts.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from contracts.client import UsageError
from contracts.client.hal import JsonObject
from contracts.model.plain_text import plain
from contracts.verification import native, serving, states


REQUEST_TIMEOUT_SECONDS = 5.0
_GRACE_SECONDS = 30.0  # after the time limit of the request, for a verifier that hangs
_LOOPBACK = "127.0.0.1,localhost"
_NOT_SENT = "error sending request"
_MOST_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTarget:
    """The provider to verify: its URL, headers to add to each request, and the time limit of a response."""

    provider: str
    url: str
    headers: Sequence[tuple[str, str]] = ()
    timeout_seconds: float = REQUEST_TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The outcome of one interaction; *problems* are in the verifier's words if it reported any.

    *judged* is false if the verifier did not finish, so nothing is known about the contract. *output* is the output of
    the verifier.
    """

    success: bool
    pending: bool
    problems: tuple[str, ...]
    mismatches: tuple[Mapping[str, Any], ...] = ()
    judged: bool = True
    output: str = ""


class Verifier:
    """The process of the official verifier; it starts with the first interaction, and again after a crash."""

    def __init__(self, folder: Path) -> None:
        self._pact = folder / "pact.json"
        self._output = folder / "output.txt"
        self._process: _Process | None = None

    def run(self, pact: JsonObject, target: ProviderTarget, values: Mapping[str, Any]) -> Ran:
        """Verify *pact*, which has one interaction; *values* are the return values of its provider states."""
        self._pact.write_text(json.dumps(pact), encoding="utf-8")
        if self._process is None:
            self._process = _Process()
        with states.answering(values) if values else contextlib.nullcontext() as states_url:
            started = time.monotonic()
            answer = self._process.ask(
                {
                    "output": str(self._output),
                    "pact": str(self._pact),
                    "provider": target.provider,
                    "url": target.url,
                    "timeout_seconds": target.timeout_seconds,
                    "headers": list(target.headers),
                    "states_url": states_url,
                },
                target.timeout_seconds + _GRACE_SECONDS,
            )
            took_seconds = time.monotonic() - started
        output = self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""
        if isinstance(answer, str):
            self.close()
            panics = [line for line in output.splitlines() if "panicked" in line][-1:]
            return Ran(success=False, pending=False, problems=(answer, *panics), judged=False, output=output)
        return _read(answer, target, took_seconds, output, str(self._pact))

    def close(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process = None


@contextlib.contextmanager
def opened() -> Iterator[Verifier]:
    """Provide the official verifier until the block ends.

    Raises:
        UsageError: if pact-python is not installed.
    """
    if importlib.util.find_spec("pact") is None:
        raise UsageError("Verifying a provider needs pact-python: pip install 'pact-contracts[verify]'.")
    with tempfile.TemporaryDirectory(prefix="contracts-verify-") as folder:
        verifier = Verifier(Path(folder))
        try:
            yield verifier
        finally:
            verifier.close()


class _Process:
    """A child process that responds to each line with a line; Ctrl-C does not reach it, its parent ends it."""

    def __init__(self) -> None:
        own_group: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if sys.platform == "win32"
            else {"process_group": 0}
        )
        self._child = subprocess.Popen(  # noqa: S603 - this very Python, and a script of ours
            [sys.executable, "-P", native.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            text=True,
            encoding="utf-8",
            **own_group,
        )
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=_read_lines, args=(self._child.stdout, self._answers), daemon=True)
        self._reader.start()
        self._send(sys.path)

    def ask(self, question: JsonObject, timeout_seconds: float) -> JsonObject | str:
        """Return the response to *question*; if there is none, a sentence about the end of the process."""
        self._send(question)
        try:
            line = self._answers.get(timeout=timeout_seconds)
        except queue.Empty:
            return f"the verifier did not finish within {timeout_seconds:g} seconds, and was stopped"
        if line is None:
            status = self._child.wait()
            how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            return f"the verifier's process {how} in the middle of this interaction"
        answer: JsonObject = json.loads(line)
        return answer

    def _send(self, document: object) -> None:
        stream = self._child.stdin
        with contextlib.suppress(BrokenPipeError):  # it has ended; the missing response says so
            if stream is not None:
                stream.write(json.dumps(document) + "\n")
                stream.flush()

    def kill(self) -> None:
        """End it, and the plugins that it started if the system has process groups."""
        if sys.platform == "win32":
            self._child.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._reader.join()
        for stream in (self._child.stdin, self._child.stdout):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()


def _read_lines(stream: IO[str], answers: queue.SimpleQueue[str | None]) -> None:
    for line in stream:
        answers.put(line)
    answers.put(None)


def _environment() -> dict[str, str]:
    """Return the environment of the verifier.

    The verifier uses proxies for the loopback interface unless it is excluded, and sends usage data unless this exact
    value forbids it. It gets no credentials of the broker, because a plugin could read them.
    """
    excepted = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    no_proxy = f"{excepted},{_LOOPBACK}" if excepted else _LOOPBACK
    ours = {"NO_PROXY": no_proxy, "no_proxy": no_proxy, "PACT_DO_NOT_TRACK": "true"}
    return {name: value for name, value in os.environ.items() if not name.startswith("PACT_BROKER_")} | ours


def _read(answer: JsonObject, target: ProviderTarget, took_seconds: float, output: str, path: str) -> Ran:
    results, log = answer["results"], [plain(line) for line in answer["log"]]
    if ended := results["interactionResults"]:
        problems: list[str] = []
        mismatches: list[Mapping[str, Any]] = []
        for mismatch in (each.get("mismatch") or {} for each in ended):
            mismatches += mismatch.get("mismatches", ())
            problems += [each["mismatch"] for each in mismatch.get("mismatches", ())]
            if message := mismatch.get("message"):
                problems.append(_unanswered(target, took_seconds) if _NOT_SENT in message else message)
        return Ran(
            success=all(each["result"] == "OK" for each in ended),
            pending=all(each["pending"] is True for each in ended),
            problems=tuple(map(plain, problems)),
            mismatches=tuple(mismatches),
            output=output,
        )
    messages = [each["mismatch"].get("message") or each["interaction"] for each in results["errors"]]
    messages += [_panic(output)] if "panicked" in output else []
    messages = messages or log[-_MOST_LINES:] or ["the verifier gave no reason"]
    problems = [_without_path(plain(each), path) for each in messages]
    return Ran(success=False, pending=False, problems=tuple(dict.fromkeys(problems)), output=output)


def _without_path(message: str, path: str) -> str:
    """Return *message* without the name of the temporary file."""
    return message.replace(f" '{path}' - ", ": ").replace(f" Source: {path}", "").replace(path, "the pact")


def _panic(output: str) -> str:
    lines = output.splitlines()
    at = next(index for index, line in enumerate(lines) if "panicked" in line)
    return f"the verifier gave up: {' '.join(lines[at : at + 2])}"


def _unanswered(target: ProviderTarget, took_seconds: float) -> str:
    """Explain why a request to the provider has no response; the verifier does not."""
    if took_seconds >= target.timeout_seconds:
        return (
            f"the provider did not respond within {target.timeout_seconds:g} seconds "
            "(--request-timeout-seconds allows more)"
        )
    if not serving.answers(target.url):
        return f"no server responds at {target.url}: the provider is not running there"
    return "the provider closed the connection without a response"
