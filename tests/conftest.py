"""What every lane of tests shares: markers by folder, and an order that keeps slow parts together."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
# The gate searches the same examples every time: what a random search finds belongs into a commit, not into a
# gate that fails on somebody else's change. Everywhere else the search is random.
settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")
# Helpers whose assertions should say what they compared.
pytest.register_assert_rewrite("tests.e2e.claims", "tests.e2e.platform", "tests.e2e.stops", "tests.e2e.orders")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: looking through all of it again and again for garbage took a
    third of the time of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below tests/e2e runs on the embedded AWS."""
    for item in items:
        if HERE / "e2e" in item.path.parents:
            item.add_marker("e2e")
