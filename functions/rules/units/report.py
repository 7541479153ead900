"""The incident report of a stuck position: what happened, why, what was done about it, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.ports.exchange import Attempt, AttemptState
from functions.rules.reporting.document import Section, Table, to_html, to_markdown
from functions.rules.units.pnl import delay_told
from functions.rules.units.story import Act, Answer, Story
from functions.rules.units.why_stuck import Why
from functions.rules.units.words import moment, money, number

__all__ = ["Act", "Answer", "Section", "Story", "Table", "sections", "to_html", "to_markdown"]

NONE: Final = "none"
_CAUSES: dict[Why, str] = {
    Why.NEVER_SUBMITTED: "the exit never reached the venue",
    Why.REJECTED: "the exit order was rejected",
    Why.UNFILLED: "the exit order was not filled",
    Why.PARTIAL: "the exit order was filled in part",
    Why.WORKING: "an exit order was still at work",
    Why.NO_EXIT_DUE: "no exit was due",
    Why.UNKNOWN: "not known: the records do not fit together",
}


def sections(story: Story) -> tuple[Section, ...]:
    """The whole of it in one table, then the lines of the manual runbook's "Post-Resolution", in its order."""
    return (
        _short(story),
        _position(story),
        _why(story),
        _held(story),
        _intervention(story),
        _impact(story),
        _shortfall(story),
        _root_cause(story),
        _open(story),
    )


def _short(story: Story) -> Section:
    """What, why, who decided, the money, what is proven, what is left: for whoever has a minute."""
    it, found = story.position, story.pnl
    chosen = [f"{one.choice or 'no answer'} by {' and '.join(one.by) or 'nobody'}" for one in story.answers]
    total = f"{money(found.total, found.quote, sign=True)} in all" if found else "not measured"
    if found is not None and found.total is None:
        total = f"{money(found.price, found.quote, sign=True)} by price; fees or funding unknown, so no sum"
    rows = (
        ("what became of it", story.summary),
        ("position", f"{it.side} {number(it.amount)} {it.symbol} of {it.strategy_id}"),
        ("why it got stuck", story.why.detail if story.why else "not judged"),
        ("who decided", "; ".join(chosen) or "nobody was asked"),
        ("money", total),
        ("the delay", delay_told(found.shortfall, found.quote) if found else "not measured"),
        ("proven", _few(story.proven) or "nothing"),
        ("left to a person", _few(story.left) or "nothing"),
    )
    lines = (f"Incident {story.incident_id}, written at {moment(story.at)}.",)
    return Section("In short", lines, (Table(("what", "value"), rows),))


def _few(lines: tuple[str, ...], most: int = 12) -> str:
    more = f"; and {len(lines) - most} more" if len(lines) > most else ""
    return f"{'; '.join(line.rstrip('.') for line in lines[:most])}{more}"


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
    lines = (
        (f"{why.why.value}: {why.detail}", f"Its exit was due at {moment(why.due_at)}.")
        if why
        else ("Not judged.",)
    )
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
        (one.position_id, one.strategy_id, one.side, number(one.table), number(one.exited), number(one.amount))
        for one in found.owners
    )
    heads = ("position", "strategy", "side", "by the table", "its exits on record", "left")
    stay = (f"{number(found.rest)} of what the venue held had to stay.",) if found.rest > 0 else ()
    lines = (f"{found.standing.value}: {found.told}", *stay)
    return Section("The record against the venue", lines, _tables(heads, rows))


def _intervention(story: Story) -> Section:
    asked = tuple(
        (one.asked, one.choice or "nobody answered", ", ".join(one.by) or NONE, moment(one.at), _note(one))
        for one in story.answers
    )
    calls = tuple(_call(one) for one in story.attempts)
    acts = tuple(
        (moment(one.at), one.what, one.target, one.result, _who(one.by), one.detail or NONE) for one in story.acts
    )
    lines = (
        *_nothing(asked, "Nobody was asked."),
        *_nothing(calls, "No order was sent to the exchange by this run."),
    )
    tables = (
        *_tables(("asked", "chosen", "by", "at", "note"), asked),
        *_tables(("order", "what", "worst price", "sent at", "outcome", "filled", "average", "why"), calls),
        *_tables(("at", "act", "target", "result", "by", "after"), acts),
    )
    return Section("Intervention", lines, tables)


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


def _who(by: str) -> str:
    """An execution by its name: the machine and the account stand in the incident."""
    return by.rpartition(":")[2] if by.startswith("arn:") else by


def _note(one: Answer) -> str:
    alone = f"decided alone: {one.why_alone}" if one.why_alone else ""
    approval = f"approval {one.approval_id}" if one.approval_id else ""
    return "; ".join(part for part in (one.note or "", alone, approval) if part) or NONE


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


def _root_cause(story: Story) -> Section:
    first = f"By its orders: {_CAUSES[story.why.why]}." if story.why else "Its orders were not judged."
    rows = tuple((moment(one.at), one.what, one.where, one.value) for one in story.evidence)
    lines = (first, *story.causes, *_nothing(rows, "No evidence was kept."))
    return Section("Root cause", lines, _tables(("seen at", "what", "where", "value"), rows))


def _open(story: Story) -> Section:
    lines = (*story.questions, *(f"Could not be read: {one}" for one in story.unreadable))
    return Section("Left to a person", lines or ("Nothing is left open by this run.",))


def _tables(heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Table, ...]:
    return (Table(heads, rows),) if rows else ()


def _nothing(rows: tuple[tuple[str, ...], ...], told: str) -> Iterator[str]:
    if not rows:
        yield told
