"""How a run of stuck-position ends (CONTRACT.md 4). Total, and never more than the facts say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from functions.facts import ChecklistItem, Outcome
from functions.rules.checklist import judge_checklist
from functions.rules.pieces import Ending
from functions.rules.proven import lead
from functions.rules.stuck.delegated import Delegated, end_of_all
from functions.rules.stuck.telling import clause


class How(StrEnum):
    """`closed`: by this run, proven flat. `corrected`: the venue had nothing of it any more, and the record says so
    now. `nothing`: it is not stuck (any more). `escalate`: a person must act now."""

    CLOSED = "closed"
    CORRECTED = "corrected"
    NOTHING = "nothing"
    LEFT_OPEN = "left_open"
    UNANSWERED = "unanswered"
    ESCALATE = "escalate"
    DRY_RUN = "dry_run"


@dataclass(frozen=True, slots=True)
class SettleEnd:
    """What became of one position. The lists are sentences, `not_proven` short names; `until`: when what a person
    leaves open is asked about again."""

    how: How
    told: str
    known: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StuckPieces:
    """None: the run did not come that far. `dry_run`: whatever it came to, nothing was changed and nobody asked.
    `paused`: strategies whose entries a close has left paused, in sentences."""

    dry_run: bool = False
    why_not: str | None = None
    held_by: str | None = None
    error: str | None = None
    delegated: Delegated | None = None
    settled: SettleEnd | None = None
    paused: tuple[str, ...] = ()
    checklist: tuple[ChecklistItem, ...] | None = None


def end_of(pieces: StuckPieces) -> Ending:
    """In the order of how far a run can come."""
    if pieces.why_not is not None:
        why = f"Nothing was looked at: {pieces.why_not}"
        return Ending(Outcome.NOTHING_TO_DO, why, "low", not_proven=("everything",))
    if pieces.held_by is not None:
        why = f"Another run is at work on this position or on its unit: {pieces.held_by}"
        return Ending(Outcome.DUPLICATE, why, "low", not_done=("the whole run",))
    if pieces.delegated is not None and pieces.error is None:
        return end_of_all(pieces.delegated)
    if pieces.settled is None:
        return _broke(pieces.error or "it came to no end of its own", pieces)
    if pieces.dry_run and pieces.error is None:
        return _dry_run(pieces.settled)
    settled = replace(pieces.settled, not_done=(*pieces.settled.not_done, *pieces.paused))
    ending = _settled(settled, pieces.checklist)
    if pieces.error is None:
        return ending
    unknown = (*ending.unknown, f"everything after the failure: {pieces.error}")
    before = clause(pieces.settled.told)
    summary = f"A person must act now: {before}. Then the run failed on its way ({pieces.error})"
    return replace(ending, outcome=Outcome.ESCALATED, severity="critical", summary=summary, unknown=unknown)


def _broke(error: str, pieces: StuckPieces) -> Ending:
    started = pieces.delegated.started if pieces.delegated else ()
    summary = f"A person must act now: the run failed on its way ({error})"
    unknown = (f"everything after the failure: {error}",)
    not_proven = ("positions",)
    return Ending(
        Outcome.ESCALATED,
        summary,
        "critical",
        done=started,
        not_done=pieces.paused,
        unknown=unknown,
        not_proven=not_proven,
    )


def _dry_run(end: SettleEnd) -> Ending:
    would = "would escalate: " if end.how in (How.ESCALATE, How.UNANSWERED) else ""
    told = f"Dry run, nothing was changed: {would}{end.told}"
    return _ending(Outcome.DRY_RUN, told, "low", replace(end, not_proven=("everything",)))


def _settled(end: SettleEnd, checklist: tuple[ChecklistItem, ...] | None) -> Ending:
    match end.how:
        case How.CLOSED | How.CORRECTED:
            return _resolved(end, checklist)
        case How.NOTHING:
            return _ending(Outcome.NOTHING_TO_DO, f"Nothing to do: {clause(end.told)}", "low", end)
        case How.LEFT_OPEN:
            left = _ending(Outcome.LEFT_OPEN, f"Left open by a person: {end.told}", "medium", end)
            return replace(left, until=end.until)
        case How.UNANSWERED:
            asked = _ending(Outcome.ESCALATED, f"A person must act now: {clause(end.told)}", "critical", end)
            return replace(asked, stays_open=True)
        case How.ESCALATE:
            return _ending(Outcome.ESCALATED, f"A person must act now: {clause(end.told)}", "critical", end)
        case How.DRY_RUN:
            return _dry_run(end)
        case _:
            assert_never(end.how)


def _resolved(end: SettleEnd, checklist: tuple[ChecklistItem, ...] | None) -> Ending:
    """Resolved only where nothing is left undone or unknown, by the run and by the checklist."""
    if checklist is None:
        book = replace(end, unknown=(*end.unknown, "the checklist: not walked"))
        return _ending(
            Outcome.ESCALATED, f"A person must act now: {clause(end.told)}; not verified", "critical", book
        )
    answers = judge_checklist(checklist)
    told = {item.id: f"{item.question} - {item.result.value}: {item.value}" for item in checklist}
    failing = tuple(told.get(one, f"{one}: no answer") for one in answers.blocking)
    besides = tuple(f"not of this run: {told[one]}" for one in answers.others)
    proven = tuple(told[one] for one in answers.passes)
    book = replace(
        end,
        known=(*end.known, *besides),
        done=(*end.done, *proven),
        not_done=(*end.not_done, *failing),
        not_proven=tuple(dict.fromkeys((*end.not_proven, *answers.not_proven))),
    )
    if book.not_done or book.unknown:
        first = next(iter((*book.not_done, *book.unknown)))
        return _ending(
            Outcome.ESCALATED, f"A person must act now: {clause(end.told)}, but {first}", "critical", book
        )
    summary = f"{lead('Resolved', _once(book.not_proven))}{clause(end.told)}"
    return _ending(Outcome.RESOLVED, summary, "medium", book)


def _ending(outcome: Outcome, summary: str, severity: str, end: SettleEnd) -> Ending:
    return Ending(
        outcome,
        summary,
        severity,
        known=_once(end.known),
        done=_once(end.done),
        not_done=_once(end.not_done),
        unknown=_once(end.unknown),
        not_proven=_once(end.not_proven),
    )


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
