"""The second questions: what a person did by hand, and whether a position is gone of which no fill tells."""

from __future__ import annotations

from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.facts import Evidence, PositionFact
from functions.rules.stuck.question import CLOSED, LEAVE, NOT_CLOSED, target_of
from functions.rules.stuck.telling import told
from functions.venue import Unit

CAUSE_BY_HAND: Final = "closed_by_hand"
CAUSE_NO_FILL: Final = "gone_without_a_fill"


def by_hand(position: PositionFact, unit: Unit, desk: str, evidence: tuple[Evidence, ...] = ()) -> Question:
    """After `manual_close`: what was done is verified at the venue whatever is said."""
    return _question(
        position,
        unit,
        desk,
        evidence,
        cause=CAUSE_BY_HAND,
        title=f"Close {unit.side} {told(position.amount)} {position.symbol} by hand, then answer here",
        lines=(
            Line(
                "Do this",
                f"close {told(position.amount)} of {position.symbol} on account {unit.account} at {unit.venue}",
            ),
            Line("Reduce only", "mark the order reduce-only, so that it cannot turn the position round"),
            Line("Then", "answer with the price and the order's id; the venue is read, and its fill decides"),
        ),
        yes="I closed it: here are the price and the order's id",
        then="The venue is read twice, and its fill is written into the record, as closed by hand.",
    )


def gone(
    position: PositionFact,
    unit: Unit,
    desk: str,
    told_: str,
    leave_minutes: int,
    evidence: tuple[Evidence, ...] = (),
) -> Question:
    """The venue was read flat twice, and no fill that closed it is found."""
    leave = Option(
        LEAVE,
        "Leave the record as it is for now",
        "Nothing is changed. At the time that you give it is looked for again by itself.",
        Risk.NONE,
        "LEAVE",
        until_at_most_minutes=leave_minutes,
    )
    return _question(
        position,
        unit,
        desk,
        evidence,
        cause=CAUSE_NO_FILL,
        title=f"Gone from the venue without a fill: {unit.side} {told(position.amount)} {position.symbol}",
        lines=(
            Line("Table and venue", told_),
            Line("Read", "twice, both times the venue held nothing of it"),
            Line(
                "Fills",
                "none is found at the venue that closed it, so nobody knows when, at what price and by whom",
            ),
        ),
        yes="It is closed: write that into the record",
        then="The record says closed, as closed by hand, without a price. No order is sent.",
        leave=leave,
    )


def _question(
    position: PositionFact,
    unit: Unit,
    desk: str,
    evidence: tuple[Evidence, ...],
    *,
    cause: str,
    title: str,
    lines: tuple[Line, ...],
    yes: str,
    then: str,
    leave: Option | None = None,
) -> Question:
    closed = Option(CLOSED, yes, then, Risk.NONE, "DONE", note_required=True)
    no = Option(
        NOT_CLOSED,
        "It is not closed",
        "Nothing is written; the position is looked at again and you are asked what to do.",
        Risk.NONE,
        "STILLOPEN",
    )
    where = Line(
        "Position", f"{position.position_id} of {position.strategy_id}, account {unit.account} at {unit.venue}"
    )
    return Question(
        kind="close",
        title=title,
        target=target_of(unit),
        facts=(*lines, where),
        options=(closed, no, *((leave,) if leave else ())),
        evidence=evidence,
        desk=desk,
        cause=cause,
        venue=unit.venue,
        again={"position_id": position.position_id},
    )
