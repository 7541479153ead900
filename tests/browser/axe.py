"""What axe-core finds wrong with a page for whoever cannot see or point well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def serious(page: Page) -> list[Any]:
    """Axe's violations of impact serious or critical. The page needs scripts, and its policy bypassed."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        (one["id"], one["nodes"][0]["target"], one["help"])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
