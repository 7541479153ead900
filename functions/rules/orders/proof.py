"""Whether a cause is gone: no failure of it since its remedy for a whole window, and orders that go well again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import Result
from functions.rules.orders.causes import Cause, Remedy
from functions.rules.orders.facts import OrderFacts, OrderLogFact, Sign
from functions.rules.orders.plan import OrderGroup
from functions.rules.orders.words import counted
from functions.rules.proposals import names

# An order that was on its way when the remedy took effect may still fail; its line comes up to so much later.
IN_FLIGHT: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Judged:
    """`result` None: too early to tell. `failures` of this cause and `placed` orders of its strategies since the
    remedy. `silent`: it fails no more, and no order of these strategies was seen either."""

    result: Result | None
    failures: int
    placed: int
    silent: bool
    why: str


def judge(
    group: OrderGroup,
    facts: OrderFacts,
    *,
    since: datetime,
    now: datetime,
    window_seconds: float,
    last: bool,
    in_flight: timedelta = IN_FLIGHT,
) -> Judged:
    """`since`: when the newest remedy of the round took effect. `last`: it is not looked at again, so what cannot
    be told by now is unknown. While it is, silence is no proof yet: the first order that goes well is."""
    if group.remedy is Remedy.RESOLVE_STUCK:
        return _stuck(group, facts, last=last)
    logs = facts.logs
    if logs is None:
        return _unread(facts.logs_unread or "the log could not be read", last=last)
    if (why := dict(logs.unread).get(group.cause)) is not None:
        return _unread(f"the log's lines of it could not be counted: {why}", last=last)
    counts = since + in_flight
    failed = [sign for sign in logs.signs if sign.last_at > counts and _is_of(group, sign)]
    failures = sum(sign.count for sign in failed)
    placed = _placed(group, logs, counts)
    if failures:
        newest = max(sign.last_at for sign in failed)
        why = f"{failures} more since the remedy, the newest at {newest:%H:%M:%S} UTC: {failed[0].sample}"
        return Judged(Result.NOT_DONE, failures, placed, False, why)
    # The log was read up to then, and what comes later is not known.
    quiet = (min(now, logs.end) - since).total_seconds()
    if quiet < window_seconds and not last:
        why = f"none since the remedy for {quiet:.0f} of {window_seconds:.0f} s"
        return Judged(None, 0, placed, not placed, why)
    if quiet < window_seconds:
        why = f"none since the remedy, but only for {quiet:.0f} of {window_seconds} s"
        return Judged(Result.UNKNOWN, 0, placed, not placed, why)
    if not placed and not last:
        return Judged(None, 0, 0, True, f"none since the remedy for {quiet:.0f} s, and no order was seen yet")
    well = f"{counted(placed, 'order')} went well since"
    went = well if placed else "no order of these strategies was seen since"
    return Judged(Result.DONE, 0, placed, not placed, f"none since the remedy for {quiet:.0f} s; {went}")


def _stuck(group: OrderGroup, facts: OrderFacts, *, last: bool) -> Judged:
    if facts.stuck_unread is not None:
        return _unread(f"the orders could not be read: {facts.stuck_unread}", last=last)
    wanted = set(group.orders)
    found = [one for one in facts.stuck if (one.order.position_id, one.order.order_id) in wanted]
    # That an exit works for too long is no question of its record: stuck-position settles its position.
    left, exits = [one for one in found if not one.is_exit], [one for one in found if one.is_exit]
    if left:
        told = f"still not settled: {names([one.order.order_id for one in left], 5)} ({left[0].why})"
        return Judged(Result.NOT_DONE if last else None, len(left), 0, False, told)
    told = f"all {len(wanted)} are settled in the table" if len(wanted) > 1 else "it is settled in the table"
    if exits:
        works = names([one.order.order_id for one in exits], 5)
        told = f"{told}; open exits that work for too long are stuck-position's: {works}"
    return Judged(Result.DONE, 0, 0, False, told)


def _unread(why: str, *, last: bool) -> Judged:
    return Judged(Result.UNKNOWN if last else None, 0, 0, False, why)


def _is_of(group: OrderGroup, sign: Sign) -> bool:
    """A line that does not say whose it is may be anybody's of this cause."""
    if sign.cause is not group.cause:
        return False
    if sign.strategy_id is not None:
        return sign.strategy_id in group.strategy_ids
    return sign.venue is None or group.venue is None or sign.venue == group.venue


def _placed(group: OrderGroup, logs: OrderLogFact, since: datetime) -> int:
    """Of those whose newest order that went well is newer than the remedy: at least one each."""
    newer = [one for one in group.strategy_ids if one in logs.placed_at and logs.placed_at[one] > since]
    return sum(max(1, logs.placed.get(one, 1)) for one in newer)


def causes_of(groups: Iterable[OrderGroup]) -> tuple[Cause, ...]:
    return tuple(dict.fromkeys(group.cause for group in groups))


def appeared(groups: Sequence[OrderGroup], treated: Iterable[OrderGroup]) -> tuple[OrderGroup, ...]:
    """Groups that no remedy of the run so far was about: a cause that has moved while another was cured."""
    known = {(one.cause, one.venue, one.account) for one in treated}
    return tuple(one for one in groups if (one.cause, one.venue, one.account) not in known)
