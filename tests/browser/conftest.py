"""The embedded AWS and the browser of this folder's tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.approvals.rig import desk
from tests.browser.chromium import browser

__all__ = ["chromium", "desk", "shoot"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for each file: two at once in one process would share a loop."""
    with browser() as started:
        yield started


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """A picture for people to look at, below `TRADAI_SCREENSHOTS`; none where that is not set, for to draw a whole
    page takes longer than to look at it."""
    folder = os.environ.get("TRADAI_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
