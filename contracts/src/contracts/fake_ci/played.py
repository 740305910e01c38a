"""The events that start workflows, and what came of the workflows and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


Result = Literal["success", "failure", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The event that starts a workflow: its name, GitHub's document about it, and the version and full ref to build.

    `version` is a commit hash on GitHub. `ref` is empty if there is no branch.
    """

    name: str
    version: str
    ref: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedStep:
    """One step that ran or was skipped, with the file that holds its output.

    `line` is its command, or its action. `summary` is the step's output `result`, or `reason` if it failed; otherwise
    its last line. `explained`: the step wrote that output. `reason` is the exit status of a failed step, or why it
    could not run. `follows_failure` says that an earlier step or job of the workflow has failed.
    """

    workflow: str
    job: str
    line: str
    label: str = ""
    result: Result = "skipped"
    seconds: float = 0.0
    log: Path | None = None
    reason: str = ""
    summary: str = ""
    explained: bool = False
    follows_failure: bool = False


@dataclass(slots=True, kw_only=True)
class Played:
    """A played workflow, with the result of each of its jobs."""

    workflow: str
    event: Event
    steps: list[PlayedStep] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether at least one job ran, and none failed."""
        return "success" in self.results.values() and "failure" not in self.results.values()
