"""One cause at one account as the group that a remedy is about: who, which symbols, evidence of both kinds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from functions.facts import Evidence
from functions.order_settings import OrderSettings
from functions.rules.orders.causes import REMEDIES, Cause, Remedy
from functions.rules.orders.confirming import Second, gone, in_maintenance, second
from functions.rules.orders.facts import OrderFacts, OrderVenueFact
from functions.rules.orders.fixes import fix_of
from functions.rules.orders.grouping import VENUE_WIDE, Bucket, Place
from functions.rules.orders.plan import OrderGroup

# Samples of lines among a group's evidence.
MOST_SAMPLES = 3
LOG = "the service's log"


def looked_at(bucket: Bucket, facts: OrderFacts) -> tuple[OrderVenueFact, ...]:
    """The accounts that it is about, of those that were looked at."""
    return tuple(one for one in facts.venues if concerns(bucket.place, Place(one.venue, one.account_name)))


def concerns(said: Place, place: Place) -> bool:
    """What is said of an unknown venue or account may be of this one."""
    return said.venue in (None, place.venue) and said.account in (None, place.account)


def group_of(bucket: Bucket, facts: OrderFacts, settings: OrderSettings, now: datetime) -> OrderGroup:
    there = looked_at(bucket, facts)
    found = second(bucket, there, settings, now)
    away = next((one for one in there if in_maintenance(one)), None)
    confirmed = found.says is True and (away is None or bucket.cause is Cause.MAINTENANCE) and not _guess(bucket)
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
        counted=_counted(bucket),
    )


def _counted(bucket: Bucket) -> tuple[str, ...]:
    """Orders are counted by account: who orders by another one is slowed down for nothing."""
    account_of = {one.strategy_id: one.account for one in bucket.traders}
    found = {account_of.get(sign.strategy_id or "") for sign in bucket.signs if sign.counts_orders}
    known = sorted(one for one in found if one is not None)
    return tuple(known) if len(known) == len(found) else ()


def _guess(bucket: Bucket) -> bool:
    """Whose prices are refused no line says, and one config is not another's."""
    return bucket.cause is Cause.INVALID_PRICE and bucket.guessed and len(bucket.traders) > 1


def _remedy(bucket: Bucket, symbols: tuple[str, ...]) -> Remedy:
    """What cannot be done without a name that nobody knows is a person's."""
    remedy, place = REMEDIES[bucket.cause], bucket.place
    if place.venue is None or not bucket.traders:
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
    if _guess(bucket):
        seen.append(Evidence("no line names a strategy", LOG, "these are all who trade there", now))
    newest = sorted(bucket.signs, key=lambda sign: sign.last_at, reverse=True)
    for sign in newest[:MOST_SAMPLES]:
        value = f"{sign.count} times, the newest: {sign.sample}"
        seen.append(Evidence(f"failures: {bucket.cause.value}", LOG, value, sign.last_at))
    return tuple(seen)
