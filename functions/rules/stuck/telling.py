"""The facts of a question about a stuck position, the weightiest first: a mail may cut what comes last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from functions.approvals import Line
from functions.rules.proposals import names
from functions.rules.stuck.asking import Asking
from functions.rules.stuck.waiting import liquidation_near


def told(number: Decimal | None) -> str:
    """Without an exponent and without idle zeros; `not known` for None."""
    if number is None:
        return "not known"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def clause(text: str) -> str:
    """A sentence as a part of another one: without the point at its end."""
    return text.strip().rstrip(".").rstrip()


def money(number: Decimal | None, quote: str) -> str:
    """To the cent; what rounds to nothing has no sign."""
    if number is None:
        return "not known"
    cents = number.quantize(Decimal("0.01"))
    return f"{cents:+f} {quote}" if cents else f"0.00 {quote}"


def facts_of(asking: Asking, against_waiting: tuple[str, ...], against_closing: str | None) -> Iterator[Line]:
    position, unit, quote = asking.position, asking.unit, asking.rules.quote
    if asking.last is not None:
        yield Line("The close before", asking.last)
    yield Line("Position", _position(asking))
    yield Line("Table and venue", _side_by_side(asking))
    yield Line("Why it is stuck", asking.why.detail)
    yield Line("Stuck", asking.by_hand or asking.overdue.told)
    yield Line("Expected price", _expected(asking))
    if asking.worst is not None:
        yield Line(
            "Worst price", f"{told(asking.worst)} {quote}, {asking.bps} bps from the mark {told(asking.mark)}"
        )
    yield Line("Profit or loss", _gain(asking))
    yield Line("Since the exit was due", _since_due(asking))
    yield Line("Liquidation", _liquidation(asking))
    yield Line("Protection at the venue", _protection(asking))
    if asking.attribution.others:
        yield Line("Others in it", _others(asking))
    if liquidation_near(asking.market, asking.settings):
        yield Line("One person is enough", "liquidation is near, so a second person is not waited for")
    yield Line("Closing by the runbook", f"not offered: {against_closing}" if against_closing else _quoted(asking))
    if against_waiting:
        yield Line("Waiting for the next cycle", f"not offered: {'; '.join(against_waiting)}")
    yield Line("Working at the venue", _working(asking))
    yield Line("Account", f"{unit.account} at {unit.venue}, position {position.position_id}")
    if asking.unreadable:
        yield Line("Not readable", "; ".join(asking.unreadable))


def _position(asking: Asking) -> str:
    position = asking.position
    opened = f", opened {at(position.opened_at)}" if position.opened_at else ""
    entry = f" at {told(position.entry_price)}" if position.entry_price is not None else ""
    return f"{asking.unit.side} {told(position.amount)} {position.symbol} of {position.strategy_id}{entry}{opened}"


def _side_by_side(asking: Asking) -> str:
    venue, found = asking.venue, asking.attribution
    other = f", and {told(venue.opposite)} the other way" if venue.opposite else ""
    return (
        f"table {told(asking.position.amount)}, venue {told(venue.amount)}{other}: {clause(found.told)}; "
        f"{told(found.amount)} may be closed"
    )


def _expected(asking: Asking) -> str:
    quote = asking.rules.quote
    if asking.book is None:
        return "not known: the order book could not be read"
    if asking.average is None:
        return f"the order book is too thin for {told(asking.amount)}"
    average, amount = f"{asking.average:.8g}", told(asking.amount)
    return f"{average} {quote} on average for all of {amount}, by the book of {at(asking.book.at)}"


def _gain(asking: Asking) -> str:
    quote = asking.rules.quote
    now, closed = asking.gain(asking.mark), asking.gain(asking.average)
    return (
        f"{money(now, quote)} at the mark, {money(closed, quote)} at the expected price; without fees and funding"
    )


def _since_due(asking: Asking) -> str:
    """The loss that "wait for the next cycle" is judged by, and the report's price of the delay."""
    due, price, loss = asking.overdue.due_at, asking.due_price, asking.market.loss_bps
    if due is None:
        return "not known: nothing says when its exit was due"
    if price is None or loss is None:
        return f"not known: the market's price at {at(due)} could not be read"
    bps = loss.quantize(Decimal(1))
    word = "lost" if bps > 0 else "gained" if bps < 0 else "lost or gained"
    then = f"the market's price when it was due, {told(price)} {asking.rules.quote} at {at(due)}"
    return f"{abs(bps)} bps {word} against {then}"


def _liquidation(asking: Asking) -> str:
    market, price = asking.market, asking.venue.liquidation_price
    if market.liquidation_percent is not None:
        return f"at {told(price)}, {market.liquidation_percent:.1f} % away"
    return "the distance is not known" if market.liquidation_named else "the venue names no liquidation price"


def _protection(asking: Asking) -> str:
    if asking.orders is None:
        return "not known: its orders could not be read"
    resting = [order for order in asking.orders if order.protects(asking.unit)]
    if not resting:
        return "none rests at the venue"
    told_ = [f"{order.type} at {told(order.trigger_price)}" for order in resting]
    return names(told_, 3)


def _working(asking: Asking) -> str:
    if asking.orders is None:
        return "not known"
    exits = [one for one in asking.orders if not one.trigger and one.reduces(asking.unit) is not False]
    shown = [
        f"{one.side} {told(one.left)} at {told(one.price)} ({one.client_order_id or one.order_id})" for one in exits
    ]
    return names(shown, 3) or "no exit order"


def _others(asking: Asking) -> str:
    shares = [one for one in asking.attribution.owners if one.position_id != asking.position.position_id]
    shown = [f"{one.strategy_id} {told(one.amount)}" for one in shares]
    return f"{names(shown)}: {told(asking.attribution.rest)} stays at the venue"


def _quoted(asking: Asking) -> str:
    minutes = asking.settings.quote_holds // 60
    return f"the quote holds for {minutes} min; after that, or beyond the worst price, you are asked again"


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
