"""What an emergency stop came to in words: the state first, then what a person must do. Reasons stand elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from functions.facts import Result
from functions.rules.stop_order import StopOrder
from functions.rules.stop_pieces import Piece, StopPieces, many

# Names in one sentence; all of them stand below it.
MOST_IN_A_LINE: Final = 5
AGAIN: Final = "press again"
# What a person does about a part that is not done, and about one of which nobody knows.
CURES: Final = {
    "service": "scale it to 0 and stop its tasks by hand",
    "scaling": "suspend the auto-scaling of the service by hand, or it may start tasks",
    "notice": "tell the people on call by hand: perhaps nobody was told",
    "status page": "post it by hand",
    "looks": f"{AGAIN}: it looks for whoever came back",
    "records": f"{AGAIN} once the guards table can be read",
    "run": AGAIN,
    "exposure": "look at every venue now",
}


def state_of(pieces: StopPieces) -> str:
    """What stands, the good news too."""
    census, order = pieces.strategies, pieces.order
    tasks = f"; {_tasks(pieces.running)}" if order.everything else ""
    if census.missing and len(census.missing) == census.total:
        return f"NOTHING WAS STOPPED: {'; '.join(census.missing[:MOST_IN_A_LINE])}"
    if census.result is Result.DONE and pieces.running == 0 and order.everything:
        return f"All trading stopped: {census.told()}{tasks}"
    missing = [f"{len(census.missing)} of them by a name that nobody has"] if census.missing else []
    told = census.told()
    return f"{told[0].upper()}{told[1:]}{''.join(f', {one}' for one in missing)}{tasks}"


def cures(pieces: StopPieces, bad: Sequence[Piece]) -> Iterable[str]:
    """What a person must do, the weightiest first."""
    census, latch = pieces.strategies, pieces.latch
    if latch.result is not Result.DONE:
        known = "NOT LATCHED" if latch.result is Result.NOT_DONE else "LATCH UNKNOWN"
        yield f"{known}: {AGAIN} until it says engaged; until then whoever is started trades"
    if census.missing:
        yield f"Say whom you mean: {'; '.join(census.missing[:MOST_IN_A_LINE])}"
    if census.not_done > len(census.missing):
        nobody = pieces.running == 0
        rest = "; nothing of the service trades it" if nobody else "; stop it by hand where that is refused again"
        gone = {one for one, why in census.not_stopped if why.startswith("no such strategy")}
        named = [one for one, _ in census.not_stopped if one not in gone]
        number = census.not_done - len(census.missing)
        yield f"{many(number, 'strategy')} NOT STOPPED ({_named(named, number)}): {AGAIN}{rest}"
    if census.unknown:
        named = [one for one, _ in census.nobody_knows]
        yield f"{many(census.unknown, 'strategy')} UNKNOWN ({_named(named, census.unknown)}): look at them, {AGAIN}"
    if census.unread:
        yield f"{AGAIN} once the table of the trading state can be read".capitalize()
    for piece in bad:
        if piece is not latch and piece is not pieces.entry_orders:
            how = "NOT DONE" if piece.result is Result.NOT_DONE else "UNKNOWN"
            yield f"{piece.name.capitalize()} {how}: {CURES.get(piece.name, 'look at it by hand')}"
    if pieces.entry_orders.pages:
        yield "Look at the venues now and cancel the entry orders that work there"
    elif pieces.entry_orders.result is not Result.DONE:
        yield "Look which entry orders work at the venues"


def unread_input(order: StopOrder) -> str:
    """A sentence of its own with its end, or nothing."""
    if not order.unread:
        return ""
    stopped = "everything would be stopped" if order.dry_run else "everything was stopped"
    return f"The input could not all be read, so {stopped}: {'; '.join(order.unread[:MOST_IN_A_LINE])}. "


def would(pieces: StopPieces) -> str:
    """What a run that is no rehearsal would do."""
    census, everything = pieces.strategies, pieces.order.everything
    if census.missing and len(census.missing) == census.total:
        told = f"would stop nothing: {'; '.join(census.missing[:MOST_IN_A_LINE])}"
    elif census.unread:
        told = f"would stop every strategy that trades; {census.told()}" if everything else census.told()
    else:
        told = f"would stop {census.not_done - len(census.missing)} of {many(census.total, 'strategy')}"
    service = ", scale the service to 0 and suspend its auto-scaling" if everything else ""
    unread = unread_input(pieces.order).rstrip(". ")
    return f"{told}, engage the kill switch{service}{f'. {unread}' if unread else ''}"


def _tasks(running: int | None) -> str:
    if running is None:
        return "whether a task of the service runs is unknown"
    return "no task of the service runs" if running == 0 else f"{many(running, 'task')} of the service not ended"


def _named(names: Sequence[str], total: int) -> str:
    shown = ", ".join(names[:MOST_IN_A_LINE])
    more = total - len(names[:MOST_IN_A_LINE])
    return f"{shown} and {more} more" if shown and more > 0 else shown or f"all {total}"
