"""The classifier: several causes at once, each by the log, by the venue's own facts, or by both.

The log alone makes a cause where enough failures of it are new enough; the venue's facts alone where orders fail at
all. `confirmed` is what both say. While a venue is in maintenance what else is said of it is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from functions.facts import Evidence, KillSwitchFact
from functions.order_settings import OrderSettings
from functions.rules.kill_switch import halts, told
from functions.rules.orders.causes import CALMS, REMEDIES, Cause, Remedy
from functions.rules.orders.confirming import Second, gone, in_maintenance, second, unread_rows
from functions.rules.orders.facts import OrderFacts, OrderVenueFact
from functions.rules.orders.fixes import fix_of
from functions.rules.orders.grouping import VENUE_WIDE, Bucket, Place, bucket_of, buckets
from functions.rules.orders.plan import OrderGroup, OrderPlan, VenueGroups, Verdict
from functions.rules.orders.stuck_groups import stuck_groups
from functions.rules.orders.unknown_parts import blind, unknown_parts
from functions.venue import Row

# Samples of lines among a group's evidence.
MOST_SAMPLES = 3
LOG = "the service's log"


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
    found = (*_causes(facts, settings, now), *stuck_groups(facts))
    free, halted = _let_go(found, kill_switch, only)
    unknown = unknown_parts(facts)
    if kill_switch is None:
        left = tuple(replace(one, remedy=Remedy.ESCALATE) for one in free)
        reason = "the kill switch could not be read, so nothing is changed"
        return _plan(Verdict.ESCALATE, reason, (), left, (*unknown, "the kill switch could not be read"), facts)
    if not free and halted:
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


def _causes(facts: OrderFacts, settings: OrderSettings, now: datetime) -> tuple[OrderGroup, ...]:
    said = [one for one in buckets(facts) if _fresh(one, settings, now)]
    enough = [one for one in said if one.count >= settings.failures_least]
    rare = [one for one in said if one.count < settings.failures_least]
    made = [_group(one, facts, settings, now) for one in enough]
    # What is too rare by itself counts where the facts say the same.
    made += [group for one in rare if (group := _group(one, facts, settings, now)).confirmed]
    known = {(one.cause, one.venue, one.account) for one in made}
    for bucket in _by_facts(facts, said, settings, now):
        if (bucket.cause, bucket.place.venue, bucket.place.account) not in known:
            made.append(_group(bucket, facts, settings, now))
    return _without_companions(made)


def _fresh(bucket: Bucket, settings: OrderSettings, now: datetime) -> bool:
    return bucket.last_at is not None and bucket.last_at >= now - timedelta(seconds=settings.failing_within)


def _by_facts(
    facts: OrderFacts, said: Sequence[Bucket], settings: OrderSettings, now: datetime
) -> Iterable[Bucket]:
    """Where orders fail at all, whatever the lines say; and where the log could not be read."""
    for fact in facts.venues:
        place = Place(fact.venue, fact.account_name)
        fails = facts.logs is None or any(_concerns(one.place, place) for one in said)
        stands = any(one.venue == fact.venue and one.account == fact.account_name for one in facts.stuck)
        if not (fails or stands):
            continue
        if in_maintenance(fact):
            yield bucket_of(Cause.MAINTENANCE, Place(fact.venue, None), facts.traders)
            continue
        account = fact.account
        if account is not None and account.frozen:
            yield bucket_of(Cause.ACCOUNT_FROZEN, place, facts.traders)
        elif Row.KEY.value in unread_rows(fact) or (account is not None and account.can_trade is False):
            yield bucket_of(Cause.PERMISSION, place, facts.traders)
        clock = bucket_of(Cause.CLOCK_SKEW, place, facts.traders)
        if second(clock, [fact], settings, now).says:
            yield clock
        if any(gone(one) for one in fact.symbols):
            yield _of_symbols(bucket_of(Cause.INVALID_SYMBOL, place, facts.traders), fact)


def _of_symbols(bucket: Bucket, fact: OrderVenueFact) -> Bucket:
    """Only those whose config holds one that is not traded."""
    not_traded = {one.symbol for one in fact.symbols if gone(one)}
    return replace(bucket, traders=tuple(one for one in bucket.traders if not_traded & set(one.symbols)))


def _concerns(said: Place, place: Place) -> bool:
    return said.venue in (None, place.venue) and said.account in (None, place.account)


def _group(bucket: Bucket, facts: OrderFacts, settings: OrderSettings, now: datetime) -> OrderGroup:
    there = [one for one in facts.venues if _concerns(bucket.place, Place(one.venue, one.account_name))]
    found = second(bucket, there, settings, now)
    away = next((one for one in there if in_maintenance(one)), None)
    confirmed = found.says is True and (away is None or bucket.cause is Cause.MAINTENANCE)
    symbols = _symbols(bucket, there)
    waits = [sign.retry_after_seconds for sign in bucket.signs if sign.retry_after_seconds is not None]
    counted = {sign.counts_orders for sign in bucket.signs if sign.counts_orders is not None}
    return OrderGroup(
        group_id=f"{bucket.cause.value}:{bucket.place.told}",
        cause=bucket.cause,
        remedy=_remedy(bucket, symbols),
        venue=bucket.place.venue,
        account=bucket.place.account,
        strategy_ids=bucket.strategy_ids,
        symbols=symbols,
        confirmed=confirmed,
        count=bucket.count,
        first_at=bucket.first_at,
        last_at=bucket.last_at,
        codes=bucket.codes,
        fix=fix_of(bucket, symbols, found),
        evidence=_evidence(bucket, found, away, now),
        retry_after_seconds=max(waits, default=None),
        counts_orders=True in counted if counted else None,
        until=next((one.status.until for one in there if one.status.until), None),
    )


def _remedy(bucket: Bucket, symbols: tuple[str, ...]) -> Remedy:
    """What cannot be done without a name that nobody knows is a person's."""
    remedy, place = REMEDIES[bucket.cause], bucket.place
    if place.venue is None or not bucket.strategy_ids:
        return Remedy.ESCALATE
    if place.account is None and bucket.cause not in VENUE_WIDE and bucket.cause is not Cause.INVALID_PRICE:
        return Remedy.ESCALATE
    return Remedy.ESCALATE if bucket.cause is Cause.INVALID_SYMBOL and not symbols else remedy


def _symbols(bucket: Bucket, there: Sequence[OrderVenueFact]) -> tuple[str, ...]:
    """Of an unknown symbol: those that the venue does not trade, then those that the lines name and that no look
    has found trading. Else what the lines name."""
    named = [sign.symbol for sign in bucket.signs if sign.symbol]
    if bucket.cause is not Cause.INVALID_SYMBOL:
        return tuple(dict.fromkeys(named))
    mine = {symbol for one in bucket.traders for symbol in one.symbols}
    looked = {one.symbol: gone(one) for venue in there for one in venue.symbols}
    not_traded = [symbol for symbol, is_gone in looked.items() if is_gone and symbol in mine]
    return tuple(dict.fromkeys([*not_traded, *(one for one in named if looked.get(one) is not False)] or named))


def _evidence(bucket: Bucket, found: Second, away: OrderVenueFact | None, now: datetime) -> tuple[Evidence, ...]:
    seen = [found.evidence(bucket.cause)]
    if away is not None and bucket.cause is not Cause.MAINTENANCE:
        seen.append(
            Evidence("in maintenance: what is said there is no evidence", away.venue, away.status.detail, now)
        )
    newest = sorted(bucket.signs, key=lambda sign: sign.last_at, reverse=True)
    for sign in newest[:MOST_SAMPLES]:
        value = f"{sign.count} times, the newest: {sign.sample}"
        seen.append(Evidence(f"failures: {bucket.cause.value}", LOG, value, sign.last_at))
    return tuple(seen)


def _without_companions(made: Sequence[OrderGroup]) -> tuple[OrderGroup, ...]:
    """A failure without a code beside a known one of the same strategies is what that one is told with a second
    time (a traceback, a time-out while the venue is away), as long as there are no more of them."""
    known = [one for one in made if one.cause is not Cause.UNKNOWN]

    def is_companion(one: OrderGroup) -> bool:
        near = [k for k in known if one.venue in (None, k.venue) and set(one.strategy_ids) <= set(k.strategy_ids)]
        return not one.codes and one.count <= sum(k.count for k in near)

    return tuple(one for one in made if one.cause is not Cause.UNKNOWN or not is_companion(one))


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
        f"{one.remedy.value if one.remedy is Remedy.RESOLVE_STUCK else one.cause.value} at "
        f"{'/'.join(filter(None, (one.venue, one.account))) or 'no venue by name'}"
        f"{' (' + str(one.count) + ' failures)' if one.count else ''}"
        for one in groups[:5]
    ]
    more = f" and {len(groups) - 5} more" if len(groups) > 5 else ""
    return f"orders fail: {'; '.join(told_each)}{more}"


def _nothing(facts: OrderFacts, settings: OrderSettings, now: datetime) -> str:
    logs = facts.logs
    old = sum(sign.count for sign in logs.signs) if logs else 0
    if not old:
        return "no order fails, and none works for too long"
    newest = max(sign.last_at for sign in logs.signs) if logs else now
    if newest < now - timedelta(seconds=settings.failing_within):
        return f"no order fails any more: the newest of {old} failures was at {newest:%Y-%m-%d %H:%M:%S} UTC"
    return f"{old} failures in the window, fewer than {settings.failures_least} of one cause: no trouble yet"


def _names(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
