"""Mutants that no run can tell from the original, each with its reason."""

from __future__ import annotations

from typing import Final

EQUIVALENT: Final[dict[str, str]] = {}
