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
def shoot(tmp_path: Path) -> Callable[[Page, str], Path]:
    """A picture for people to look at, below `TRADAI_SCREENSHOTS` where that is set."""
    folder = Path(os.environ.get("TRADAI_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        assert path.stat().st_size > 0
        return path

    return take
