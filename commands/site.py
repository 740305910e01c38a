"""The documentation as a static site."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from commands.running import PYTHON, ROOT, require, run, say


SHOWN = ROOT / "docs" / "screenshots"
_LINK = re.compile(r"(\]\()(\.\./[^)#\s]*)")


@task
def docs(_c: Context) -> None:
    """Build the documentation.

    A static site in site/.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy(folder)
        if not run("zensical", "build", "--strict", "--clean", "--config-file", str(folder / "mkdocs.yml")):
            raise Exit("The site was not built: the messages above name the pages.", 1)
        shutil.rmtree(ROOT / "site", ignore_errors=True)
        shutil.copytree(folder / "site", ROOT / "site")
    say(f"The site is in {ROOT / 'site'}: open index.html.")
    require((ROOT / "site" / "index.html").is_file())


@task(help={"folder": "The folder to write to.", "shown": "Only write those that README and guides show."})
def screenshots(_c: Context, folder: str = "", shown: bool = False) -> None:
    """Write screenshots of pages.

    Of each page, at three widths and in both themes. They show a broker with the contracts of a small shop. A Chromium
    of the system is needed.
    """
    script = ROOT / "contracts" / "tests" / "support" / "screenshots.py"
    target = Path(folder) if folder else SHOWN if shown else ROOT / "screenshots"
    require(run(PYTHON, str(script), str(target), *(["--shown"] if shown else [])))


def copy(folder: Path) -> None:
    """Copy docs/ and the site's settings to *folder*; links to other files of the repository lead to its host."""
    source = tomllib.loads((ROOT / "contracts" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"][
        "Source"
    ]
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for page in (folder / "docs").rglob("*.md"):
        place = page.parent

        def hosted(link: re.Match[str], place: Path = place) -> str:
            target = (place / link[2]).resolve()
            if target.is_relative_to((folder / "docs").resolve()):
                return link[0]
            return f"{link[1]}{source}/blob/main/{target.relative_to(folder.resolve()).as_posix()}"

        page.write_text(_LINK.sub(hosted, page.read_text(encoding="utf-8")), encoding="utf-8")
