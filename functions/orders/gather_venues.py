"""The live accounts where strategies order, each looked at once: venue first, then account, then its symbols."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from functions import at_venues
from functions.errors import RunbookError
from functions.facts import Reading
from functions.orders.gathering import LogLook, TradersSeen, VenuesSeen
from functions.orders.turned_away import pause_after
from functions.ports import Ports
from functions.rules.orders.calm import refusing
from functions.rules.orders.facts import OrderVenueFact, SymbolFact, TraderFact
from functions.settings import Settings
from functions.venue import AccountFact, Book, Row, VenueStatus, Where

NEEDS: Final = ("clock.now", "exchange.account", "exchange.book", "exchange.market", "exchange.status")
# Seconds for all accounts together, which are looked at side by side.
WITHIN: Final = 45.0
# Seconds of one account after which no further symbol is begun.
SYMBOLS_FOR: Final = 30.0
# Symbols of one account, and of all together: those that fail by the log first.
MOST_SYMBOLS: Final = 12
MOST_IN_ALL: Final = 60
MOST_TOLD: Final = 200
LIVE: Final = "live"
# What the venue says of itself that makes every other answer of it worth nothing.
AWAY: Final = (Row.MAINTENANCE, Row.RATE_LIMITED, Row.UNREACHABLE)


def look(ports: Ports, settings: Settings, log: LogLook, seen: TradersSeen) -> VenuesSeen:
    """An account that is not read is there all the same, with what is not known of it."""
    wanted = _wanted(log, seen.traders)
    counting = refusing(log.fact, ports.clock.now())

    def look_at(where: Where) -> OrderVenueFact:
        why = counting.get(where.venue) or counting.get(None)
        if why is not None:
            return _unasked(ports, where, wanted[where], why)
        return _looked(ports, where, wanted[where])

    def otherwise(where: Where, why: str) -> OrderVenueFact:
        return _unasked(ports, where, wanted[where], why)

    found = at_venues.each(list(wanted), look_at, otherwise, within=WITHIN)
    unread = _unread(seen, settings)
    return VenuesSeen(venues=tuple(found[where] for where in wanted), unread="; ".join(unread) or None)


def _wanted(log: LogLook, traders: Iterable[TraderFact]) -> dict[Where, tuple[str, ...]]:
    """Each account with the symbols of the configs that trade there; those that the log names first."""
    failing = {sign.symbol for sign in log.fact.signs} if log.fact else set()
    symbols: dict[Where, dict[str, None]] = {}
    for one in traders:
        if one.mode == LIVE and one.venue and one.account:
            symbols.setdefault(Where(one.venue, one.account), {}).update(dict.fromkeys(one.symbols))
    each = min(MOST_SYMBOLS, MOST_IN_ALL // len(symbols)) if symbols else 0
    ordered = sorted(symbols, key=lambda where: (where.venue, where.account))
    return {where: tuple(sorted(symbols[where], key=lambda one: one not in failing))[:each] for where in ordered}


def _unread(seen: TradersSeen, settings: Settings) -> list[str]:
    strange = sorted({one.venue for one in seen.traders if one.venue and one.venue not in settings.exchanges})
    told = [f"who trades is not known: {seen.unread}"] if seen.unread and not seen.traders else []
    return [*told, *(f"{venue} is no venue of the settings" for venue in strange)]


def _looked(ports: Ports, where: Where, symbols: tuple[str, ...]) -> OrderVenueFact:
    status = ports.exchange.status(where.venue)
    if status.reading is not Reading.OK and status.trouble is not None and status.trouble.row in AWAY:
        why = f"{where.venue} is not asked: {status.detail}"[:MOST_TOLD]
        return _fact(ports, where, status, None, why, tuple(_unread_symbol(ports, one, why) for one in symbols))
    account, unread, counts = _account(ports, where)
    return _fact(ports, where, status, account, unread, _symbols(ports, where, symbols, counts))


def _symbols(ports: Ports, where: Where, symbols: tuple[str, ...], counts: str | None) -> tuple[SymbolFact, ...]:
    """`counts`: the venue refuses because there are too many requests; then it is asked after no further one."""
    started, facts = ports.clock.now(), list[SymbolFact]()
    for symbol in symbols:
        late = (ports.clock.now() - started).total_seconds() > SYMBOLS_FOR
        why = counts or ("no time was left to look at it" if late else None)
        if why is not None:
            facts.append(_unread_symbol(ports, symbol, why))
            continue
        fact, counts = _symbol(ports, where, symbol)
        facts.append(fact)
    return tuple(facts)


def _account(ports: Ports, where: Where) -> tuple[AccountFact | None, str | None, str | None]:
    """And, where it refuses because there are too many requests, that: then it is asked after no symbol."""
    try:
        found = ports.exchange.account(where)
    except RunbookError as error:
        told = str(error)[:MOST_TOLD]
        return None, told, told if pause_after(error) else None
    counted = (one for one in found.unread if f": {Row.RATE_LIMITED.value} (" in one)
    return found, None, next(counted, None)


def _symbol(ports: Ports, where: Where, symbol: str) -> tuple[SymbolFact, str | None]:
    try:
        market = ports.exchange.market(where, symbol)
    except RunbookError as error:
        unknown = error.trouble is not None and error.trouble.row is Row.INVALID_SYMBOL
        told = str(error)[:MOST_TOLD]
        known = False if unknown else None
        fact = SymbolFact(symbol, known=known, market=None, book=None, why=told, at=ports.clock.now())
        return fact, told if pause_after(error) else None
    book, why, counts = None, "", None
    if market.active:
        book, why, counts = _book(ports, where, symbol)
    return SymbolFact(symbol, known=True, market=market, book=book, why=why, at=ports.clock.now()), counts


def _book(ports: Ports, where: Where, symbol: str) -> tuple[Book | None, str, str | None]:
    """Its best level on each side: no more of it is judged, and it is carried on."""
    try:
        book = ports.exchange.book(where, symbol)
    except RunbookError as error:
        told = f"book: {error}"[:MOST_TOLD]
        return None, told, told if pause_after(error) else None
    return replace(book, bids=book.bids[:1], asks=book.asks[:1]), "", None


def _unasked(ports: Ports, where: Where, symbols: tuple[str, ...], why: str) -> OrderVenueFact:
    """Not asked at all, or without an answer."""
    told = why[:MOST_TOLD]
    status = VenueStatus(where.venue, Reading.UNKNOWN, told, ports.clock.now())
    return _fact(ports, where, status, None, told, tuple(_unread_symbol(ports, one, told) for one in symbols))


def _unread_symbol(ports: Ports, symbol: str, why: str) -> SymbolFact:
    return SymbolFact(symbol, known=None, market=None, book=None, why=why, at=ports.clock.now())


def _fact(
    ports: Ports,
    where: Where,
    status: VenueStatus,
    account: AccountFact | None,
    unread: str | None,
    symbols: tuple[SymbolFact, ...],
) -> OrderVenueFact:
    return OrderVenueFact(where.venue, where.account, status, account, unread, symbols, ports.clock.now())
