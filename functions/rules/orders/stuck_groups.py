"""Orders that work for too long as groups: those whose record the run may settle, and those that a person must."""

from __future__ import annotations

from collections.abc import Sequence

from functions.facts import Evidence
from functions.rules.orders.causes import Cause, Remedy
from functions.rules.orders.facts import OrderFacts, StuckOrder
from functions.rules.orders.plan import OrderGroup
from functions.rules.units.owner import LIVE

MOST_TOLD = 3


def stuck_groups(facts: OrderFacts) -> tuple[OrderGroup, ...]:
    """One for each account of real money, and one for what nobody can settle: paper, an unknown mode or account."""
    by_where: dict[tuple[str | None, str | None, bool], list[StuckOrder]] = {}
    for one in facts.stuck:
        settled = one.mode == LIVE and one.venue is not None and one.account is not None
        by_where.setdefault((one.venue, one.account, settled), []).append(one)
    return tuple(_group(*key, found) for key, found in by_where.items())


def _group(venue: str | None, account: str | None, settled: bool, found: Sequence[StuckOrder]) -> OrderGroup:
    where = "/".join(filter(None, (venue, account))) or "no venue by name"
    times = [one.order.created_at for one in found if one.order.created_at is not None]
    return OrderGroup(
        group_id=f"{'stuck' if settled else 'stuck-unproven'}:{where}",
        cause=Cause.UNKNOWN,
        remedy=Remedy.RESOLVE_STUCK if settled else Remedy.ESCALATE,
        venue=venue,
        account=account,
        strategy_ids=tuple(sorted({one.strategy_id for one in found if one.strategy_id})),
        symbols=tuple(dict.fromkeys(one.symbol for one in found)),
        confirmed=settled and all(one.known for one in found),
        count=len(found),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        codes=(),
        fix=_fix(found, settled),
        evidence=tuple(
            Evidence("order works for too long", f"{one.order.position_id}/{one.order.order_id}", one.why, at)
            for one in found[:MOST_TOLD]
            if (at := one.order.created_at) is not None
        ),
        orders=tuple((one.order.position_id, one.order.order_id) for one in found),
    )


def _fix(found: Sequence[StuckOrder], settled: bool) -> str:
    ids = ", ".join(one.order.order_id for one in found[:5])
    if settled:
        return f"look up {ids} at the venue by their client ids, and set their status in the table to what it says"
    whys = ", ".join(sorted({f"mode {one.mode or 'not known'}" for one in found}))
    return (
        f"nobody is proven to trade {ids} for real money, by a known account ({whys}): correct the records by hand"
    )
