"""Write a screenshot of each kind of page, in each width and theme, of brokers with the shop's contracts.

python contracts/tests/support/screenshots.py FOLDER           all of them
python contracts/tests/support/screenshots.py FOLDER --shown   those that README and guides show, small
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import browsers
import scenes
from PIL import Image
from playwright.sync_api import Browser, Page
from scenes import Scene, View


SHOWN = {"overview": "light", "result": "light", "can-i-deploy": "dark"}
"""The pages that README and guides show, and the theme of each."""
_COLOURS = 128  # of a small picture: text stays sharp, and a file has some 40 kB


def write(folder: Path, *, only_shown: bool = False, widths: Sequence[str] = tuple(browsers.WIDTHS)) -> list[Path]:
    """Write the screenshots to *folder* and return their paths."""
    if browsers.EXECUTABLE is None:
        raise SystemExit(f"No screenshot was written: {browsers.ABSENT}.")
    folder.mkdir(parents=True, exist_ok=True)
    with browsers.chromium() as browser:
        if only_shown:
            with scenes.shop() as scene:
                return [
                    _save(page, view, folder / f"{name}.png", whole=False)
                    for theme in ("light", "dark")
                    for page, name, view in _tabs(browser, scene, "desktop", theme)
                    if SHOWN.get(name) == theme
                ]
        with scenes.every() as every:
            return [
                _save(page, view, folder / f"{name}-{width}-{theme}.png")
                for scene in every
                for width in widths
                for theme in ("light", "dark")
                for page, name, view in _tabs(browser, scene, width, theme)
            ]


def _tabs(browser: Browser, scene: Scene, width: str, theme: str) -> Iterator[tuple[Page, str, View]]:
    """Return a tab with each view's name and the view, which is not shown yet."""
    with browsers.opened(browser, scene.base_url, width=width, dark=theme == "dark") as page:
        scene.enter(page)
        for name, view in scene.views.items():
            page.emulate_media(media="screen")
            yield page, name, view


def _save(page: Page, view: View, file: Path, *, whole: bool = True) -> Path:
    if isinstance(view, str):
        page.goto(view)
    else:
        view(page)
    image = Image.open(io.BytesIO(page.screenshot(full_page=whole)))
    image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file


if __name__ == "__main__":
    folder, *options = sys.argv[1:]
    files = write(Path(folder), only_shown="--shown" in options)
    sys.stdout.write(f"Wrote {len(files)} screenshots to {folder}.\n")
