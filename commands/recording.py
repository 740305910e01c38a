"""The picture of a run of fake-ci in the README."""

from __future__ import annotations

import os
import re
from pathlib import Path

from invoke.context import Context
from invoke.tasks import task
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI

from commands.running import NO_BROKER, PROJECT, ROOT, exit_status, require, say
from contracts.fake_ci import play
from contracts.fake_ci.display import Display
from contracts.fake_ci.setting import Setting


PICTURE = ROOT / "docs" / "fake-ci.svg"
_COLUMNS = 112
_NEVER_SECONDS = 3600.0  # no line says how long a step has been running


@task(help={"file": "The SVG file to write; by default the one that the README shows."})
def recording(_c: Context, file: str = str(PICTURE)) -> None:
    """Draw a run for the README.

    The picture of a run of fake-ci.
    """
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(file=nowhere, record=True, width=_COLUMNS, markup=False, emoji=False, highlight=False)
        display = Display(console=console, repeat_seconds=_NEVER_SECONDS)
        setting = Setting(project=PROJECT, environ=os.environ | NO_BROKER, display=display)
        with exit_status():
            outcome = play.fake_ci(setting, fresh=True, webhook=False)
    svg = console.export_svg(title="invoke fake-ci", theme=DIMMED_MONOKAI, font_aspect_ratio=0.61)
    # the fonts of the reader's machine: nothing is fetched from other hosts
    text = re.sub(r",\s*url\([^)]*\) format\([^)]*\)", "", svg)
    Path(file).write_text(text.replace(f"{ROOT}{os.sep}", "") + "\n", encoding="utf-8")
    say(f"Wrote {file}.")
    require(outcome.passed)
