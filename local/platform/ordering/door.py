"""What the venue has against a bot's order at this moment, in the order in which it would say so.

Bots speak to the venue inside of its process, past the HTTP face, so that they use up no fault that is meant for
somebody else; what lasts is said to them here as it is said there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from local.platform.exchange import broken, checks, errors
from local.platform.exchange.account import Account
from local.platform.exchange.errors import No, Refused
from local.platform.exchange.margin import Margins
from local.platform.exchange.market import CONTRACTS, UNLISTED
from local.platform.exchange.signing import AHEAD_AT_MOST, USUAL_WINDOW
from local.platform.exchange.venue import Refusal, Venue, too_many_orders
from local.platform.exchange.wanted import Wanted

TEAPOT: Final = "I'm a teapot"
REASONS: Final = {400: "Bad Request", 401: "Unauthorized", 418: TEAPOT, 429: "Too Many Requests"}


@dataclass(frozen=True)
class Said:
    """An answer that is no order: `retry_after` in platform seconds."""

    status: int
    code: int
    text: str
    retry_after: int | None = None


def objections(venue: Venue, account: Account, wanted: Wanted, too_many: bool) -> list[Said]:
    """All that stands against it; empty: the venue would take it. `too_many`: more orders than it counts came."""
    return [*_at_the_door(venue, account, too_many), *_at_the_desk(venue, account, wanted)]


def _at_the_door(venue: Venue, account: Account, too_many: bool) -> Iterator[Said]:
    """Before the order itself is looked at: the venue is away, too much came, the key or the time is wrong."""
    refusal = venue.refusal()
    if refusal is None and too_many and venue.order_limit is not None:
        refusal = too_many_orders(venue.order_limit)
    if refusal is not None:
        yield _refused(refusal)
    if any(one.name == "maintenance" for one in venue.faults.active):
        yield Said(*broken.SAID["maintenance"])
    if account.rights.revoked or not account.rights.futures or not account.rights.reading:
        yield _said(errors.BAD_KEY)
    skew = venue.faults.clock_skew()
    if skew > USUAL_WINDOW:
        yield _said(errors.OUTSIDE_WINDOW)
    elif skew <= -AHEAD_AT_MOST:
        yield _said(errors.AHEAD)


def _at_the_desk(venue: Venue, account: Account, wanted: Wanted) -> Iterator[Said]:
    exchange, contract = venue.exchange, CONTRACTS.get(wanted.symbol)
    if contract is None or exchange.statuses[wanted.symbol] == UNLISTED:
        yield _said(errors.BAD_SYMBOL)
        return
    looks: list[Callable[[], None]] = [
        lambda: checks.check_status(wanted, exchange.statuses[wanted.symbol]),
        lambda: checks.check_frozen(account),
    ]
    if wanted.priced:
        looks.append(lambda: exchange.desk.check_moved(wanted, contract))
    if wanted.amount is not None:
        amount, price = wanted.amount, wanted.price or exchange.prices.mark(wanted.symbol)
        available = Margins(account, exchange.prices).available
        looks.append(lambda: checks.check_margin(wanted, amount, account, available, price))
    for look in looks:
        try:
            look()
        except Refused as refused:
            yield _said(refused.no)


def _said(no: No) -> Said:
    return Said(no.status, no.code, no.text)


def _refused(one: Refusal) -> Said:
    return Said(one.status, one.code, one.text, one.retry_after)
