"""What is true of a position that should be closed, by the table and the venue side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from functions.facts import PositionFact
from functions.rules.closing.away import AWAY
from functions.rules.stuck.overdue import Overdue
from functions.rules.units.attribution import Attribution, Standing
from functions.rules.units.owner import Owner
from functions.venue import Row, Trouble, Unit


class State(StrEnum):
    """`open`: table and venue agree on what is this position's own. `flat`: the venue holds nothing of it.
    `unreachable`: the venue does not answer now and may later. `unreadable`: something that the judgement rests
    on cannot be read, and waiting does not help."""

    CLOSED = "closed"
    NOT_STUCK = "not_stuck"
    NOT_LIVE = "not_live"
    NO_UNIT = "no_unit"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    OPEN = "open"
    FLAT = "flat"
    BREAK = "break"
    DUST = "dust"


# What passes by itself. OTHER may, and so may what no venue said (a throttled table): both are looked at again a
# few times. Everything else needs a person: a key, an account, a symbol.
PASSES: Final = AWAY
MAY_PASS: Final = PASSES | {Row.OTHER}


@dataclass(frozen=True, slots=True)
class Reconciled:
    state: State
    told: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read. `attribution` None: something that it rests on was not read; `trouble` is what the venue said
    then, `unreadable` names it. `by_hand`: a person says that it should be closed."""

    position: PositionFact
    overdue: Overdue
    owner: Owner
    unit: Unit | None
    attribution: Attribution | None
    unreadable: tuple[str, ...]
    trouble: Trouble | None
    by_hand: bool


def reconcile(seen: Seen) -> Reconciled:
    """In the order of what may not be passed over: the record, the symptom, whose money it is, then the venue."""
    if seen.position.status == "closed":
        return Reconciled(State.CLOSED, "its record says closed")
    if seen.overdue.stuck is False and not seen.by_hand:
        return Reconciled(State.NOT_STUCK, seen.overdue.told)
    if not seen.owner.live:
        mode = seen.owner.mode or "not known"
        return Reconciled(
            State.NOT_LIVE, f"its mode is {mode}: no order and no correction without a proven live one"
        )
    if seen.unit is None:
        lacking = ", ".join(seen.owner.missing()) or "symbol or side"
        return Reconciled(State.NO_UNIT, f"{lacking} is not known, so nobody knows where it is")
    if seen.attribution is None:
        return _unread(seen)
    return _standing(seen.attribution)


def _unread(seen: Seen) -> Reconciled:
    what = "; ".join(seen.unreadable) or "the venue's position"
    said = f" ({seen.trouble.told()})" if seen.trouble else ""
    passes = seen.trouble is None or seen.trouble.row in MAY_PASS
    return Reconciled(State.UNREACHABLE if passes else State.UNREADABLE, f"not readable: {what}{said}")


def _standing(found: Attribution) -> Reconciled:
    match found.standing:
        case Standing.AGREED:
            return Reconciled(State.OPEN, found.told)
        case Standing.FLAT:
            return Reconciled(State.FLAT, found.told)
        case Standing.BREAK:
            return Reconciled(State.BREAK, found.told)
        case Standing.DUST:
            return Reconciled(State.DUST, found.told)
        case _:
            assert_never(found.standing)
