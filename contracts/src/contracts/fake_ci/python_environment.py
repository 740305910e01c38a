"""A virtual environment for the lines of one run: `pip install` in a workflow does not change the user's environment.

It sees everything that the user has installed, and has the same commands.
"""

from __future__ import annotations

import os
import shutil
import site
import sys
import venv
from pathlib import Path


def create(folder: Path) -> Path:
    """Create the environment in *folder*, in place of an earlier one; return the folder of its commands."""
    shutil.rmtree(folder, ignore_errors=True)
    venv.EnvBuilder(symlinks=os.name == "posix", with_pip=False).create(folder)
    commands = folder / ("Scripts" if sys.platform == "win32" else "bin")
    _see_installed_packages(folder)
    _copy_commands(Path(sys.executable).parent, commands)
    return commands


def _see_installed_packages(folder: Path) -> None:
    places = [each for each in dict.fromkeys([*site.getsitepackages(), *_site_folders()]) if Path(each).is_dir()]
    (own,) = folder.glob("Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages")
    lines = [f"import site; site.addsitedir({each!r})" for each in places]
    (own / "installed.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _site_folders() -> list[str]:
    return [each for each in sys.path if each.endswith(("site-packages", "dist-packages"))]


def _copy_commands(source: Path, target: Path) -> None:
    """Copy the scripts that start Python, so that they start the Python of the environment."""
    for script in source.iterdir():
        copy = target / script.name
        if copy.exists() or not script.is_file() or not os.access(script, os.X_OK):
            continue
        first, _, rest = script.read_bytes()[:1_000_000].partition(b"\n")
        if first.startswith(b"#!") and b"python" in first:
            copy.write_bytes(f"#!{target / 'python'}\n".encode() + rest)
            copy.chmod(0o755)
