"""Prices are refused: the limit offset is widened by itself up to the small cap, beyond it or to market orders
only where a person says so. Each is an override that is put back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.orders.configs import MARKET, OFFSET, ORDER_TYPE, STAKE, Config
from functions.orders.context import MOST_LINES, Context, chosen, evidence_of, facts_of, proposed, read_configs
from functions.orders.model import OrderChange, Round
from functions.orders.steps import act, ask, done_by, end
from functions.orders.written import in_words
from functions.rules.orders.offset import costs, widened_asked, widened_unasked
from functions.rules.orders.options import target_of, ways_out
from functions.rules.orders.words import strategies, where
from functions.rules.stuck.telling import told

WIDEN: Final = "widen"
AT_MARKET: Final = "market_orders"
ANY_PRICE: Final = (
    "I accept any price: entries become market orders without a bound, and nobody knows what one costs before it "
    "is filled."
)


def decide(context: Context) -> Round:
    if context.answer is not None:
        changes = chosen(context, context.answer.decision)
        return act(context.round, changes, f"{context.round.memo.decision}")
    found = [one for one in read_configs(context) if one.strategy_id not in context.round.memo.seen]
    context = context.known(
        *(f"{one.strategy_id}: {one.unread}" for one in found if one.unread),
        *(f"{one.strategy_id} sends market orders already" for one in found if one.at_market),
    )
    open_still = [one for one in found if one.unread is None and not one.at_market]
    unasked = _unasked(context, open_still) if context.group.confirmed else []
    if unasked:
        return act(context.round, unasked, f"widen {OFFSET} of {strategies(len(unasked))}, put back by itself")
    if open_still and context.may_ask and not context.round.memo.answers:
        return _asked(context, open_still)
    return _end(context, open_still)


def _end(context: Context, open_still: Sequence[Config]) -> Round:
    memo, undo = context.round.memo, context.undo
    if memo.applied or memo.refused or memo.unknown:
        rest = f"; not widened: {', '.join(one.strategy_id for one in open_still)}" if open_still else ""
        return end(context.round, "acted", f"{done_by(memo)} configs were changed for a while{rest}", undo=undo)
    why = "there is no offset to widen: they send market orders already, or their configs cannot be read"
    return end(context.round, "gave_up", why, undo=undo)


def _unasked(context: Context, found: Sequence[Config]) -> list[OrderChange]:
    most, made = context.settings.orders.offset_unasked_most, []
    for one in found:
        value = widened_unasked(one.number(OFFSET), most=most)
        if value is not None:
            why = f"{OFFSET} {in_words(one.raw(OFFSET))} to {told(value)}"
            made.append(proposed(one, OFFSET, value, why, expires_at=context.until_put_back))
    return made


def _asked(context: Context, found: Sequence[Config]) -> Round:
    settings = context.settings.orders
    wider, at_market, lines = list[OrderChange](), list[OrderChange](), list[Line]()
    for one in found:
        present = one.number(OFFSET)
        value = widened_asked(present, unasked_most=settings.offset_unasked_most, most=settings.offset_asked_most)
        if value is not None:
            why = f"{OFFSET} {in_words(one.raw(OFFSET))} to {told(value)}"
            wider.append(proposed(one, OFFSET, value, why, expires_at=context.until_put_back, option=WIDEN))
        why = f"{ORDER_TYPE} {in_words(one.raw(ORDER_TYPE))} to {MARKET}"
        at_market.append(
            proposed(one, ORDER_TYPE, MARKET, why, expires_at=context.until_put_back, option=AT_MARKET)
        )
        if len(lines) < MOST_LINES:
            lines.append(Line(one.strategy_id, _line(one, value)))
    if len(found) > len(lines):
        lines.append(Line("Others", f"{len(found) - len(lines)} more strategies, by the same rule"))
    question = _question(context, lines, wider, at_market)
    return ask(context.round, question, question.title, changes=(*wider, *at_market))


def _line(one: Config, value: Decimal | None) -> str:
    stands = f"{OFFSET} is {in_words(one.raw(OFFSET))} bps, {ORDER_TYPE} {in_words(one.raw(ORDER_TYPE))}"
    if value is None:
        return f"{stands}; it is at the cap, and cannot be widened further"
    cost = costs(one.number(STAKE), value)
    each = f", at most {told(cost)} worse than the mark for an order of {told(one.number(STAKE))}" if cost else ""
    return f"{stands}; wider: {told(value)} bps{each}"


def _question(
    context: Context, lines: Sequence[Line], wider: Sequence[OrderChange], at_market: Sequence[OrderChange]
) -> Question:
    hours = context.settings.limits.override_expires_after // 3_600
    needed = context.settings.approvals.needed["change"]
    back = f"It is put back by itself after {hours} h, or by `{context.undo}`."
    options = []
    if wider:
        options.append(
            Option(
                WIDEN,
                f"Widen the limits of {strategies(len(wider))}, as shown",
                f"Limit orders may stand further from the mark, and cost up to as much more. {back}",
                Risk.ADDS,
                "WIDEN",
                needed=needed,
            )
        )
    options.append(
        Option(
            AT_MARKET,
            f"Market orders for {strategies(len(at_market))}",
            f"Their orders are filled at whatever price is there. {back}",
            Risk.ADDS,
            "MARKET",
            needed=needed,
            statement=ANY_PRICE,
        )
    )
    return Question(
        kind="change",
        title=f"Prices are refused at {where(context.group)}: wider limits, or market orders?",
        target=target_of(context.group),
        facts=(*facts_of(context.group), *lines),
        options=(*options, *ways_out(context.settings.orders.leave_at_most_minutes)),
        evidence=evidence_of(context.group),
        desk=context.desk,
        cause=context.group.cause.value,
        venue=context.group.venue,
        again=None,
    )
