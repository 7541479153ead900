"""The installed Chromium, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root in a container there is no sandbox; the rest keeps the browser from talking to anybody by itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--metrics-recording-only",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def installed() -> str | None:
    """The browser's path, by `CHROMIUM` or by its usual names."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Skips where no Chromium is installed; in CI that is a failure, because the gate installs one."""
    path = installed()
    if path is None:
        why = "no Chromium is installed (Debian: apt-get install chromium), or set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield started
        finally:
            started.close()


@contextmanager
def page_of(
    browser: Browser, window: dict[str, int], *, dark: bool = False, scripts: bool = False
) -> Iterator[Page]:
    """A fresh profile. Scripts are off, as the page promises to need none; `scripts` for the robots and axe."""
    context = browser.new_context(
        viewport={"width": window["width"], "height": window["height"]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        bypass_csp=scripts,
        is_mobile=window is PHONE,
        has_touch=window is PHONE,
    )
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()
