"""How an emergency stop ends, from what was proven. The worst item decides; what nobody confirmed is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from functions.facts import Outcome, Result
from functions.rules.pieces import Ending
from functions.rules.proven import lead
from functions.rules.stop_pieces import Piece, StopPieces, together
from functions.rules.stop_words import cures, state_of, unread_input, would


def end_of(pieces: StopPieces) -> Ending:
    """Entry orders of which nobody can tell keep a stop from being called more than it is, and not from being
    resolved; those that a venue still lists, or may list, do."""
    if pieces.order.dry_run:
        return _dry_run(pieces)
    census, everything = pieces.strategies, (pieces.latch, *pieces.parts, pieces.entry_orders)
    lines = {result: [_line(piece) for piece in everything if piece.result is result] for result in Result}
    # A line with one that is not stopped is no line of what is done.
    lines[census.result].insert(0, f"strategies: {census.told()}")
    lines[Result.NOT_DONE] += _listed(census.not_stopped, census.not_done)
    lines[Result.NOT_DONE] += _orders(pieces.entry_orders)
    lines[Result.UNKNOWN] += [*_listed(census.nobody_knows, census.unknown), *together(census.unread)]
    if pieces.exposure.result is not Result.DONE:
        lines[Result.UNKNOWN].append(_line(pieces.exposure))
    bad = [piece for piece in (pieces.latch, *pieces.parts, pieces.exposure) if piece.result is not Result.DONE]
    bad += [pieces.entry_orders] if pieces.entry_orders.pages else []
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
        headline=_headline(pieces, bad, well=well),
        exposure=_exposure(pieces.exposure),
    )


def _dry_run(pieces: StopPieces) -> Ending:
    """Everything in it is what would be; only the notice was really sent."""
    census, changes = pieces.strategies, (pieces.latch, *pieces.parts, pieces.entry_orders)
    return Ending(
        outcome=Outcome.DRY_RUN,
        summary=f"Dry run, nothing was changed: {would(pieces)}",
        severity="low",
        known=_known(pieces),
        done=tuple(_line(piece) for piece in changes if piece.result is Result.DONE),
        not_done=(
            *(f"{name}: {why}" for name, why in census.not_stopped),
            *_more(census.not_stopped, census.not_done),
            *(_line(piece) for piece in changes if piece.result is Result.NOT_DONE),
            *_orders(pieces.entry_orders),
        ),
        unknown=(
            *_listed(census.nobody_knows, census.unknown),
            *together(census.unread),
            *(_line(piece) for piece in changes if piece.result is Result.UNKNOWN),
        ),
        not_proven=("everything",),
        exposure=_exposure(pieces.exposure),
    )


def _resolved(pieces: StopPieces) -> str:
    orders = pieces.entry_orders
    how = "" if orders.result is Result.DONE else f" {_words(orders.result)}"
    return (
        f"{lead('Stopped', _not_proven(pieces, ()))}{pieces.strategies.told()}. {unread_input(pieces.order)}"
        f"Entry orders{how}: {orders.why}. "
        "No position was closed. Nothing restarts trading until a person starts resume-trading"
    )


def _escalated(pieces: StopPieces, bad: Sequence[Piece]) -> str:
    """What stands, what a person must do now, and the raw reasons at the end."""
    named = pieces.entry_orders.pages or pieces.entry_orders.result is Result.DONE
    orders = [] if named else [pieces.entry_orders]
    whys = [f"{piece.name} {_words(piece.result)}: {piece.why}" for piece in (*bad, *orders)]
    whys += together(pieces.strategies.unread)
    todo = " ".join(f"{cure}." for cure in cures(pieces, bad))
    reasons = f" Reasons: {'. '.join(whys)}" if whys else ""
    return f"{state_of(pieces)}. {unread_input(pieces.order)}A person must act now: {todo}{reasons}"


def _headline(pieces: StopPieces, bad: Sequence[Piece], *, well: bool) -> tuple[str, ...]:
    census, told = pieces.strategies, list[str]()
    if not well:
        told.append("how many is unknown" if census.unread else f"{census.done} of {census.total} stopped")
    if pieces.latch.result is not Result.DONE:
        told.append("not latched" if pieces.latch.result is Result.NOT_DONE else "latch unknown")
    told += [f"{census.not_done} not stopped"] if census.not_done else []
    told += [f"{census.unknown} unknown"] if census.unknown else []
    if pieces.entry_orders.result is not Result.DONE:
        told.append(f"entry orders {_words(pieces.entry_orders.result)}")
    rest = [piece for piece in bad if piece is not pieces.latch and piece is not pieces.entry_orders]
    told += [f"{piece.name} {_words(piece.result)}" for piece in rest]
    return tuple(told)


def _not_proven(pieces: StopPieces, bad: Sequence[Piece]) -> tuple[str, ...]:
    names = [piece.name for piece in bad]
    names += ["strategies"] if pieces.strategies.result is not Result.DONE else []
    names += ["entry orders"] if pieces.entry_orders.result is not Result.DONE else []
    return tuple(dict.fromkeys([*names, *pieces.exposure.unproven]))


def _known(pieces: StopPieces) -> tuple[str, ...]:
    order = pieces.order
    ids = order.strategy_ids
    whom = "everything" if ids is None else f"{len(ids)} {'strategy' if len(ids) == 1 else 'strategies'} by name"
    stopped = "everything would be stopped" if order.dry_run else "everything is stopped"
    unread = [f"could not be read, so {stopped}: {one}" for one in order.unread]
    key = [f"every strategy, one by one: {pieces.strategies.key}"] if pieces.strategies.key else []
    return (f"asked for by {order.requested_by} (a claim), {whom}: {order.reason}", *unread, *pieces.known, *key)


def _exposure(piece: Piece) -> tuple[str, ...]:
    return (piece.why, *piece.items, *_whole(piece))


def _orders(piece: Piece) -> list[str]:
    """Each of those that a person has to cancel, by name."""
    return [] if piece.result is Result.DONE else [*piece.items, *_whole(piece)]


def _whole(piece: Piece) -> list[str]:
    return [f"whole list: {piece.details_key}"] if piece.details_key else []


def _listed(named: Sequence[tuple[str, str]], total: int) -> list[str]:
    return [*(f"{name}: {why}" for name, why in named), *_more(named, total)]


def _more(named: Sequence[tuple[str, str]], total: int) -> list[str]:
    more = total - len(named)
    return [f"and {more} more {'strategy' if more == 1 else 'strategies'}"] if more > 0 else []


def _line(piece: Piece) -> str:
    return f"{piece.name}: {piece.why}"


def _words(result: Result) -> str:
    return result.value.replace("_", " ")
