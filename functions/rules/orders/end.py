"""How a run of order-failures ends (CONTRACT.md 4). Total, and never more than the facts say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

from functions.facts import ChecklistItem, Outcome, Result
from functions.rules.checklist import judge_checklist
from functions.rules.orders.plan import OrderGroup, OrderPlan, Verdict, groups_of
from functions.rules.orders.words import of_cause, of_remedy, whom
from functions.rules.pieces import Ending
from functions.rules.proven import lead

How = Literal["acted", "declined", "left_open", "unanswered", "over", "refused", "gave_up", "dry_run"]


@dataclass(frozen=True, slots=True)
class CauseEnd:
    """One cause as the run leaves it: by its last remedy, and by the last proof of it. `result` None: nothing was
    done. `error`: the remedy came to grief on its way, so nobody knows how far it got."""

    group: OrderGroup
    how: How | None
    result: Result | None
    why: str
    error: str | None = None
    until: datetime | None = None
    decided_by: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    proof: Result | None = None
    proof_why: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class OrderPieces:
    """None: the run did not come that far. `appeared`: causes that showed while others were cured, and that no
    round was left for. `blind`: what the newest look could not read."""

    dry_run: bool = False
    why_not: str | None = None
    held_by: str | None = None
    error: str | None = None
    plan: OrderPlan | None = None
    left: tuple[OrderGroup, ...] = ()
    ends: tuple[CauseEnd, ...] = ()
    appeared: tuple[OrderGroup, ...] = ()
    blind: tuple[str, ...] = ()
    checklist: tuple[ChecklistItem, ...] | None = None
    left_behind: tuple[str, ...] = ()


@dataclass(slots=True)
class _Book:
    known: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)
    ways: set[str] = field(default_factory=set)
    until: datetime | None = None


def end_of(pieces: OrderPieces) -> Ending:
    """In the order of how far a run can come."""
    if pieces.why_not is not None:
        why = f"Nothing was looked at: {pieces.why_not}"
        return Ending(Outcome.NOTHING_TO_DO, why, "low", not_proven=("everything",))
    if pieces.held_by is not None:
        why = f"Another run is at work on the orders already: {pieces.held_by}"
        return Ending(Outcome.DUPLICATE, why, "low", not_done=("the whole run",))
    if pieces.plan is None:
        return _broke(pieces.error or "the diagnosis came to no verdict", pieces)
    if pieces.dry_run:
        return _dry_run(pieces, pieces.plan)
    if pieces.error is not None:
        return _broke(pieces.error, pieces)
    if not pieces.ends and pieces.plan.verdict is Verdict.NOTHING_TO_DO:
        summary = f"Nothing to do: {pieces.plan.reason}"
        return Ending(Outcome.NOTHING_TO_DO, summary, "low", known=_evidence(pieces.plan))
    return _acted(pieces, pieces.plan)


def _acted(pieces: OrderPieces, plan: OrderPlan) -> Ending:
    book = _book(pieces, plan)
    reason = _reason(pieces, plan)
    if book.not_done or book.unknown:
        first = next(iter((*book.not_done, *book.unknown)))
        summary = f"A person must act now: {reason}. {first}"
        escalated = _ending(Outcome.ESCALATED, summary, "critical", book)
        return replace(escalated, stays_open="unanswered" in book.ways)
    if "left_open" in book.ways:
        left = _ending(Outcome.LEFT_OPEN, f"Left open by a person: {_open(pieces, book)}", "medium", book)
        return replace(left, until=book.until)
    if "declined" in book.ways:
        return _ending(Outcome.DECLINED, f"Declined by a person: {_open(pieces, book)}", "medium", book)
    resolved = _ending(Outcome.RESOLVED, reason, "medium", book)
    return replace(resolved, summary=f"{lead('Resolved', resolved.not_proven)}{reason}")


def _book(pieces: OrderPieces, plan: OrderPlan) -> _Book:
    book = _Book(known=[*_evidence(plan)], not_done=[*pieces.left_behind])
    for end in pieces.ends:
        _end(book, end)
    ended = {end.group.group_id for end in pieces.ends}
    for group in groups_of(plan):
        if group.group_id not in ended:
            book.unknown.append(f"{of_remedy(group)}: no result came back")
    book.not_done += [f"{of_cause(one)}: {one.fix}" for one in pieces.left]
    book.not_done += [f"appeared while others were cured - {of_cause(one)}: {one.fix}" for one in pieces.appeared]
    _unread(book, pieces, plan)
    _checklist(book, pieces)
    return book


def _unread(book: _Book, pieces: OrderPieces, plan: OrderPlan) -> None:
    """A cause that was cured is proven by itself; whether anything else fails is not, where nobody can see it."""
    if not pieces.ends:
        book.unknown += plan.unknown if plan.unknown or book.not_done else (plan.reason,)
        return
    book.known += [f"not looked at: {one}" for one in plan.unknown if one not in plan.blind]
    book.not_proven += [f"that no other order fails ({one})" for one in pieces.blind]


def _end(book: _Book, end: CauseEnd) -> None:
    group, what = end.group, of_remedy(end.group)
    book.known += [*end.known, *end.follow_ups]
    if end.decided_by:
        book.known.append(f"{' and '.join(end.decided_by)} decided for {whom(group)}: {end.why}")
    if end.error is not None:
        book.unknown.append(f"{what}: {end.error}")
        return
    if end.how is not None:
        book.ways.add(end.how)
    match end.how:
        case "declined" | "left_open":
            until = f" until {end.until:%Y-%m-%d %H:%M} UTC" if end.until else ""
            book.open.append(f"{of_cause(group)}: left as it is{until}; {end.why}")
            book.until = min(filter(None, (book.until, end.until)), default=None)
        case "unanswered":
            book.not_done.append(f"{of_cause(group)}: {end.why}; {group.fix}")
        case "refused" | "gave_up":
            book.not_done.append(f"{what}: {end.why}; {group.fix}")
        case "acted" | "over":
            _proven(book, end, what)
        case None | "dry_run":
            book.unknown.append(f"{what}: no result came back")
        case _:
            assert_never(end.how)


def _proven(book: _Book, end: CauseEnd, what: str) -> None:
    """What was done counts by its proof: an act without one is no cure."""
    if end.result is Result.NOT_DONE:
        book.not_done.append(f"{what}: {end.why}; {end.group.fix}")
        return
    if end.result is Result.UNKNOWN:
        book.unknown.append(f"{what}: {end.why}")
        return
    match end.proof:
        case Result.DONE:
            book.done += [f"{what}: {end.why}", f"{of_cause(end.group)}: {end.proof_why}"]
            if end.silent:
                book.not_proven.append(f"an order of {whom(end.group)} since the remedy")
        case Result.NOT_DONE:
            book.done.append(f"{what}: {end.why}")
            book.not_done.append(f"it did not help - {of_cause(end.group)}: {end.proof_why}; {end.group.fix}")
        case Result.UNKNOWN | None:
            book.done.append(f"{what}: {end.why}")
            book.unknown.append(f"whether it helped - {of_cause(end.group)}: {end.proof_why or 'not looked at'}")
        case _:
            assert_never(end.proof)


def _checklist(book: _Book, pieces: OrderPieces) -> None:
    """Walked where something was done; where a person leaves the trouble, it fails by that very trouble."""
    if not any(end.how in ("acted", "over") for end in pieces.ends):
        return
    if pieces.checklist is None:
        book.unknown.append("the checklist: it was not walked")
        return
    answers = judge_checklist(pieces.checklist)
    told = {item.id: f"{item.question} - {item.result.value}: {item.value}" for item in pieces.checklist}
    follows = {"orders", "log_patterns", "alarms"} if book.open else set()
    for line in answers.blocking:
        lines = book.not_done if line in answers.fails else book.unknown
        (book.open if line in follows else lines).append(f"checklist: {told.get(line, f'{line}: no answer')}")
    book.known += [f"not of this run: {told[line]}" for line in answers.others]
    book.done += [told[line] for line in answers.passes]
    book.not_proven += answers.not_proven


def _reason(pieces: OrderPieces, plan: OrderPlan) -> str:
    """The causes of every round; the plan's own sentence where none was treated."""
    if not pieces.ends:
        return plan.reason
    found = dict.fromkeys(of_cause(one) for one in (*(end.group for end in pieces.ends), *pieces.left))
    return "; ".join(found)


def _open(pieces: OrderPieces, book: _Book) -> str:
    """What a person leaves, with its cause; then what else there was."""
    left = ("declined", "left_open")
    others = dict.fromkeys(of_cause(end.group) for end in pieces.ends if end.how not in left)
    return f"{book.open[0]}{'. Besides: ' if others else ''}{'; '.join(others)}"


def _dry_run(pieces: OrderPieces, plan: OrderPlan) -> Ending:
    would = tuple(_planned(one, pieces.ends) for one in groups_of(plan))
    left = tuple(f"would escalate - {of_cause(one)}: {one.fix}" for one in pieces.left)
    failed = (f"everything after the failure: {pieces.error}",) if pieces.error else ()
    return Ending(
        Outcome.DRY_RUN,
        f"Dry run, nothing was changed: {plan.reason}",
        "low",
        known=_evidence(plan),
        not_done=(*would, *left),
        unknown=(*plan.unknown, *failed),
        not_proven=("everything",),
    )


def _planned(group: OrderGroup, ends: Iterable[CauseEnd]) -> str:
    """What the remedy itself says that it would do begins with that word."""
    told = next((end.why for end in ends if end.group.group_id == group.group_id), "") or of_cause(group)
    return f"{of_remedy(group)}: {told}" if told.startswith("would ") else f"would {of_remedy(group)}: {told}"


def _broke(error: str, pieces: OrderPieces) -> Ending:
    """The run itself failed on its way: what it did stands, and everything after that is unknown."""
    book = _book(pieces, pieces.plan) if pieces.plan and pieces.ends else _Book(not_done=[*pieces.left_behind])
    book.unknown.append(f"everything after the failure: {error}")
    before = "" if pieces.ends else ", before any remedy was applied"
    summary = f"A person must act now: the run failed on its way ({error}){before}"
    return _ending(Outcome.ESCALATED, summary, "critical", book)


def _evidence(plan: OrderPlan) -> tuple[str, ...]:
    groups = (*groups_of(plan), *plan.left)
    seen = dict.fromkeys(f"{e.what} {e.where}: {e.value}" for group in groups for e in group.evidence)
    return tuple(seen)[:20]


def _ending(outcome: Outcome, summary: str, severity: str, book: _Book) -> Ending:
    return Ending(
        outcome,
        summary,
        severity,
        known=_once(book.known),
        done=_once(book.done),
        not_done=_once([*book.not_done, *book.open]),
        unknown=_once(book.unknown),
        # The lines of the checklist, one word each, first: a subject is cut at its end.
        not_proven=_once(sorted(book.not_proven, key=lambda one: " " in one)),
    )


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
