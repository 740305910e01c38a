"""Write a screenshot of each kind of page, in each width and theme, of a broker with the shop's contracts.

python contracts/tests/support/screenshots.py FOLDER           all of them
python contracts/tests/support/screenshots.py FOLDER --shown   those that README and guides show, small
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import browsers
from page_paths import with_uuids
from PIL import Image
from shops import Shop

from contracts.testing.brokers import running_broker


SHOWN = {"overview": "light", "result": "light", "can-i-deploy": "dark"}
"""The pages that README and guides show, and the theme of each."""
_COLOURS = 64  # of a small picture: text stays sharp, and a file has some 40 kB


def write(folder: Path, *, only_shown: bool = False) -> list[Path]:
    """Write the screenshots to *folder* and return their paths."""
    if browsers.EXECUTABLE is None:
        raise SystemExit(f"No screenshot was written: {browsers.ABSENT}.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with running_broker() as running, browsers.chromium() as browser:
        shop = Shop(running.base_url)
        shop.open()
        pages = with_uuids(shop.read)
        for width in ["desktop"] if only_shown else browsers.WIDTHS:
            for theme in ("light", "dark"):
                names = [name for name in pages if not only_shown or SHOWN.get(name) == theme]
                with browsers.opened(browser, running.base_url, width=width, dark=theme == "dark") as page:
                    for name in names:
                        page.goto(pages[name])
                        file = folder / (f"{name}.png" if only_shown else f"{name}-{width}-{theme}.png")
                        image = Image.open(io.BytesIO(page.screenshot(full_page=not only_shown)))
                        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
                        written.append(file)
    return written


if __name__ == "__main__":
    folder, *options = sys.argv[1:]
    files = write(Path(folder), only_shown="--shown" in options)
    sys.stdout.write(f"Wrote {len(files)} screenshots to {folder}.\n")
