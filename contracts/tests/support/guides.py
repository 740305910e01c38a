"""Runs guides word for word: writes their files, and runs their commands in one shell, in order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "guide"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:#|//) ([\w./-]+\.\w+)\n")
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command of a guide, what it printed, and the status with which it ended."""

    command: str
    status: int
    output: str


def files(guide: str) -> dict[str, str]:
    """Return the files of *guide*: the blocks whose first line is a comment with a file's name."""
    blocks = (block[2] for block in _BLOCK.finditer((FOLDER / guide).read_text(encoding="utf-8")))
    return {name[1]: block[name.end() :] for block in blocks if (name := _FILE.match(block))}


def commands(guide: str) -> list[str]:
    """Return the commands of *guide*, in order: the lines of console blocks after `$ `, continued lines joined."""
    blocks = _BLOCK.finditer((FOLDER / guide).read_text(encoding="utf-8"))
    return [line[1] for block in blocks if block[1] == "console" for line in _COMMAND.finditer(block[2])]


def _text(guide: str, sections: Mapping[str, str]) -> str:
    """Return the text of *guide*; other guides take the place of *sections*, named by their headings."""
    text = (FOLDER / guide).read_text(encoding="utf-8")
    for heading, other in sections.items():
        section = re.compile(rf"^## {re.escape(heading)}\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
        assert section.search(text), heading
        text = section.sub(lambda _, other=other: (FOLDER / other).read_text(encoding="utf-8"), text)
    return text


def section(guide: str, heading: str) -> str:
    """Return the section of *guide* below *heading*."""
    text = (FOLDER / guide).read_text(encoding="utf-8")
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, heading
    return match[1]


def printed(guide: str, heading: str) -> list[tuple[str, list[str]]]:
    """Return each command of a section, with the lines that it prints as the guide says."""
    blocks = (block[2] for block in _BLOCK.finditer(section(guide, heading)) if block[1] == "console")
    commands = [each for block in blocks for each in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(each.splitlines()[0], each.splitlines()[1:]) for each in commands]


def run(
    guide: str,
    folder: Path,
    environ: Mapping[str, str],
    replaced: Mapping[str, str] | None = None,
    first_path: str | None = None,
    sections: Mapping[str, str] | None = None,
    only: str | None = None,
) -> list[Done]:
    """Follow *guide* in *folder*, from its first block to its last: write its files, and run its commands.

    Each command runs in a shell of its own; variables that one exports last for the next ones. *environ* is added to
    this process's environment. *replaced* are placeholders of the guide, such as "https://broker.example.com", with
    what they are here. *first_path* is the PATH, if it is not that of this Python's environment. *sections* are parts
    of the guide, by their headings, for which another guide is followed. *only* is the heading of the one section to
    follow.
    """
    bash = shutil.which("bash")
    assert bash is not None
    variables = os.environ | {"GITHUB_ACTIONS": "", "NO_COLOR": "1"} | environ
    variables["PATH"] = first_path or f"{Path(sys.executable).parent}{os.pathsep}{variables['PATH']}"
    state = folder / ".environment"
    done = []
    text = _text(guide, sections or {})
    if only is not None:
        text = section(guide, only)
    for placeholder, value in (replaced or {}).items():
        text = text.replace(placeholder, value)
    for block in _BLOCK.finditer(text):
        if (name := _FILE.match(block[2])) is not None:
            path = folder / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block[2][name.end() :], encoding="utf-8")
        if block[1] != "console":
            continue
        for line in _COMMAND.finditer(block[2]):
            script = f"[ -f {state} ] && . {state}\n{line[1]}\nstatus=$?\nexport -p > {state}\nexit $status\n"
            ran = subprocess.run(
                [bash, "-c", script], cwd=folder, env=variables, capture_output=True, text=True, check=False
            )
            done.append(Done(command=line[1], status=ran.returncode, output=ran.stdout + ran.stderr))
    return done
