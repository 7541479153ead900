"""The question about margin: what is free and needed, which stakes become what, which positions free how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.orders.context import Context, evidence_of, facts_of, lines_of
from functions.orders.funds import Funds
from functions.orders.model import OrderChange
from functions.rules.orders.margin import Closable, needed
from functions.rules.orders.options import target_of, ways_out
from functions.rules.orders.words import strategies, where
from functions.rules.stuck.telling import money, told

REDUCE: Final = "reduce_stake"
# With a number behind it: the position that the question names there.
CLOSE: Final = "close_position_"
FUNDS: Final = "funds_added"
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Offer:
    """`missing`: free margin that the largest stake lacks. `before`: what came of the answer before."""

    has: Funds
    changes: Sequence[OrderChange]
    factor: Decimal | None
    positions: Sequence[Closable]
    missing: Decimal | None
    before: str | None


def question(context: Context, offer: Offer) -> Question:
    return Question(
        kind="change",
        title=f"Not enough free margin at {where(context.group)}: reduce stakes, close, or add funds?",
        target=target_of(context.group),
        facts=tuple(_facts(context, offer)),
        options=(*_options(context, offer), *ways_out(context.settings.orders.leave_at_most_minutes)),
        evidence=evidence_of(context.group),
        desk=context.desk,
        cause=context.group.cause.value,
        venue=context.group.venue,
    )


def _facts(context: Context, offer: Offer) -> Iterator[Line]:
    has = offer.has
    if offer.before is not None:
        yield Line("The answer before", offer.before)
    yield Line("Free margin", f"{told(has.available)} {has.quote}".strip())
    yield Line("Needed", _needed(has))
    if offer.missing is not None:
        yield Line("Missing", f"{told(max(offer.missing, Decimal(0)).quantize(CENT))} {has.quote}".strip())
    yield from lines_of(offer.changes, has.quote)
    if offer.has.stakes and not offer.changes:
        yield Line("Smaller stakes", "not offered: no stake that is offered would be carried")
    if has.odd:
        yield Line("No usable stake_amount", ", ".join(has.odd))
    yield from facts_of(context.group)
    if not offer.positions:
        yield Line("Closing a position", "not offered: no open position is known whose margin the venue tells")
    if has.unread:
        yield Line("Not readable", "; ".join(has.unread))


def _needed(has: Funds) -> str:
    if has.largest is None:
        return "not known: no strategy has a usable stake_amount"
    if has.leverage is None:
        return f"{told(has.largest)} {has.quote} at most; the leverage is not known, because nothing is open"
    margin = needed(has.largest, has.leverage).quantize(CENT)
    by = told(has.leverage.quantize(CENT))
    return f"{told(margin)} {has.quote} for the largest stake of {told(has.largest)} at a leverage of {by}"


def _options(context: Context, offer: Offer) -> Iterator[Option]:
    quote = offer.has.quote
    if offer.changes and offer.factor is not None:
        yield Option(
            REDUCE,
            f"Multiply the stakes of {strategies(len(offer.changes))} by {told(offer.factor)}",
            f"stake_amount becomes what is shown, and stays so until it is undone: `{context.undo}`.",
            Risk.REDUCES,
            "REDUCE",
        )
    for number, one in enumerate(offer.positions, 1):
        freed = told(one.margin.quantize(CENT)) if one.margin is not None else "not known"
        yield Option(
            f"{CLOSE}{number}",
            f"Close {one.side} {told(one.amount)} {one.symbol} of {one.strategy_id}",
            f"Frees about {freed} {quote}; its profit or loss now is {money(one.gain, quote)}. A run of "
            f"stuck-position asks once more, with the price, before anything is sent ({one.position_id}).",
            Risk.REDUCES,
            f"CLOSE{number}",
        )
    yield Option(
        FUNDS,
        "Funds were added",
        "Nothing is changed. The free margin is read; if it is not enough, you are asked again.",
        Risk.NONE,
        "FUNDS",
    )
