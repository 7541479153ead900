"""What could not be read, in sentences, and whether so much of it that nobody can tell whether orders fail."""

from __future__ import annotations

from functions.facts import Reading
from functions.rules.orders.facts import OrderFacts

MOST = 12


def unknown_parts(facts: OrderFacts) -> tuple[str, ...]:
    """Everything, the log first."""
    nobody = [one.strategy_id for one in facts.traders if not (one.venue and one.account and one.mode)]
    odd = [f"config of {one.strategy_id}: {', '.join(one.odd)}" for one in facts.traders if one.odd]
    paper = [one.strategy_id for one in facts.traders if one.mode == "paper"]
    told = [
        *blind(facts),
        *(
            f"{one.venue}/{one.account_name}: {one.account_unread}"
            for one in facts.venues
            # Of a venue that is away that stands there already.
            if one.account_unread and one.status.reading is Reading.OK
        ),
        *(
            f"{one.venue}/{one.account_name}: {why}"
            for one in facts.venues
            if one.account is not None
            for why in one.account.unread
        ),
    ]
    if nobody:
        told.append(f"venue, account or mode is not known of {_names(nobody)}")
    if odd:
        told.append(f"cannot be read: {'; '.join(odd[:5])}")
    if paper:
        told.append(f"traded on paper, so that no account is looked at: {_names(paper)}")
    if facts.traders_total > len(facts.traders):
        told.append(f"{facts.traders_total - len(facts.traders)} more strategies than were looked at one by one")
    if facts.stuck_total > len(facts.stuck):
        told.append(f"{facts.stuck_total - len(facts.stuck)} more stuck orders than were looked at")
    return tuple(dict.fromkeys(told))[:MOST]


def blind(facts: OrderFacts) -> tuple[str, ...]:
    """With one of these, that nothing was found does not mean that nothing fails."""
    told = []
    if facts.logs is None:
        told.append(f"the service's log: {facts.logs_unread or 'not read'}")
    else:
        told += [f"the service's log, {name}: {why}" for name, why in facts.logs.unread]
    if facts.stuck_unread:
        told.append(f"stuck orders: {facts.stuck_unread}")
    if facts.traders_unread:
        told.append(f"who trades: {facts.traders_unread}")
    if facts.venues_unread:
        told.append(f"the venues: {facts.venues_unread}")
    told += [f"{one.venue}: {one.status.detail}" for one in facts.venues if one.status.reading is not Reading.OK]
    return tuple(dict.fromkeys(told))


def _names(ids: list[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
