"""The environment variables of a played step, and the files through which a step talks to the runner.

Source: GitHub's documentation of default environment variables and of workflow commands (environment files).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def own_environment() -> dict[str, str]:
    """Return the environment without variables that name a build, a broker or a repository: the workflow sets those."""
    prefixes = ("GITHUB_", "PACT_", "GIT_COMMIT", "GIT_BRANCH", "RUNNER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def source_path(tree: Path, sources: Sequence[str]) -> dict[str, str]:
    """Return PYTHONPATH for *tree*, so that its own code is imported, not that of an installed tree."""
    return {"PYTHONPATH": os.pathsep.join(str(tree / each) for each in sources)} if sources else {}


def search_path(first: Sequence[str]) -> str:
    """Return PATH with the folders *first*, and then the commands of this Python environment."""
    return os.pathsep.join([*first, str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def github_context(variables: Mapping[str, str], event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context `github` for *variables* (GITHUB_…) and the document of the event."""
    context: dict[str, Any] = {
        name.removeprefix("GITHUB_").lower(): value for name, value in variables.items() if name.startswith("GITHUB_")
    }
    return context | {"event": event}


def variables_of(event_name: str, ref: str, document: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables about the branch or tag that an event builds."""
    pull_request = document.get("pull_request") or {}
    return {
        "GITHUB_EVENT_NAME": event_name,
        "GITHUB_REF": ref,
        "GITHUB_REF_NAME": ref.split("/", 2)[-1],
        "GITHUB_REF_TYPE": "tag" if ref.startswith("refs/tags/") else "branch",
        "GITHUB_HEAD_REF": (pull_request.get("head") or {}).get("ref", ""),
        "GITHUB_BASE_REF": (pull_request.get("base") or {}).get("ref", ""),
    }


@dataclass(frozen=True, slots=True)
class StepFiles:
    """The files GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY of one step, in *folder*."""

    folder: Path

    def variables(self) -> dict[str, str]:
        """Create the files empty, and return the variables that name them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = {
            "GITHUB_OUTPUT": "output",
            "GITHUB_ENV": "env",
            "GITHUB_PATH": "path",
            "GITHUB_STEP_SUMMARY": "summary",
        }
        for name in names.values():
            (self.folder / name).write_bytes(b"")
        return {variable: str(self.folder / name) for variable, name in names.items()}

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs that the step wrote."""
        return _assignments(self.folder / "output")

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the step set for the following steps."""
        return _assignments(self.folder / "env")

    @property
    def path(self) -> list[str]:
        """The folders that the step added to PATH, the latest first."""
        return (self.folder / "path").read_text(encoding="utf-8").split("\n")[-2::-1]


def _assignments(file: Path) -> dict[str, str]:
    """Read lines NAME=VALUE, and values of several lines: NAME<<DELIMITER, the lines, DELIMITER."""
    values = {}
    lines = file.read_text(encoding="utf-8").splitlines()
    while lines:
        line = lines.pop(0)
        name, separator, delimiter = line.partition("<<")
        if separator and "=" not in name:
            end = lines.index(delimiter) if delimiter in lines else len(lines)
            values[name] = "\n".join(lines[:end])
            lines = lines[end + 1 :]
        elif "=" in line:
            name, _, value = line.partition("=")
            values[name] = value
    return values
