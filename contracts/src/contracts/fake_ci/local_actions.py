"""The composite actions of a repository: their steps are played in place of the step that uses them.

Source: GitHub's documentation of the metadata syntax for actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from contracts.fake_ci.actions import name_of
from contracts.fake_ci.workflows import Step, WorkflowError, step_from, strings


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAction:
    """A composite action: the defaults of its inputs, its outputs as in the file, its steps."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def is_local(uses: str) -> bool:
    """Return whether an action is one of the repository itself."""
    return uses.startswith(("./", "$/"))


def read(tree: Path, uses: str) -> LocalAction:
    """Read the action *uses* of the repository in *tree*.

    Raises:
        WorkflowError: if it does not exist, cannot be read, or is not composite.
    """
    folder = tree / name_of(uses).partition("/")[2]
    file = next((folder / name for name in ("action.yml", "action.yaml") if (folder / name).is_file()), None)
    if file is None:
        raise WorkflowError(f"the action {uses} does not exist")
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        if document["runs"]["using"] != "composite":
            raise WorkflowError(f"the action {uses} is not composite")
        inputs = {name: each["default"] for name, each in (document.get("inputs") or {}).items() if "default" in each}
        outputs = {name: each["value"] for name, each in (document.get("outputs") or {}).items()}
        steps = tuple(step_from(each, {}) for each in document["runs"]["steps"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, KeyError, TypeError) as problem:
        raise WorkflowError(f"the action {uses} cannot be read: {problem!r}") from problem
    return LocalAction(inputs=strings(inputs), outputs=strings(outputs), steps=steps)
