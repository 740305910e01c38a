"""What all tasks use: the repository and its applications, commands in processes, exit statuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from invoke.exceptions import Exit

from contracts.ci import interrupts, projects, results
from contracts.ci.applications import StepFailed, failing
from contracts.ci.projects import Project
from contracts.ci.report import terminal
from contracts.fake_ci.display import Display
from contracts.fake_ci.setting import Setting


ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
# For a run without a broker: empty variables count as absent.
NO_BROKER = {"PACT_BROKER_BASE_URL": "", "PACT_URL": "", "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS": ""}
# One process: pact tests must not run in parallel.
ALONE = ("-n0",)
INTERRUPTED = 130  # 128 and the number of the signal, as in a shell
VERBOSE_HELP = {"verbose": "Also print a table of all steps."}


@contextmanager
def exit_status() -> Iterator[None]:
    """Turn an expected failure into its exit status, and write its reason as an output of the CI step."""
    try:
        with failing():
            yield
    except StepFailed as failed:
        raise failure(str(failed), failed.status) from failed
    except interrupts.Interrupted as interrupted:
        raise Exit(str(interrupted), INTERRUPTED) from None


def failure(reason: str, status: int) -> Exit:
    """Return the error that ends a task with *status*; the CI step gets its reason unless it has one."""
    output = Path(os.environ.get("GITHUB_OUTPUT") or os.devnull)
    if output.is_file() and f"{results.REASON}=" not in output.read_text(encoding="utf-8"):
        results.write(output, reason, passed=False)
    return Exit(reason, status)


def run(command: str, *arguments: str, env: dict[str, str] | None = None) -> bool:
    """Run a command of this Python environment in the root of the repository; return whether it passed."""
    path = shutil.which(command, path=str(Path(PYTHON).parent)) or command
    return subprocess.run([path, *arguments], cwd=ROOT, env=os.environ | (env or {}), check=False).returncode == 0  # noqa: S603


def python(*arguments: str, env: dict[str, str] | None = None) -> bool:
    """Run a module of this Python environment; return whether it passed."""
    return run(PYTHON, "-m", *arguments, env=env)


def pytest(*arguments: str, coverage: bool = False, env: dict[str, str] | None = None) -> bool:
    """Run pytest; return whether it passed."""
    runner = ("coverage", "run", "-m", "pytest") if coverage else ("pytest",)
    return python(*runner, *arguments, env=env)


def require(*passed: bool) -> None:
    """End the task with status 1 unless everything passed."""
    if not all(passed):
        raise Exit(code=1)


def say(text: str) -> None:
    """Print *text*."""
    terminal().print(text)


def _load() -> Project:
    with exit_status():
        return projects.load(ROOT)


def setting(*, verbose: bool = False, loses_verification: bool = False) -> Setting:
    """Return what fake-ci plays: this repository, with this environment."""
    display = Display(console=terminal(), verbose=verbose)
    return Setting(project=PROJECT, environ=os.environ, display=display, loses_verification=loses_verification)


PROJECT = _load()
