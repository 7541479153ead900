"""What every lane of tests shares: markers by folder, and an order that keeps slow parts together."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Helpers whose assertions should say what they compared.
pytest.register_assert_rewrite("tests.e2e.claims", "tests.e2e.platform")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below tests/e2e runs on the embedded AWS."""
    for item in items:
        if HERE / "e2e" in item.path.parents:
            item.add_marker("e2e")
