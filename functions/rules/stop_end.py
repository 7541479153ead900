"""How an emergency stop ends, from what was proven. The worst item decides; what nobody confirmed is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.facts import Outcome, Result
from functions.rules.pieces import Ending
from functions.rules.stop_pieces import Piece, StopPieces

SPEAKS_OF: Final = "This speaks of strategies and of the service only"


def end_of(pieces: StopPieces) -> Ending:
    """Entry orders alone, which nothing cancels yet, keep a stop from being called more than it is, and not from
    being resolved."""
    if pieces.order.dry_run:
        return _dry_run(pieces)
    census, everything = pieces.strategies, (pieces.latch, *pieces.parts, pieces.entry_orders)
    lines = {result: [_line(piece) for piece in everything if piece.result is result] for result in Result}
    lines[Result.DONE].insert(0, f"strategies: {census.told()}")
    lines[Result.NOT_DONE] += _listed(census.not_stopped, census.not_done)
    lines[Result.UNKNOWN] += [*_listed(census.nobody_knows, census.unknown), *census.unread]
    if pieces.exposure.result is not Result.DONE:
        lines[Result.UNKNOWN].append(_line(pieces.exposure))
    bad = [piece for piece in (pieces.latch, *pieces.parts, pieces.exposure) if piece.result is not Result.DONE]
    well = not bad and census.result is Result.DONE
    return Ending(
        outcome=Outcome.RESOLVED if well else Outcome.ESCALATED,
        summary=_resolved(pieces) if well else _escalated(pieces, bad),
        severity="high" if well else "critical",
        known=_known(pieces),
        done=tuple(lines[Result.DONE]),
        not_done=tuple(lines[Result.NOT_DONE]),
        unknown=tuple(lines[Result.UNKNOWN]),
        not_proven=_not_proven(pieces, bad),
        headline=_headline(pieces, bad),
        exposure=_exposure(pieces.exposure),
    )


def _dry_run(pieces: StopPieces) -> Ending:
    census = pieces.strategies
    would = [
        f"would stop {census.not_done} strategies",
        *(f"{name}: {why}" for name, why in census.not_stopped),
        *(_line(piece) for piece in (pieces.latch, *pieces.parts, pieces.entry_orders)),
    ]
    return Ending(
        outcome=Outcome.DRY_RUN,
        summary=f"Dry run, nothing was changed: would stop {census.not_done} of {census.total} strategies"
        + (", scale the service to 0 and suspend its auto-scaling" if pieces.order.everything else ""),
        severity="low",
        known=_known(pieces),
        not_done=tuple(would),
        unknown=(*_listed(census.nobody_knows, census.unknown), *census.unread),
        not_proven=("everything",),
        exposure=_exposure(pieces.exposure),
    )


def _resolved(pieces: StopPieces) -> str:
    census, orders = pieces.strategies, pieces.entry_orders
    how = "" if orders.result is Result.DONE else f" {_words(orders.result)}"
    return (
        f"Stopped and verified: {census.told()}. {SPEAKS_OF}; entry orders{how}: {orders.why}. "
        "No position was closed. Nothing restarts trading until a person starts resume-trading"
    )


def _escalated(pieces: StopPieces, bad: Sequence[Piece]) -> str:
    """What is wrong, the weightiest first; then what stands."""
    census, orders = pieces.strategies, pieces.entry_orders
    wrong = [f"{piece.name} {_words(piece.result)}: {piece.why}" for piece in bad]
    if census.result is not Result.DONE:
        told = f"strategies: {census.told()}"
        wrong.insert(1 if bad and bad[0] is pieces.latch else 0, "; ".join([told, *census.unread]))
    if orders.result is not Result.DONE:
        wrong.append(f"entry orders {_words(orders.result)}: {orders.why}")
    return f"A person must act now: {'. '.join(wrong)}"


def _headline(pieces: StopPieces, bad: Sequence[Piece]) -> tuple[str, ...]:
    census, told = pieces.strategies, list[str]()
    if pieces.latch.result is not Result.DONE:
        told.append("not latched" if pieces.latch.result is Result.NOT_DONE else "latch unknown")
    if pieces.entry_orders.result is not Result.DONE:
        told.append(f"entry orders {_words(pieces.entry_orders.result)}")
    told += [f"{census.not_done} not stopped"] if census.not_done else []
    told += [f"{census.unknown or 'some'} unknown"] if census.unknown or census.unread else []
    told += [f"{piece.name} {_words(piece.result)}" for piece in bad if piece is not pieces.latch]
    return tuple(told)


def _not_proven(pieces: StopPieces, bad: Sequence[Piece]) -> tuple[str, ...]:
    names = [piece.name for piece in bad]
    names += ["strategies"] if pieces.strategies.result is not Result.DONE else []
    names += ["entry orders"] if pieces.entry_orders.result is not Result.DONE else []
    return tuple(dict.fromkeys([*names, "protection at the venue"]))


def _known(pieces: StopPieces) -> tuple[str, ...]:
    order = pieces.order
    whom = "everything" if order.strategy_ids is None else f"{len(order.strategy_ids)} strategies by name"
    unread = [f"could not be read, so everything is stopped: {one}" for one in order.unread]
    key = [f"every strategy, one by one: {pieces.strategies.key}"] if pieces.strategies.key else []
    return (f"asked for by {order.requested_by} (a claim), {whom}: {order.reason}", *unread, *pieces.known, *key)


def _exposure(piece: Piece) -> tuple[str, ...]:
    whole = [f"whole list: {piece.details_key}"] if piece.details_key else []
    return (piece.why, *piece.items, *whole)


def _listed(named: Sequence[tuple[str, str]], total: int) -> list[str]:
    more = total - len(named)
    return [*(f"{name}: {why}" for name, why in named), *([f"and {more} more strategies"] if more > 0 else [])]


def _line(piece: Piece) -> str:
    return f"{piece.name}: {piece.why}"


def _words(result: Result) -> str:
    return result.value.replace("_", " ")
