"""Start-up fixes: where ministack differs from AWS in a way that a runbook could notice.

Each module mends one difference and names AWS's documented behaviour. Nothing of the product depends on a
fix: it would have to work without, on AWS.
"""

from __future__ import annotations

from local.engine.fixes.registry import Setup, UnknownFix, apply_all, names

__all__ = ["Setup", "UnknownFix", "apply_all", "names"]
