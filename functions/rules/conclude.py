"""How a run ends, from what it collected (CONTRACT.md 4). Total, and never more than the facts say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, assert_never

from functions.facts import Outcome
from functions.rules.book import Tally
from functions.rules.pieces import AfterAsking, Ending, GroupEnd, Proven, RunPieces, StrategyEnd
from functions.rules.plan import Group, Plan, Remedy, Verdict
from functions.rules.proposals import names
from functions.rules.proven import lead
from functions.rules.tally import tally

__all__ = ["Ending", "GroupEnd", "Proven", "RunPieces", "StrategyEnd", "conclude"]

MOST_EVIDENCE: Final = 20


def conclude(pieces: RunPieces) -> Ending:
    """In the order of how far a run can come: the door, the switch, the guard, its own failure, the plan."""
    if pieces.refusal is not None:
        why = f"Refused at the door, nothing was changed: {pieces.refusal}"
        return Ending(Outcome.INVALID_INPUT, why, "low", not_done=("the whole run",))
    if pieces.why_not is not None:
        why = f"Nothing was looked at: {pieces.why_not}"
        return Ending(Outcome.NOTHING_TO_DO, why, "low", not_proven=("everything",))
    if pieces.held_by is not None:
        why = f"Another run holds the guard already: {pieces.held_by}"
        return Ending(Outcome.DUPLICATE, why, "low", not_done=("the whole run",))
    if pieces.error is not None:
        return _broke(pieces, pieces.error)
    if pieces.plan is None:
        return _broke(pieces, "the diagnosis came to no verdict")
    if pieces.dry_run:
        return _dry_run(pieces, pieces.plan)
    match pieces.plan.verdict:
        case Verdict.NOTHING_TO_DO:
            summary = f"Nothing to do: {pieces.plan.reason}"
            return _ending(Outcome.NOTHING_TO_DO, summary, "low", pieces, Tally())
        case Verdict.ESCALATE:
            return _escalated(pieces, pieces.plan, Tally(not_done=_asked(pieces.plan.groups)))
        case Verdict.ACT:
            return _acted(pieces, pieces.plan)
        case _:
            assert_never(pieces.plan.verdict)


def _acted(pieces: RunPieces, plan: Plan) -> Ending:
    """Resolved only where nothing is left undone or unknown. What a person said no to, or accepted, is open by
    name and no failure of the run."""
    book = tally(pieces, plan.groups)
    ways = {asked.how for asked in book.asked}
    if book.not_done or book.unknown:
        return replace(_escalated(pieces, plan, book), stays_open=AfterAsking.UNANSWERED in ways)
    if AfterAsking.LEFT_OPEN in ways:
        until = min((asked.until for asked in book.asked if asked.until), default=None)
        summary = f"Left open by a person: {plan.reason}. {book.open[0]}"
        return replace(_ending(Outcome.LEFT_OPEN, summary, "medium", pieces, book), until=until)
    if AfterAsking.DECLINED in ways:
        summary = f"Declined by a person: {plan.reason}. {book.open[0]}"
        return _ending(Outcome.DECLINED, summary, "medium", pieces, book)
    resolved = _ending(Outcome.RESOLVED, plan.reason, "medium", pieces, book)
    return replace(resolved, summary=f"{lead('Resolved', resolved.not_proven)}{plan.reason}")


def _escalated(pieces: RunPieces, plan: Plan, book: Tally) -> Ending:
    first = next(iter([*book.not_done, *book.unknown]), "see below")
    summary = f"A person must act now: {plan.reason}. {first}"
    return _ending(Outcome.ESCALATED, summary, "critical", pieces, book)


def _broke(pieces: RunPieces, error: str) -> Ending:
    """The run itself failed on its way: what it did stands, and everything after that is unknown."""
    groups = pieces.plan.groups if pieces.plan else ()
    begun = pieces.plan is not None and bool(pieces.ends) and not pieces.dry_run
    book = tally(pieces, groups) if begun else Tally(not_done=[*pieces.left_behind, *_asked(groups)])
    book.unknown.append(f"everything after the failure: {error}")
    summary = f"A person must act now: the run failed on its way ({error})"
    if not begun:
        summary += (
            ", before any remedy was applied" if pieces.plan is None else ", and no remedy is known to be done"
        )
    return _ending(Outcome.ESCALATED, summary, "critical", pieces, book)


def _dry_run(pieces: RunPieces, plan: Plan) -> Ending:
    would = [
        f"would {_asking(group.remedy)}{group.remedy.replace('_', ' ')}: {names(group.strategy_ids)}"
        for group in plan.groups
        if group.remedy is not Remedy.NONE
    ]
    book = Tally(not_done=[*would, *_asked(plan.groups)], not_proven=["everything"])
    return _ending(Outcome.DRY_RUN, f"Dry run, nothing was changed: {plan.reason}", "low", pieces, book)


def _asking(remedy: Remedy) -> str:
    return "ask a person to " if remedy is Remedy.RAISE_MEMORY else ""


def _ending(outcome: Outcome, summary: str, severity: str, pieces: RunPieces, book: Tally) -> Ending:
    return Ending(
        outcome,
        summary,
        severity,
        known=(*_known(pieces), *book.known),
        done=_once(book.done),
        not_done=_once([*book.not_done, *book.open]),
        unknown=_once(book.unknown),
        not_proven=_once([*book.not_proven, *(what.partition(":")[0] for what in pieces.unread)]),
    )


def _asked(groups: Sequence[Group]) -> list[str]:
    """What only a person may do, in the words of the proposal."""
    asked = [group for group in groups if group.needs_person]
    return [
        f"a person must decide{f' for {names(g.strategy_ids)}' if g.strategy_ids else ''}: {g.proposal}"
        for g in asked
    ]


def _known(pieces: RunPieces) -> tuple[str, ...]:
    """The evidence, each piece once, and what could not be read."""
    groups = pieces.plan.groups if pieces.plan else ()
    seen = [f"{e.what} {e.where}: {e.value}" for group in groups for e in group.evidence]
    return (*_once(seen)[:MOST_EVIDENCE], *(f"not readable, {what}" for what in pieces.unread))


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
