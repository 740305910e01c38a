"""The actions that fake-ci knows: some are played, some are not needed on this machine, others cannot be played.

Source: the documentation of actions/checkout, actions/upload-artifact and actions/download-artifact.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


Kind = Literal["played", "not needed", "unplayable"]
CHECKOUT, UPLOAD, DOWNLOAD = "actions/checkout", "actions/upload-artifact", "actions/download-artifact"
PLAYED = frozenset({CHECKOUT, UPLOAD, DOWNLOAD})
NOT_NEEDED = frozenset(
    {"actions/cache", "actions/cache/restore", "actions/cache/save", "actions/setup-dotnet", "actions/setup-go"}
    | {"actions/setup-java", "actions/setup-node", "actions/setup-python", "astral-sh/setup-uv", "ruby/setup-ruby"}
)
"""What they set up must be installed on this machine."""


class ActionFailed(Exception):
    """An action failed; the message says why."""


def name_of(uses: str) -> str:
    """Return the action in *uses*, without its version."""
    return uses.partition("@")[0]


def kind_of(uses: str) -> Kind:
    """Return what fake-ci does with an action; those of the repository set up what is installed here already."""
    name = name_of(uses)
    if name in PLAYED:
        return "played"
    return "not needed" if name in NOT_NEEDED or name.startswith(("./", "$/")) else "unplayable"


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The artifacts of one run, in *folder*."""

    folder: Path

    def upload(self, inputs: Mapping[str, str], workspace: Path) -> None:
        """Store the files that match the input `path`, as actions/upload-artifact does.

        Raises:
            ActionFailed: if no file matches, and `if-no-files-found` is error.
        """
        patterns = inputs.get("path", "").split("\n")
        files = sorted(
            {file for each in patterns if each.strip() for file in _files(workspace, each.strip()) if file.is_file()}
        )
        if not files:
            if inputs.get("if-no-files-found") == "error":
                raise ActionFailed(f"No file matches {inputs.get('path')!r}")
            return
        root = Path(os.path.commonpath([file.parent for file in files]))
        for file in files:
            target = self.folder / inputs.get("name", "artifact") / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)

    def download(self, inputs: Mapping[str, str], workspace: Path) -> None:
        """Copy one artifact, or each of them to a folder of its name, as actions/download-artifact does.

        Raises:
            ActionFailed: if the named artifact does not exist.
        """
        target = workspace / inputs.get("path", ".")
        source = self.folder / inputs["name"] if inputs.get("name") else self.folder
        if inputs.get("name") and not source.is_dir():
            raise ActionFailed(f"No earlier job uploaded the artifact {inputs['name']!r}")
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)


def _files(workspace: Path, pattern: str) -> list[Path]:
    paths = [Path(each) for each in glob.glob(str(workspace / pattern), recursive=True)]  # noqa: PTH207, absolute patterns
    return [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
