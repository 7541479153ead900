"""A symbol is not traded any more: believed after two reads; renamed, a person names the new one; delisted, it goes
out of the configs; maybe only halted, a person decides; with a position open in it nothing is changed, and a person
is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.approvals import Line
from functions.errors import RunbookError
from functions.facts import Result
from functions.orders import symbol_states
from functions.orders.configs import SYMBOLS, Config
from functions.orders.context import Context, chosen, proposed, read_configs, where_of
from functions.orders.model import LONGEST_WAIT, OrderChange, Round
from functions.orders.steps import act, ask, end, told, wait
from functions.orders.symbol_question import NAMED, REPLACE, TAKE_OUT, question
from functions.orders.symbol_states import TRADED, UNREAD, for_good
from functions.orders.written import in_words
from functions.rules.orders.symbols import MOST_CANDIDATES, candidates, named, replaced, without
from functions.venue import Where

NEEDS: Final = (*symbol_states.NEEDS, "exchange.positions", "exchange.symbols", "positions.each_open")
# Looks at what could not be read, before a person is told.
MOST_READS: Final = 4
LOOKS: Final = "#reads"
HANDLED: Final = "#handled "
ASKED: Final = "#asked"
TYPED: Final = "#typed "


def decide(context: Context) -> Round:
    memo, group = context.round.memo, context.group
    found = [one for one in read_configs(context) if one.unread is None]
    where, why = where_of(group, found)
    if where is None:
        return end(context.round, "gave_up", why, undo=context.undo)
    if context.answer is not None and context.answer.decision != NAMED:
        return act(context.round, chosen(context, context.answer.decision), f"{memo.decision}")
    if context.answer is not None:
        context = _typed(context, context.answer.note or "")
        memo = context.round.memo
    left = [one for one in group.symbols if f"{HANDLED}{one}" not in memo.seen]
    states, pause = symbol_states.read(context.ports, where, left)
    if LOOKS not in memo.seen or UNREAD in states.values():
        return _again(context, states, pause)
    if any(not _agree(states[one], memo.seen.get(one, UNREAD)) for one in left):
        return _again(context, states)
    gone = [one for one in left if states[one] != TRADED]
    using = [(symbol, [one for one in found if symbol in (one.symbols or ())]) for symbol in gone]
    concerned = [(symbol, users) for symbol, users in using if users]
    if not concerned:
        return _end(context, left)
    return _changed(context, where, *concerned[0], state=states[concerned[0][0]])


def _typed(context: Context, note: str) -> Context:
    """The symbol that was asked about is asked about once more, with the name that somebody knows."""
    seen = dict(context.round.memo.seen)
    symbol = seen.pop(ASKED)
    seen.pop(f"{HANDLED}{symbol}", None)
    return context.keeping(seen={**seen, f"{TYPED}{symbol}": named(symbol, note) or note.strip()[:60]})


def _again(context: Context, states: dict[str, str], pause: int = 0) -> Round:
    looks = int(context.round.memo.seen.get(LOOKS, "0")) + 1
    if pause > LONGEST_WAIT:
        why = f"{context.group.venue} wants to be left alone for {pause} s: nothing is known of its symbols"
        return end(context.round, "gave_up", why, undo=context.undo)
    if looks > MOST_READS:
        unread = [symbol for symbol, state in states.items() if state == UNREAD] or list(states)
        why = f"not readable, or no two reads agree: {', '.join(unread)}"
        return end(context.round, "gave_up", why, undo=context.undo)
    seen = {**context.round.memo.seen, **states, LOOKS: str(looks)}
    apart = max(context.settings.orders.symbol_reads_apart, pause)
    return wait(context.round, apart, f"read {looks}: {_words(states)}", seen=seen)


def _agree(state: str, before: str) -> bool:
    """Two reads say the same, as far as it matters."""
    return UNREAD not in (state, before) and (state == TRADED) == (before == TRADED)


def _words(states: dict[str, str]) -> str:
    return ", ".join(f"{symbol} {state}" for symbol, state in states.items()) or "nothing is left"


def _end(context: Context, left: Sequence[str]) -> Round:
    memo = context.round.memo
    if memo.applied or memo.refused or memo.unknown:
        return end(context.round, "acted", "the symbols of the configs were updated", undo=context.undo)
    why = f"the venue trades {', '.join(left) or 'all of them'} again, or no config names it any more"
    return end(context.round, "over", why, at=context.now, result=Result.DONE)


def _changed(context: Context, where: Where, symbol: str, users: Sequence[Config], *, state: str) -> Round:
    """One symbol at a time; the others follow."""
    context = context.keeping(seen={**context.round.memo.seen, f"{HANDLED}{symbol}": state})
    held = _held(context, where, symbol)
    if held is not None:
        told_held = f"{symbol} is {state}, and {held}: nothing is changed. Settle it at the venue, then take the "
        fix = f"{told_held}symbol out of {SYMBOLS}"
        context = context.keeping(refused=told(context.round.memo.refused, fix))
        return end(context.round, "gave_up", fix, undo=context.undo)
    new, typed = _new_names(context, where, symbol)
    out = _out(users, symbol)
    others_left = all(len(without(one.symbols or (), symbol)) for one in users)
    if context.group.confirmed and others_left and not typed and new == () and for_good(state):
        # Nobody is asked: `option` is for answers alone.
        unasked = [one.model_copy(update={"option": None}) for one in out]
        context = context.known(
            f"should {symbol} have a new name: `{context.undo}` puts it back, then put the new name in its place"
        )
        return act(context.round, unasked, f"take {symbol} ({state}) out of {len(unasked)} configs")
    renamed = [change for number, one in enumerate(new or (), 1) for change in _renamed(users, symbol, one, number)]
    context = context.keeping(seen={**context.round.memo.seen, ASKED: symbol})
    put = question(context, symbol, state, users, new, typed)
    return ask(context.round, put, put.title, changes=(*renamed, *out))


def _held(context: Context, where: Where, symbol: str) -> str | None:
    """A position in it, at the account or in the table; what cannot be read counts as one."""
    try:
        at_venue = [one for one in context.ports.exchange.positions(where) if one.unit.symbol == symbol]
        every = context.ports.positions.each_open()
    except RunbookError as error:
        return f"whether a position is open in it is not readable ({error})"[:300]
    # One of which nobody can read the symbol may be in this one.
    readable = [one for one in every.readable if one.symbol in (symbol, "")]
    table = [*readable, *(broken for broken, _ in every.broken if broken.symbol in (symbol, ""))]
    mine = [one for one in table if one.strategy_id in context.group.strategy_ids or one.exchange == where.venue]
    if mine:
        return f"a position is open in it: {', '.join(one.position_id for one in mine[:5])}"
    if any(one.amount for one in at_venue):
        return f"{where.venue}/{where.account} holds a position in it"
    return None


def _new_names(context: Context, where: Where, symbol: str) -> tuple[tuple[str, ...] | None, list[Line]]:
    """The candidates, first the one that somebody typed where the venue trades it; and what is said of that."""
    new, typed = _candidates(context, where, symbol), context.round.memo.seen.get(f"{TYPED}{symbol}")
    if typed is None:
        return new, []
    state = "no name of a symbol"
    if named(symbol, typed) == typed:
        state = symbol_states.read(context.ports, where, [typed])[0][typed]
    told_typed = [Line("The name that was typed", f"{typed}: {state} at {where.venue}")]
    if state != TRADED:
        return new, told_typed
    return tuple(dict.fromkeys((typed, *(new or ()))))[:MOST_CANDIDATES], told_typed


def _candidates(context: Context, where: Where, symbol: str) -> tuple[str, ...] | None:
    """None: the venue does not say what it trades, so that nobody knows whether there is a new name. A venue that
    trades nothing at all has halted, and says nothing of this symbol."""
    try:
        traded = context.ports.exchange.symbols(where)
    except RunbookError:
        return None
    return candidates(symbol, traded) if traded else None


def _out(users: Sequence[Config], symbol: str) -> list[OrderChange]:
    made = []
    for one in users:
        left = without(one.symbols or (), symbol)
        why = f"{SYMBOLS} without {symbol}: {in_words(left)}"
        made.append(proposed(one, SYMBOLS, left, why, expires_at=None, option=TAKE_OUT))
    return made


def _renamed(users: Sequence[Config], symbol: str, by: str, number: int) -> list[OrderChange]:
    made = []
    for one in users:
        new = replaced(one.symbols or (), symbol, by)
        why = f"{SYMBOLS} with {by} in place of {symbol}: {in_words(new)}"
        made.append(proposed(one, SYMBOLS, new, why, expires_at=None, option=f"{REPLACE}{number}"))
    return made
