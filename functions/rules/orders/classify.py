"""The classifier: several causes at once, each by the log, by the venue's own facts, or by both.

The log alone makes a cause where enough failures of it are new enough; the venue's facts alone where orders fail at
all. `confirmed` is what both say. While a venue is in maintenance what else is said of it is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from functions.facts import KillSwitchFact
from functions.order_settings import OrderSettings
from functions.rules.kill_switch import halts, halts_everything, told
from functions.rules.orders.causes import CALMS, Remedy
from functions.rules.orders.causes_found import causes_of
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderGroup, OrderPlan, VenueGroups, Verdict
from functions.rules.orders.stuck_groups import stuck_groups
from functions.rules.orders.unknown_parts import blind, unknown_parts
from functions.rules.orders.words import counted, word_of


def classify(
    facts: OrderFacts,
    *,
    settings: OrderSettings,
    now: datetime,
    kill_switch: KillSwitchFact | None,
    only: str | None = None,
) -> OrderPlan:
    """`kill_switch` None: it could not be read; then nothing is proposed but to a person. `only`: the strategy that
    the run is about."""
    found = (*causes_of(facts, settings, now), *stuck_groups(facts))
    free, halted = _let_go(found, kill_switch, only)
    unknown = unknown_parts(facts)
    if kill_switch is None:
        left = tuple(replace(one, remedy=Remedy.ESCALATE) for one in free)
        reason = "the kill switch could not be read, so nothing is changed"
        return _plan(Verdict.ESCALATE, reason, (), left, (*unknown, "the kill switch could not be read"), facts)
    # Where others may trade, what cannot be read may be theirs.
    nobody_else = halts_everything(kill_switch) and not kill_switch.released_ids
    if not free and halted and (nobody_else or not blind(facts)):
        reason = f"{told(kill_switch)}: nothing is changed for {_names(halted)}"
        return _plan(Verdict.NOTHING_TO_DO, reason, (), (), unknown, facts)
    by_run = tuple(one for one in free if one.remedy is not Remedy.ESCALATE)
    left = tuple(one for one in free if one.remedy is Remedy.ESCALATE)
    if by_run:
        return _plan(Verdict.ACT, _reason(free), _venues(by_run), left, unknown, facts)
    if left:
        return _plan(Verdict.ESCALATE, _reason(left), (), left, unknown, facts)
    if whys := blind(facts):
        return _plan(Verdict.ESCALATE, f"cannot tell whether orders fail: {whys[0]}", (), (), unknown, facts)
    return _plan(Verdict.NOTHING_TO_DO, _nothing(facts, settings, now), (), (), unknown, facts)


def _let_go(
    found: Iterable[OrderGroup], switch: KillSwitchFact | None, only: str | None
) -> tuple[tuple[OrderGroup, ...], tuple[str, ...]]:
    """Groups without those for whom the kill switch is engaged, and these. `only`: groups of this one alone."""
    free: list[OrderGroup] = []
    halted: set[str] = set()
    for group in found:
        if only is not None and group.strategy_ids and only not in group.strategy_ids:
            continue
        stopped = {one for one in group.strategy_ids if halts(switch, one)}
        halted |= stopped
        left = tuple(one for one in group.strategy_ids if one not in stopped)
        if left or not group.strategy_ids:
            free.append(replace(group, strategy_ids=left))
    return tuple(free), tuple(sorted(halted))


def _venues(groups: Sequence[OrderGroup]) -> tuple[VenueGroups, ...]:
    names = dict.fromkeys(one.venue for one in groups if one.venue is not None)
    return tuple(
        VenueGroups(
            venue,
            calm=tuple(one for one in groups if one.venue == venue and one.remedy in CALMS),
            change=tuple(one for one in groups if one.venue == venue and one.remedy not in CALMS),
        )
        for venue in sorted(names)
    )


def _plan(
    verdict: Verdict,
    reason: str,
    venues: tuple[VenueGroups, ...],
    left: tuple[OrderGroup, ...],
    unknown: tuple[str, ...],
    facts: OrderFacts,
) -> OrderPlan:
    groups = [*left, *(one for venue in venues for one in (*venue.calm, *venue.change))]
    ids = sorted({one for group in groups for one in group.strategy_ids})
    return OrderPlan(verdict, reason, venues, left, tuple(ids), unknown, blind(facts))


def _reason(groups: Sequence[OrderGroup]) -> str:
    told_each = [
        f"{word_of(one)} at {'/'.join(filter(None, (one.venue, one.account))) or 'no venue by name'}"
        f"{' (' + counted(one.count, 'order' if one.orders else 'failure') + ')' if one.count else ''}"
        for one in groups[:5]
    ]
    more = f" and {len(groups) - 5} more" if len(groups) > 5 else ""
    return f"orders fail: {'; '.join(told_each)}{more}"


def _nothing(facts: OrderFacts, settings: OrderSettings, now: datetime) -> str:
    logs = facts.logs
    if logs is None or not logs.signs:
        return "no order fails, and none works for too long"
    old, newest = sum(sign.count for sign in logs.signs), max(sign.last_at for sign in logs.signs)
    if newest < now - timedelta(seconds=settings.failing_within):
        return f"no order fails any more: the newest of {old} failures was at {newest:%Y-%m-%d %H:%M:%S} UTC"
    if (
        max(sum(s.count for s in logs.signs if s.cause is sign.cause) for sign in logs.signs)
        >= settings.failures_least
    ):
        return f"what failed ({old} times) is denied by the venue, and has not failed since {newest:%H:%M:%S} UTC"
    return f"{old} failures in the window, fewer than {settings.failures_least} of one cause: no trouble yet"


def _names(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
