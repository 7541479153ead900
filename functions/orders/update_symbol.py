"""A symbol is not traded any more: believed after two reads; renamed, a person names the new one; delisted, it goes
out of the configs; maybe only halted, a person decides; with a position open in it nothing is changed, and a person
is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.approvals import Line
from functions.errors import RunbookError
from functions.facts import Result
from functions.orders import symbol_changes, symbol_held, symbol_states
from functions.orders.applying import REFUSED, UNKNOWN
from functions.orders.configs import SYMBOLS, Config
from functions.orders.context import Context, chosen, read_configs, where_of
from functions.orders.model import LONGEST_WAIT, Round
from functions.orders.steps import act, as_many_as_fit, ask, end, told, wait
from functions.orders.symbol_question import NAMED, question
from functions.orders.symbol_states import TRADED, UNREAD, for_good
from functions.rules.orders.symbols import MOST_CANDIDATES, candidates, named, without
from functions.venue import Where

NEEDS: Final = (*symbol_states.NEEDS, *symbol_held.NEEDS, "exchange.symbols")
# Looks at what could not be read, before a person is told.
MOST_READS: Final = 4
LOOKS: Final = "#reads"
HANDLED: Final = "#handled "
# What stands under that where nothing is done about it, before why.
KEPT: Final = "#kept "
ASKED: Final = "#asked"
TYPED: Final = "#typed "


def decide(context: Context) -> Round:
    memo, group = context.round.memo, context.group
    found = [one for one in read_configs(context) if one.unread is None]
    where, why = where_of(group, found)
    if where is None:
        return end(context.round, "gave_up", why, undo=context.undo)
    if context.answer is not None and context.answer.decision != NAMED:
        after = _answered(context, where, context.answer.decision)
        if isinstance(after, Round):
            return after
        context = after
    elif context.answer is not None:
        context = _typed(context, context.answer.note or "")
    memo = context.round.memo
    left = [one for one in group.symbols if f"{HANDLED}{one}" not in memo.seen]
    states, pause = symbol_states.read(context.ports, where, left)
    if LOOKS not in memo.seen or UNREAD in states.values():
        return _again(context, states, pause)
    if any(not _agree(states[one], memo.seen.get(one, UNREAD)) for one in left):
        return _again(context, states)
    gone = [one for one in left if states[one] != TRADED]
    tried = [one for one in found if memo.seen.get(one.strategy_id) not in (REFUSED, UNKNOWN)]
    for symbol in gone:
        users = [one for one in tried if symbol in (one.symbols or ())]
        held = symbol_held.held(context, where, symbol) if users else None
        if held is not None:
            context = _kept(context, symbol, f"{symbol} is {states[symbol]}, and {held}")
        elif users:
            return _changed(context, where, symbol, users, state=states[symbol])
    return _end(context, left)


def _kept(context: Context, symbol: str, why: str) -> Context:
    """Nothing is done about this one; the others follow all the same."""
    fix = f"{why}: nothing is changed. Settle it at the venue, then take the symbol out of {SYMBOLS}"
    memo = context.round.memo
    return context.keeping(
        refused=told(memo.refused, fix), seen={**memo.seen, f"{HANDLED}{symbol}": f"{KEPT}{fix}"}
    )


def _answered(context: Context, where: Where, decision: str) -> Round | Context:
    """What was decided is done, unless the world has moved on while the question stood."""
    symbol = context.round.memo.seen[ASKED]
    held = symbol_held.held(context, where, symbol)
    if held is not None:
        return _kept(context, symbol, f"since the question about {symbol} was asked, {held}")
    states, _ = symbol_states.read(context.ports, where, [symbol])
    if states[symbol] == TRADED:
        return context.known(f"{symbol} is traded again since the question was asked: {decision} is not done")
    return act(context.round, chosen(context, decision), f"{context.round.memo.decision}")


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
    kept = [said.removeprefix(KEPT) for said in memo.seen.values() if said.startswith(KEPT)]
    if kept:
        return end(context.round, "gave_up", "; ".join(kept), undo=context.undo)
    if memo.applied or memo.refused or memo.unknown:
        return end(context.round, "acted", "the symbols of the configs were updated", undo=context.undo)
    why = f"the venue trades {', '.join(left) or 'all of them'} again, or no config names it any more"
    return end(context.round, "over", why, at=context.now, result=Result.DONE)


def _changed(context: Context, where: Where, symbol: str, users: Sequence[Config], *, state: str) -> Round:
    """One symbol at a time; the others follow."""
    new, typed = _new_names(context, where, symbol)
    out = symbol_changes.out(users, symbol)
    others_left = all(len(without(one.symbols or (), symbol)) for one in users)
    if context.group.confirmed and others_left and not typed and new == () and for_good(state):
        # Nobody is asked: `option` is for answers alone.
        unasked = as_many_as_fit([one.model_copy(update={"option": None}) for one in out])
        if len(unasked) == len(out):
            context = context.keeping(seen={**context.round.memo.seen, f"{HANDLED}{symbol}": state})
        context = context.known(
            f"should {symbol} have a new name: `{context.undo}` puts it back, then put the new name in its place"
        )
        return act(context.round, unasked, f"take {symbol} ({state}) out of {len(unasked)} configs")
    renamed = [
        change
        for number, one in enumerate(new or (), 1)
        for change in symbol_changes.renamed(users, symbol, one, number)
    ]
    changes = [*renamed, *out]
    if len(as_many_as_fit(changes)) < len(changes):
        why = f"{symbol} is {state}, and the lists of its {len(users)} strategies are too long for one question"
        return _end(_kept(context, symbol, why), [])
    context = context.keeping(seen={**context.round.memo.seen, ASKED: symbol, f"{HANDLED}{symbol}": state})
    put = question(context, symbol, state, users, new, typed)
    return ask(context.round, put, put.title, changes=changes)


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
