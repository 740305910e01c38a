"""The official command line, `pact`, as the package pact-python-cli brings it.

The tests avoid its defects: `can-i-deploy -o json` always exits 0, `get-pacts --consumer`
fails with every broker, and a table of releases calls them unknown. It panics over a key that a table lacks, so each is
asked for.
"""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path


BINARY = Path(sysconfig.get_path("scripts"), "pact")
UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
FAILED, WRONG_USAGE = 1, 2


def run(*arguments: str, status: int = 0, group: str = "broker") -> str:
    """Run a command of a *group* that must end with *status*, and return its output."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PACT_", "GIT", "CI"))}
    done = subprocess.run(
        [BINARY, group, *arguments],
        capture_output=True,
        check=False,
        env={**environ, "PACT_DO_NOT_TRACK": "true"},
        text=True,
        timeout=30,
    )
    assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout
