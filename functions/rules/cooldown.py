"""How far the order cooldown of a rate-limited strategy is raised (CONTRACT.md 8)."""

from __future__ import annotations

from decimal import Decimal


def next_cooldown(present: Decimal | None, *, least: int, most: int) -> Decimal | None:
    """Seconds: max(`least`, twice the present), at most `most`. None: no change.

    A cooldown is never lowered, so one that stands at the cap or above it stays. One that is missing, no
    number or negative counts as none.
    """
    stands = present if present is not None and present.is_finite() and present > 0 else Decimal(0)
    raised = min(max(Decimal(least), 2 * stands), Decimal(most))
    return raised if raised > stands else None
