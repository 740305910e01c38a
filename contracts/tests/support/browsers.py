"""A real browser for tests and screenshots: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright


EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ABSENT = "there is no Chromium on this machine: install the system's package `chromium`"

WIDTHS = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}
"""The sizes of windows, in CSS pixels."""

# a container gives neither a sandbox nor much shared memory; without the rest, Chromium calls its makers' servers
_OPTIONS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=list(_OPTIONS))
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, base_url: str, *, width: str = "desktop", dark: bool = False, scripts: bool = True
) -> Iterator[Page]:
    """Open a tab of a size and theme; paths are relative to *base_url*."""
    across, down = WIDTHS[width]
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": across, "height": down},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()
