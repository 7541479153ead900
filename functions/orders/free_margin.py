"""Not enough free margin: a person chooses to reduce the stakes, to close positions, or to add funds; then it is
looked whether that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from functions.facts import Result
from functions.orders import funds, handed_over
from functions.orders.configs import STAKE, Config
from functions.orders.context import Context, chosen, proposed, read_configs
from functions.orders.funds import Funds
from functions.orders.margin_question import CLOSE, FUNDS, REDUCE, Offer, question
from functions.orders.model import Ending, OrderChange, Round
from functions.orders.steps import act, ask, close, end, told
from functions.rules.orders.margin import best_to_close, factor_that_fits, needed
from functions.rules.stuck.telling import told as number

NEEDS: Final = (*funds.NEEDS, *handed_over.NEEDS)
AS_IT_WAS: Final = "#available"


def decide(context: Context) -> Round:
    answer = context.answer
    if answer is not None and answer.decision.startswith(CLOSE):
        number_of = answer.decision.removeprefix(CLOSE)
        at = int(number_of) - 1 if number_of.isdigit() else -1
        if 0 <= at < len(context.round.positions):
            return close(context.round, [context.round.positions[at]], f"{context.round.memo.decision}")
    elif answer is not None and answer.decision != FUNDS:
        return act(context.round, chosen(context, answer.decision), f"{context.round.memo.decision}")
    running = handed_over.at_work(context)
    if running is not None:
        return running
    found = [one for one in read_configs(context) if one.unread is None]
    return _judged(context, found, funds.read(context, found))


def _judged(context: Context, found: Sequence[Config], has: Funds) -> Round:
    memo = context.round.memo
    enough = has.enough
    if enough is None and memo.answers:
        enough = _by_what_moved(context, has)
    if enough:
        closed = any(one.startswith(CLOSE) for one in memo.answers)
        ending: Ending = "acted" if memo.applied or memo.unknown or closed else "over"
        # It was looked at: what was refused meanwhile is no more than something to know.
        result = Result.UNKNOWN if memo.unknown else Result.DONE
        why = f"{_told(has)}{handed_over.closed(context)}"
        return end(context.round, ending, why, at=context.now, result=result, undo=context.undo)
    if enough is None and memo.applied:
        return end(context.round, "acted", f"the stakes are smaller; {_told(has)}", undo=context.undo)
    if not context.may_ask:
        why = f"after {memo.questions} questions it is not enough: {_told(has)}"
        return end(context.round, "gave_up", why, undo=context.undo)
    return _asked(context, found, has)


def _by_what_moved(context: Context, has: Funds) -> bool | None:
    """Where nobody can reckon what is needed, more free margin than when it was asked counts; the proof decides."""
    before = context.round.memo.seen.get(AS_IT_WAS)
    if before is None or has.available is None:
        return None
    return has.available > Decimal(before) or None


def _asked(context: Context, found: Sequence[Config], has: Funds) -> Round:
    settings, memo = context.settings.orders, context.round.memo
    stakes = tuple(has.stakes.values())
    factor = factor_that_fits(stakes, has.available, has.leverage, settings.stake_factor)
    missing = None
    if has.largest is not None and has.available is not None and has.leverage is not None:
        missing = needed(has.largest, has.leverage) - has.available
    offered = best_to_close(funds.closable(context, has), missing)
    changes = _smaller(found, has, factor) if factor is not None else []
    put = question(context, Offer(has, changes, factor, offered, missing, _before(context)))
    seen = {**memo.seen, AS_IT_WAS: str(has.available)} if has.available is not None else memo.seen
    kept = context.keeping(seen=seen, factor=factor, started=(), wait_until=None)
    return ask(kept.round, put, put.title, changes=changes, positions=[one.position_id for one in offered])


def _smaller(found: Sequence[Config], has: Funds, factor: Decimal) -> list[OrderChange]:
    made = []
    for one in found:
        stake = has.stakes.get(one.strategy_id)
        if stake is not None:
            value = (stake * factor).normalize()
            why = f"{STAKE} {number(stake)} to {number(value)}"
            made.append(proposed(one, STAKE, value, why, expires_at=None, option=REDUCE))
    return made


def _before(context: Context) -> str | None:
    """What came of the answers before."""
    memo = context.round.memo
    if not memo.answers:
        return None
    return "; ".join(told((), *memo.applied, *memo.refused, f"{memo.decision}: it is not enough yet"))


def _told(has: Funds) -> str:
    if has.available is None:
        return f"the free margin is not known ({'; '.join(has.unread) or 'not read'})"
    largest = "no stake is known" if has.largest is None else f"the largest stake is {number(has.largest)}"
    if has.largest is not None and has.leverage is not None:
        largest += f", which needs {number(needed(has.largest, has.leverage).quantize(Decimal('0.01')))} of margin"
    return f"free margin {number(has.available)} {has.quote}, {largest}"
