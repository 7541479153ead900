"""What the report of a stuck position tells besides: the position, why it got stuck, its orders, what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.ports.exchange import Attempt, AttemptState
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.lines import BREAK
from functions.rules.reporting.own import Own
from functions.rules.units.pnl import delay_told
from functions.rules.units.story import Story
from functions.rules.units.words import cents, moment, money, number

NONE: Final = "none"


def own(story: Story) -> Own:
    """The lines of the manual runbook's "Post-Resolution" that no other runbook has."""
    return Own(
        title=f"Stuck position {story.position.position_id}",
        short=tuple(_short(story)),
        causes=_causes(story),
        sections=tuple(_sections(story)),
        money=(_impact(story), _shortfall(story)),
        questions=story.questions,
        acts_told=tuple(one.client_order_id for one in story.attempts),
    )


def _short(story: Story) -> Iterator[tuple[str, str]]:
    it = story.position
    yield "position", f"{it.side} {number(it.amount)} {it.symbol} of {it.strategy_id}"
    yield "money", BREAK.join(_money(story))


def _money(story: Story) -> Iterator[str]:
    """What the incident cost and what is still at risk; what the whole trade came to is another thing."""
    it, found = story.position, story.pnl
    if found is None:
        yield "Nothing of it is closed: no cost is known yet."
    else:
        delay = delay_told(found.shortfall, found.quote, short=True)
        fees = f"closing fees {cents(found.closing_fees, found.quote)}" if found.closing_fees is not None else ""
        yield f"{'; '.join(filter(None, (_capital(delay), fees)))}."
    if it.closed_at is None and it.status.strip().lower() != "closed":
        yield f"STILL AT RISK: {_at_risk(story)}."
    else:
        yield "Nothing of it is at risk any more: it is closed."
    if found is not None and found.total is not None:
        yield f"The whole trade, entry to exit: {cents(found.total, found.quote, sign=True)} with fees and funding."
    elif found is not None:
        yield f"The whole trade: {cents(found.price, found.quote, sign=True)} by price; fees or funding unknown."


def _at_risk(story: Story) -> str:
    """By the venue's share of it where that is known, at the price of its entry."""
    it, shares = story.position, story.attribution
    own = next((one for one in shares.owners if one.position_id == it.position_id), None) if shares else None
    amount = own.amount if own is not None and own.amount is not None else it.amount
    what = f"{it.side} {number(amount)} {it.symbol}"
    if it.entry_price is None:
        return f"{what}, of unknown worth"
    quote = it.symbol.rpartition("/")[2].partition(":")[0]
    return f"{what}, {cents(abs(amount) * it.entry_price, quote)} at its entry price"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _causes(story: Story) -> tuple[str, ...]:
    return story.causes if story.why else ("Its orders were not judged.", *story.causes)


def _sections(story: Story) -> Iterator[Section]:
    yield _position(story)
    yield _why(story)
    yield _held(story)
    yield _orders_sent(story)
    if story.unreadable:
        yield Section("Not readable", tuple(f"Could not be read: {one}" for one in story.unreadable))


def _position(story: Story) -> Section:
    it = story.position
    rows = (
        ("position", it.position_id),
        ("strategy", it.strategy_id),
        ("symbol", it.symbol),
        ("side and amount", f"{it.side} {number(it.amount)}"),
        ("entry", f"{number(it.entry_price)} at {moment(it.opened_at)}"),
        ("exit due", f"{moment(it.exit_signal_at)} ({it.exit_reason or 'no reason given'})"),
        (
            "venue, account, mode",
            f"{it.exchange or NONE}, {it.account or NONE}, {it.mode or NONE} (as its record says)",
        ),
        ("record", f"{it.status}{_closed(story)}"),
    )
    return Section("The position", tables=(Table(("what", "value"), rows),))


def _closed(story: Story) -> str:
    it = story.position
    return f" at {moment(it.closed_at)} for {number(it.exit_price)}" if it.closed_at or it.exit_price else ""


def _why(story: Story) -> Section:
    why = story.why
    lines = (why.detail, f"Its exit was due at {moment(why.due_at)}.") if why else ("Not judged.",)
    heads = ("sent at", "order", "side", "type", "status", "amount", "filled", "price", "error")
    rows = tuple(
        (
            moment(order.created_at),
            order.client_order_id or order.order_id,
            order.side,
            f"{order.type}{' (protective)' if order.protective else ''}",
            order.status,
            number(order.amount),
            number(order.filled),
            number(order.price) if order.price is not None else NONE,
            order.error or NONE,
        )
        for order in story.orders
    )
    return Section("Why it got stuck", (*lines, *_nothing(rows, "No order is on record.")), _tables(heads, rows))


def _held(story: Story) -> Section:
    found = story.attribution
    if found is None:
        return Section("The record against the venue", ("It could not be judged whose what is at the venue.",))
    rows = tuple(
        (one.position_id, one.strategy_id, one.side, number(one.table), number(one.out), number(one.amount))
        for one in found.owners
    )
    heads = ("position", "strategy", "side", "by the table", "its exits on record", "left")
    stay = (f"{number(found.rest)} of what the venue held had to stay.",) if found.rest > 0 else ()
    lines = (f"{found.standing.value}: {found.told}", *stay)
    return Section("The record against the venue", lines, _tables(heads, rows))


def _orders_sent(story: Story) -> Section:
    calls = tuple(_call(one) for one in story.attempts)
    heads = ("order", "what", "worst price", "sent at", "outcome", "filled", "average", "why")
    lines = tuple(_nothing(calls, "No order was sent to the exchange by this run."))
    return Section("Orders sent to the exchange", lines, _tables(heads, calls))


def _call(one: Attempt) -> tuple[str, ...]:
    return (
        f"{one.number}: {one.client_order_id}{f' (order {one.order_id})' if one.order_id else ''}",
        f"reduce {one.unit.side} {one.unit.symbol} by {number(one.amount)}",
        "any (market)" if one.worst_price is None else number(one.worst_price),
        "not sent" if one.sent_at is None else moment(one.sent_at),
        one.state.value,
        number(one.filled) if one.filled is not None or one.state is AttemptState.SENT else "nothing",
        NONE if one.average is None else number(one.average),
        one.why or NONE,
    )


def _impact(story: Story) -> Section:
    found = story.pnl
    title = "P&L impact, against the entry"
    if found is None:
        return Section(title, ("Not measured: nothing is known to be closed.",))
    rows = (
        ("price against the entry", money(found.price, found.quote, sign=True)),
        ("fees (paid)", money(found.fees, found.quote)),
        ("funding", money(found.funding, found.quote, sign=True)),
        ("in all", money(found.total, found.quote, sign=True)),
    )
    unknown = tuple(f"Not known: {why}." for why in found.unknown)
    return Section(title, (*found.lines[:-1], *unknown), (Table(("part", found.quote), rows),))


def _shortfall(story: Story) -> Section:
    """The delay's own price, which is no part of the sum above."""
    title = "What the delay cost (implementation shortfall)"
    if story.pnl is None:
        return Section(title, ("Not measured.",))
    rows = (("exits against the price when due (above 0: cost)", money(story.pnl.shortfall, story.pnl.quote)),)
    return Section(title, story.pnl.lines[-1:], (Table(("part", story.pnl.quote), rows),))


def _tables(heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Table, ...]:
    return (Table(heads, rows),) if rows else ()


def _nothing(rows: tuple[tuple[str, ...], ...], told: str) -> Iterator[str]:
    if not rows:
        yield told
