"""What the incident keeps of the facts and the verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions.facts import Evidence
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderPlan

MOST_OF_A_GROUP: Final = 4
MOST: Final = 40


def evidence_of(plan: OrderPlan, facts: OrderFacts, log_group: str, now: datetime) -> tuple[Evidence, ...]:
    """The counts first, then what each group rests on, then what is unknown."""
    groups = [*plan.left, *(one for venue in plan.venues for one in (*venue.calm, *venue.change))]
    noted = [_counts(facts, log_group, now), Evidence("verdict", plan.verdict.value, plan.reason[:500], now)]
    noted += [one for group in groups for one in group.evidence[:MOST_OF_A_GROUP]]
    noted += [Evidence("unknown", "order-failures", why[:300], now) for why in plan.unknown]
    return tuple(noted[:MOST])


def _counts(facts: OrderFacts, log_group: str, now: datetime) -> Evidence:
    logs = facts.logs
    if logs is None:
        return Evidence("order failures in the log", log_group, f"unknown: {facts.logs_unread}"[:300], now)
    failed = ", ".join(f"{count} {name}" for name, count in logs.matched.items() if count) or "none"
    window = f"{logs.start:%H:%M:%S} to {logs.end:%H:%M:%S} UTC"
    return Evidence(
        "order failures in the log", log_group, f"{failed}; {sum(logs.placed.values())} went well; {window}", now
    )
