"""Records of orders that stay `pending`: two reads of the venue, by the account's own key and in proven live mode,
say what they become. An exit that works for too long is not ours: its position goes to stuck-position, whose end is
waited for, so that nobody is called to what it is still settling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from functions import at_venues
from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact, Result
from functions.orders import handed_over
from functions.orders.context import Context
from functions.orders.model import LONGEST_WAIT, OrderChange, OrderMemo, Round
from functions.orders.steps import act, close, done_by, end, told, wait
from functions.orders.turned_away import pause_after
from functions.orders.written import written
from functions.ports.exchange import SETTLES_WITHIN
from functions.rules.orders.overdue import Limits, overdue
from functions.rules.orders.rows import OPEN, PENDING, judged
from functions.rules.orders.words import counted
from functions.rules.proposals import names
from functions.settings import Settings
from functions.venue import Where

NEEDS: Final = (
    *handed_over.NEEDS,
    "exchange.order",
    "orders.of",
    "positions.by_id",
    "strategy_config.traded",
)
LOOKS: Final = "#reads"
MOST_READS: Final = 4
NOTED: Final = "#noted "
CLOSES: Final = "#closes"
FIELD: Final = "status"


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it stands. `change` None: nothing is written, and `why` says why; then `named`: a person must
    know. `overdue`: the position of an exit that works for too long. `pause`: seconds for which its venue is to be
    left alone."""

    key: str
    strategy_id: str
    change: OrderChange | None
    why: str
    named: bool
    overdue: str | None = None
    pause: int = 0


def settled_after(settings: Settings) -> float:
    """Seconds after which an order that the venue does not know never came there."""
    return settings.orders.pending_overdue_after + SETTLES_WITHIN


def decide(context: Context) -> Round:
    memo = context.round.memo
    running = handed_over.at_work(context)
    if running is not None:
        return running
    rows = _rows(context)
    late = [row.overdue for row in rows if row.overdue is not None]
    todo = [row for row in rows if row.change is not None and row.key not in memo.seen]
    said = {f"{NOTED}{row.key}": row.why for row in rows}
    # The same by this read and by the one before it.
    sure = [row.change for row in todo if row.change and memo.seen.get(f"{NOTED}{row.key}") == row.why]
    looks = int(memo.seen.get(LOOKS, "0"))
    pause = max((row.pause for row in rows), default=0)
    # After each write all of them are read again: not before the venue wants to be asked.
    if sure and (not pause or looks >= MOST_READS):
        return act(context.round, sure, f"correct {counted(len(sure), 'record')} of orders by what the venue says")
    waits_for = [row for row in rows if row.change is None and row.named]
    if (todo or waits_for) and looks < MOST_READS:
        seen = {**memo.seen, **said, LOOKS: str(looks + 1)}
        apart = max(context.settings.orders.symbol_reads_apart, pause)
        if apart <= LONGEST_WAIT:
            return wait(context.round, apart, f"read {looks + 1} of {counted(len(rows), 'record')}", seen=seen)
    left = [f"{row.key}: {row.why}" for row in (*todo, *waits_for)]
    if late and not memo.started and CLOSES not in memo.seen:
        given = context.keeping(seen={**memo.seen, CLOSES: "tried"}).round
        positions = list(dict.fromkeys(late))
        whose = f"{counted(len(positions), 'position')} whose exit works for too long"
        return close(given, positions, f"stuck-position is started for {whose}")
    return _end(context, left, list(dict.fromkeys(late)))


def _end(context: Context, left: Sequence[str], late: list[str]) -> Round:
    """`left`: records that stay as they are; `late`: positions whose exit still works for too long."""
    if left:
        context = context.keeping(refused=told(context.round.memo.refused, *left))
    memo = context.round.memo
    until = handed_over.left_until(context, late) if late and not (memo.refused or memo.unknown) else None
    if until is not None:
        why = f"a person leaves {names(late)} open until {until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return end(context.round, "left_open", f"{why}; {_corrected(memo)}", until=until)
    if not (memo.applied or memo.refused or memo.unknown or memo.started):
        why = "no record of them stands as pending any more"
        return end(context.round, "over", why, at=context.now, result=Result.DONE)
    rest = f", {len(memo.refused)} were not" if memo.refused else ""
    result = None if memo.applied or memo.refused or memo.unknown else Result.DONE
    why = f"{_corrected(memo)}{rest}{handed_over.closed(context)}"
    # What it handed over took effect when that ended; what fails from then on is looked for.
    at = context.now if memo.started else memo.effective_at or context.now
    return end(context.round, "acted", why, at=at, result=result)


def _corrected(memo: OrderMemo) -> str:
    number = done_by(memo)
    return f"{counted(number, 'record')} {'was' if number == 1 else 'were'} corrected"


def _rows(context: Context) -> list[Row]:
    """Each record of the group as it stands now; one that is settled says nothing."""
    wanted = context.group.orders
    try:
        positions = context.ports.positions.by_id(list(dict.fromkeys(one for one, _ in wanted)))
    except RunbookError as error:
        return [
            Row(f"{p}/{o}", "", None, f"its position could not be read: {error}"[:300], True) for p, o in wanted
        ]
    configs, _ = at_venues.configs_of(context.ports)
    found = dict[str, Mapping[str, OrderFact] | str]()
    for position_id in positions:
        try:
            found[position_id] = {one.order_id: one for one in context.ports.orders.of(position_id)}
        except RunbookError as error:
            found[position_id] = f"its orders could not be read: {error}"[:300]
    made, pauses = list[Row](), dict[str | None, int]()
    for position_id, order_id in wanted:
        key, orders, position = f"{position_id}/{order_id}", found[position_id], positions[position_id]
        if isinstance(orders, str) or position is None:
            why = orders if isinstance(orders, str) else "its position is not in the table"
            made.append(Row(key, "", None, why, True))
        elif (order := orders.get(order_id)) is not None:
            made += _row(context, key, order, position, configs, pauses)
    return made


def _row(
    context: Context,
    key: str,
    order: OrderFact,
    position: PositionFact,
    configs: Mapping[str, Mapping[str, str]] | None,
    pauses: dict[str | None, int],
) -> list[Row]:
    """`pauses`: by venue, for how many seconds it wants to be left alone; it is asked after no further order."""
    strategy_id = order.strategy_id or position.strategy_id
    if order.status == OPEN:
        return [Row(key, strategy_id, None, "it works", False, _overdue(context, order, position))]
    if order.status != PENDING:
        return []
    if strategy_id not in context.free:
        return [Row(key, strategy_id, None, "nothing of its strategy is changed now", True)]
    owner = at_venues.owner(context.settings, configs, position)
    if not owner.live or owner.venue is None or owner.account is None:
        mode = f"mode {owner.mode or 'not known'}, account {owner.account or 'not known'}"
        return [Row(key, strategy_id, None, f"its venue is not asked: {mode}", True)]
    if order.client_order_id is None:
        return [Row(key, strategy_id, None, "it has no client order id to be asked for", True)]
    if pause := pauses.get(owner.venue):
        return [Row(key, strategy_id, None, f"{owner.venue} counts us: it is not asked now", True, pause=pause)]
    try:
        where = Where(owner.venue, owner.account)
        venue = context.ports.exchange.order(where, position.symbol, order.client_order_id)
    except RunbookError as error:
        pauses[owner.venue] = pause_after(error) or 0
        why = f"the venue did not say: {error}"[:300]
        return [Row(key, strategy_id, None, why, True, pause=pauses[owner.venue])]
    said = judged(order, venue, context.now, settled_after=settled_after(context.settings))
    if said.correction is None:
        return [Row(key, strategy_id, None, said.why, True)]
    change = OrderChange(
        strategy_id=strategy_id,
        field=FIELD,
        expected=written({"status": order.status, "filled": order.filled}),
        value=written(
            {
                "status": said.correction.status,
                "filled": said.correction.filled,
                "price": said.correction.price,
                "error": said.correction.error,
            }
        ),
        expires_at=None,
        why=f"order {order.order_id}: {order.status} to {said.correction.status} ({said.why})",
        position_id=order.position_id,
        order_id=order.order_id,
    )
    return [Row(key, strategy_id, change, change.why, False)]


def _overdue(context: Context, order: OrderFact, position: PositionFact) -> str | None:
    """The position of an exit that works for too long, by the same rule as when it was found."""
    orders = context.settings.orders
    limits = Limits(orders.pending_overdue_after, orders.exit_overdue_after)
    return order.position_id if overdue(order, position, limits, context.now) is not None else None
