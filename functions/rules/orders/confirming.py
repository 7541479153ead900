"""What the venue, the account, the markets and the configs say to a cause: a second kind of evidence.

Without it no config is changed unasked. What could not be read confirms nothing, and denies nothing either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, assert_never

from functions.facts import Evidence, Reading
from functions.order_settings import OrderSettings
from functions.rules.orders.causes import Cause
from functions.rules.orders.codes import BY_TEXT
from functions.rules.orders.facts import OrderVenueFact, SymbolFact
from functions.rules.orders.grouping import Bucket
from functions.rules.orders.reading import statuses_in
from functions.venue import Row

LIMIT: Final = "limit"
TURNED_AWAY: Final = frozenset({418, 429})


@dataclass(frozen=True, slots=True)
class Second:
    """`says` True: it says the same. False: it says the contrary. None: it does not say. `told` is what it says."""

    says: bool | None
    told: str
    where: str
    at: datetime

    def evidence(self, cause: Cause) -> Evidence:
        word = {True: "confirms", False: "contradicts", None: "does not tell"}[self.says]
        return Evidence(f"{word} {cause.value}", self.where, self.told, self.at)


def second(bucket: Bucket, venues: Sequence[OrderVenueFact], settings: OrderSettings, now: datetime) -> Second:
    """`venues`: the accounts that the bucket is about, all that were looked at."""
    where = bucket.place.told
    if not venues:
        return _by_log(bucket, now) or Second(None, "no live account was looked at", where, now)
    match bucket.cause:
        case Cause.MAINTENANCE:
            return _status(venues[0], Row.MAINTENANCE)
        case Cause.RATE_LIMITED:
            found = _status(venues[0], Row.RATE_LIMITED)
            # Its own code or status is the venue's word; that it has stopped refusing since is no contradiction.
            return found if found.says else _by_log(bucket, now) or Second(None, found.told, where, now)
        case Cause.INSUFFICIENT_BALANCE:
            return _balance(bucket, venues[0])
        case Cause.INVALID_PRICE:
            return _price(bucket, venues)
        case Cause.INVALID_SYMBOL:
            return _symbol(bucket, venues)
        case Cause.ACCOUNT_FROZEN:
            return _frozen(venues[0])
        case Cause.PERMISSION:
            return _permission(venues[0])
        case Cause.CLOCK_SKEW:
            return _clock(venues[0], settings.clock_skew_most)
        case Cause.UNKNOWN:
            return Second(None, "nothing is known to look for", where, now)
        case _:
            assert_never(bucket.cause)


def gone(fact: SymbolFact) -> bool | None:
    """Not traded at its venue; None: unread."""
    if fact.known is None:
        return None
    return not fact.known or (fact.market is not None and not fact.market.active)


def in_maintenance(fact: OrderVenueFact) -> bool:
    trouble = fact.status.trouble
    return fact.status.reading is Reading.FAILED and trouble is not None and trouble.row is Row.MAINTENANCE


def unread_rows(fact: OrderVenueFact) -> frozenset[str]:
    """Why parts of the account could not be read, by row (`part: row (Class code): text`)."""
    parts = fact.account.unread if fact.account else ()
    texts = [*parts, *([fact.account_unread] if fact.account_unread else [])]
    rows = (text.partition(": ")[2].partition(" (")[0] for text in texts)
    return frozenset(row for row in rows if row in {one.value for one in Row})


def need_of(bucket: Bucket) -> Decimal | None:
    """What the largest stake takes, without leverage; None: no config says."""
    return max((one.stake_amount for one in bucket.traders if one.stake_amount is not None), default=None)


def _where(fact: OrderVenueFact) -> str:
    return f"{fact.venue}/{fact.account_name}"


def _by_log(bucket: Bucket, now: datetime) -> Second | None:
    """An answer of the venue itself stands in the log: its code, or the status that only this has."""
    if bucket.cause is not Cause.RATE_LIMITED:
        return None
    told = [s for s in bucket.signs if (s.code and s.code not in BY_TEXT) or TURNED_AWAY & {*statuses_in(s.sample)}]
    if not told:
        return None
    waits = max((s.retry_after_seconds for s in told if s.retry_after_seconds is not None), default=None)
    pause = "no Retry-After" if waits is None else f"Retry-After {waits} s"
    return Second(True, f"the venue's own answer {told[0].code or '429'}, {pause}", bucket.place.told, now)


def _status(fact: OrderVenueFact, row: Row) -> Second:
    status = fact.status
    if status.reading is Reading.OK:
        return Second(False, f"it answers: {status.detail}", fact.venue, status.at)
    same = status.trouble is not None and status.trouble.row is row
    until = f", until {status.until:%Y-%m-%d %H:%M:%S} UTC" if status.until and same else ""
    return Second(True if same else None, f"{status.detail}{until}", fact.venue, status.at)


def _balance(bucket: Bucket, fact: OrderVenueFact) -> Second:
    account, need = fact.account, need_of(bucket)
    if account is None or account.available is None:
        return Second(None, fact.account_unread or "the balance could not be read", _where(fact), fact.at)
    quote = account.quote or "in the quote currency"
    has = f"{account.available} {quote} available"
    if account.available <= 0:
        return Second(True, has, _where(fact), account.at)
    if need is None:
        return Second(None, f"{has}; no config says what an order needs", _where(fact), account.at)
    return Second(account.available < need, f"{has}, the largest stake is {need}", _where(fact), account.at)


def _price(bucket: Bucket, venues: Sequence[OrderVenueFact]) -> Second:
    """A price can be refused where orders have one, in a market that is open and has prices on both sides."""
    fact = venues[0]
    limits = [one for one in bucket.traders if one.order_type in (LIMIT, None)]
    if not limits:
        return Second(False, "no config concerned places limit orders", _where(fact), fact.at)
    offsets = [one for one in limits if one.limit_offset_bps is not None]
    if not offsets:
        return Second(None, "no config concerned says its limit_offset_bps", _where(fact), fact.at)
    wanted = {s.symbol for s in bucket.signs if s.symbol} or {one for t in limits for one in t.symbols}
    looked = [one for venue in venues for one in venue.symbols if one.symbol in wanted]
    if any(gone(one) for one in looked):
        return Second(
            False, f"{_names(one.symbol for one in looked if gone(one))}: not traded", _where(fact), fact.at
        )
    priced = [one for one in looked if one.book is not None and one.book.bids and one.book.asks]
    if not priced:
        why = next((one.why for one in looked if one.why), "no market or book was read")
        return Second(None, why, _where(fact), fact.at)
    told = ", ".join(f"{one.strategy_id} {one.limit_offset_bps} bps" for one in offsets[:3])
    return Second(
        True, f"{_names(one.symbol for one in priced)} trade, limit orders at {told}", _where(fact), fact.at
    )


def _symbol(bucket: Bucket, venues: Sequence[OrderVenueFact]) -> Second:
    fact = venues[0]
    looked = [one for venue in venues for one in venue.symbols]
    mine = [one for one in looked if one.symbol in {s.symbol for s in bucket.signs}] or looked
    not_traded = [one for one in mine if gone(one)]
    if not_traded:
        return Second(True, "; ".join(map(_of_symbol, not_traded[:4])), _where(fact), not_traded[0].at)
    if not mine or any(gone(one) is None for one in mine):
        why = next((one.why for one in mine if one.why), "no symbol was looked at")
        return Second(None, why, _where(fact), fact.at)
    return Second(False, f"{_names(one.symbol for one in mine)} trade", _where(fact), fact.at)


def _of_symbol(fact: SymbolFact) -> str:
    if not fact.known:
        return f"{fact.symbol}: the venue does not know it"
    return f"{fact.symbol}: {fact.market.status or 'not active' if fact.market else 'not active'}"


def _frozen(fact: OrderVenueFact) -> Second:
    account = fact.account
    if account is None or account.frozen is None:
        may = account is not None and account.can_trade is False
        told = "it may not trade; whether it is frozen the venue did not say" if may else "the venue did not say"
        return Second(True if may else None, fact.account_unread or told, _where(fact), fact.at)
    told = f"frozen ({account.frozen_why or 'no reason given'})" if account.frozen else "not frozen"
    return Second(account.frozen, told, _where(fact), account.at)


def _permission(fact: OrderVenueFact) -> Second:
    account = fact.account
    if Row.KEY.value in unread_rows(fact):
        parts = account.unread if account else ()
        told = next((one for one in parts if f": {Row.KEY.value} (" in one), fact.account_unread or "")
        return Second(True, told[:200], _where(fact), fact.at)
    if account is None or account.can_trade is None:
        return Second(None, fact.account_unread or "the venue did not say", _where(fact), fact.at)
    bound = {True: "bound to addresses", False: "bound to no address", None: "its addresses are not told"}
    may = "may trade" if account.can_trade else "may not trade"
    told = f"the key {may}, {bound[account.ip_restricted]}"
    return Second(account.can_trade is False, told, _where(fact), account.at)


def _clock(fact: OrderVenueFact, most: Decimal) -> Second:
    account = fact.account
    if account is None or account.clock_skew is None:
        by_row = Row.CLOCK.value in unread_rows(fact)
        return Second(
            True if by_row else None, fact.account_unread or "its time is not told", _where(fact), fact.at
        )
    side = "ahead of" if account.clock_skew >= 0 else "behind"
    told = f"our clock is {abs(account.clock_skew):.3f} s {side} the venue's (at most {most} s)"
    return Second(abs(account.clock_skew) > most, told, _where(fact), account.at)


def _names(symbols: Iterable[str]) -> str:
    found = list(dict.fromkeys(symbols))
    return ", ".join(found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")
