"""The question what to do with a stuck position: its options, each with what happens then and its phrase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.approvals import CloseTerms, Option, Question, Risk
from functions.rules.stuck.asking import Asking
from functions.rules.stuck.telling import facts_of, told
from functions.rules.stuck.waiting import liquidation_near, why_not_wait
from functions.venue import Unit

WAIT: Final = "wait_next_cycle"
MANUAL: Final = "manual_close"
CLOSE: Final = "emergency_close"
UNBOUNDED: Final = "emergency_close_unbounded"
LEAVE: Final = "leave_open"
CLOSED: Final = "closed"
NOT_CLOSED: Final = "not_closed"

CLOSES: Final = frozenset({CLOSE, UNBOUNDED})
# The same for every position, so that requests alike can be one.
ANY_PRICE: Final = (
    "I accept any price: this is a market order without a bound, and nobody knows what it costs before it is "
    "filled."
)


def question(asking: Asking) -> Question:
    """What a yes to closing allows stands in `close`; without a price nobody is offered to close by us."""
    side, what = asking.unit.side, asking.position.symbol
    title = f"Stuck position: {side} {told(asking.amount)} {what} of {asking.position.strategy_id}"
    return Question(
        kind="close",
        title=title,
        target=target_of(asking.unit),
        facts=tuple(facts_of(asking, _against_waiting(asking), _against_closing(asking))),
        options=tuple(_options(asking)),
        evidence=asking.evidence,
        desk=asking.desk,
        cause=f"stuck_{asking.why.why.value}",
        venue=asking.unit.venue,
        again={"position_id": asking.position.position_id},
        close=terms_of(asking),
    )


def terms_of(asking: Asking) -> CloseTerms | None:
    mark, worst = asking.mark, asking.worst
    if mark is None or worst is None:
        return None
    return CloseTerms(
        position_id=asking.position.position_id,
        venue=asking.unit.venue,
        account=asking.unit.account,
        symbol=asking.unit.symbol,
        side=asking.unit.side,
        amount=asking.amount,
        worst_price=worst,
        mark_price=mark,
        average=asking.average,
        quoted_at=asking.book.at if asking.book else asking.venue.at,
    )


def target_of(unit: Unit) -> str:
    """`BTC/USDT:USDT` is typed as BTCUSDT."""
    return "".join(sign for sign in unit.symbol.partition(":")[0] if sign.isalnum())


def needed(asking: Asking) -> int:
    """Two people from a notional on; one where liquidation is near, because a second is not waited for then."""
    if liquidation_near(asking.market, asking.settings):
        return 1
    large = asking.notional is None or asking.notional >= asking.settings.two_people_from
    return 2 if large else 1


def _against_waiting(asking: Asking) -> tuple[str, ...]:
    return why_not_wait(
        asking.market, asking.settings, healthy=asking.healthy, waited_minutes=asking.waited_minutes
    )


def _against_closing(asking: Asking) -> str | None:
    """Why the runbook cannot send an order; None: it can."""
    if asking.mark is None:
        return "no price is known"
    if asking.account is None:
        return "the account could not be read"
    if asking.account.frozen:
        return f"the account is frozen ({asking.account.frozen_why or 'the venue does not say why'})"
    if asking.account.can_trade is False:
        return "the key may not trade"
    if not asking.rules.active:
        return f"the venue does not trade the symbol now ({asking.rules.status or 'not active'})"
    return None


def _options(asking: Asking) -> Iterator[Option]:
    settings = asking.settings
    if not _against_waiting(asking):
        yield Option(
            WAIT,
            "Wait: let the strategy try its exit again",
            "Nothing is sent and nothing is changed. At the time that you give it is looked at again, and you are "
            "asked again if it is still open.",
            Risk.NONE,
            "WAIT",
            until_at_most_minutes=settings.wait_at_most_minutes - asking.waited_minutes,
        )
    yield Option(
        MANUAL,
        "I close it at the exchange by hand",
        "The runbook sends nothing. It asks for what you did, verifies it at the venue, and writes the record.",
        Risk.NONE,
        "MANUAL",
    )
    if _against_closing(asking) is None:
        quote = asking.rules.quote
        yield Option(
            CLOSE,
            f"Close it now, at {told(asking.worst)} {quote} or better",
            f"The strategy's entries are paused; reduce-only orders of at most {told(asking.amount)} are sent, "
            f"none beyond {told(asking.worst)} {quote} ({asking.bps} bps from the mark). What is not filled there "
            "comes back to you.",
            Risk.REDUCES,
            "CLOSE",
            needed=needed(asking),
        )
        yield Option(
            UNBOUNDED,
            "Close it now, at any price",
            f"The same with a market order: all of {told(asking.amount)} goes at whatever price is there.",
            Risk.REDUCES,
            "ANYPRICE",
            needed=needed(asking),
            statement=ANY_PRICE,
        )
    yield Option(
        LEAVE,
        "Leave it open for now",
        "Nothing is changed. At the time that you give it is looked for again by itself, and asked about again.",
        Risk.NONE,
        "LEAVE",
        until_at_most_minutes=settings.leave_at_most_minutes,
    )
