"""How a resume ends, from what it collected. Total, and never more than was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from functions.facts import ChecklistItem, Outcome, Result
from functions.rules.answered import NOBODY
from functions.rules.book import Tally
from functions.rules.checklist import judge_checklist
from functions.rules.glass import breaks
from functions.rules.pieces import Ending
from functions.rules.proposals import names
from functions.rules.proven import tail
from functions.rules.resume_question import REJECT

GLASS: Final = "ratification"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one strategy. `others`: it was changed by somebody else and is no business of this run."""

    strategy_id: str
    result: Result
    before: str
    now: str | None
    why: str
    others: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """As the plan says it (resuming.ResumePlan). `total`: so many were to come back."""

    verdict: str
    reason: str
    failing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    would: tuple[str, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """The answer: an option's id, or why there is none."""

    decision: str
    by: tuple[str, ...] = ()
    note: str | None = None
    why_nobody: str | None = None


@dataclass(frozen=True, slots=True)
class ResumePieces:
    """None: the run did not come that far. `let_go`: what became of the kill switch. `service`: why no task runs.
    `stopped`: who stopped trading meanwhile. `halted`: why everything was halted again, and by which execution.
    `batches` says how the batches ended where more could come. `rows` are None where nobody could be looked at.
    `acts`: acts whose result is not done, or unknown, a sentence each. `checklist` is empty where it was not to be
    walked, None where it was and left nothing."""

    why_not: str | None = None
    held_by: str | None = None
    error: str | None = None
    planned: Planned | None = None
    said: Said | None = None
    let_go: str | None = None
    managing: bool = False
    service_down: str | None = None
    stopped: str | None = None
    halted: str | None = None
    failed: tuple[str, ...] = ()
    failed_total: int = 0
    silent: tuple[str, ...] = ()
    silent_total: int = 0
    signals_unread: str | None = None
    rows: tuple[Row, ...] | None = None
    acts: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    ratified: bool = False
    checklist: tuple[ChecklistItem, ...] | None = ()


def end_of(pieces: ResumePieces) -> Ending:
    """In the order of how far a run can come: the switch, the lock, the plan, the answer, the way back."""
    if pieces.why_not is not None:
        why = f"Nothing was looked at: {pieces.why_not}"
        return Ending(Outcome.NOTHING_TO_DO, why, "low", not_proven=("everything",))
    if pieces.held_by is not None:
        why = f"Another run brings trading back already: {pieces.held_by}"
        return Ending(Outcome.DUPLICATE, why, "low", not_done=("the whole run",))
    planned = pieces.planned
    if planned is None:
        why = f"A person must act now: nobody was asked, nothing was changed ({pieces.error or 'no verdict'})"
        return Ending(Outcome.ESCALATED, why, "critical", not_done=("the whole run",))
    if planned.verdict == "nothing_to_do":
        return Ending(Outcome.NOTHING_TO_DO, f"Nothing to do: {planned.reason}", "low")
    if planned.verdict == "escalate":
        return _refused(planned)
    if planned.verdict == "dry_run":
        summary = f"Dry run, nothing was changed and nobody asked: {planned.reason}"
        known = (*planned.would, *planned.forgotten, *planned.left_out, *planned.unknown)
        return Ending(Outcome.DRY_RUN, summary, "low", known=known, not_proven=("everything",))
    if pieces.said is None or pieces.said.decision in NOBODY or pieces.said.why_nobody is not None:
        return _unanswered(pieces, planned)
    if pieces.said.decision == REJECT:
        return _declined(pieces.said, planned)
    return _acted(pieces, planned, pieces.said)


def _refused(planned: Planned) -> Ending:
    return Ending(
        Outcome.ESCALATED,
        f"A person must act now; nobody was asked and nothing was changed: {planned.reason}",
        "critical",
        known=planned.left_out,
        not_done=(*(planned.failing or (planned.reason,)), *planned.forgotten),
        unknown=planned.unknown,
        not_proven=planned.not_proven,
    )


def _unanswered(pieces: ResumePieces, planned: Planned) -> Ending:
    said = pieces.said
    why = said.why_nobody or NOBODY.get(said.decision) if said else None
    why = why or pieces.error or "nobody answered"
    return Ending(
        Outcome.ESCALATED,
        f"Nobody decided whether trading comes back, and everything stays as it was: {why}",
        "critical",
        known=planned.left_out,
        not_done=("bringing trading back: nobody decided", *planned.forgotten),
        unknown=planned.unknown,
        not_proven=planned.not_proven,
        stays_open=True,
    )


def _declined(said: Said, planned: Planned) -> Ending:
    note = f' ("{said.note}")' if said.note else ""
    return Ending(
        Outcome.DECLINED,
        f"{_who(said)} said no{note}: everything stays as it was",
        "medium",
        known=planned.left_out,
        not_done=("bringing trading back: declined", *planned.forgotten),
        unknown=planned.unknown,
        not_proven=planned.not_proven,
    )


def _acted(pieces: ResumePieces, planned: Planned, said: Said) -> Ending:
    broke = breaks(said.decision)
    decided = f"{_who(said)} decided{' alone, and broke the glass' if broke else ''}: {said.decision}"
    if pieces.let_go is None:
        why = pieces.error or "the kill switch is as it was"
        return Ending(
            Outcome.ESCALATED,
            f"A person must act now: nothing was brought back ({why})",
            "critical",
            known=(decided, *planned.left_out),
            not_done=("bringing trading back", *pieces.acts, *planned.forgotten),
            unknown=planned.unknown,
            not_proven=planned.not_proven,
        )
    rows = pieces.rows or ()
    back = sum(_counts(row, Result.DONE) for row in rows)
    not_done = [*_not_done(pieces), *_listed(rows, Result.NOT_DONE, "not brought back"), *planned.forgotten]
    if planned.total and not back and not not_done:
        not_done.append(f"0 of {planned.total} strategies came back")
    unknown = [*_unknown(pieces), *_listed(rows, Result.UNKNOWN, "not known")]
    done = [pieces.let_go, *_listed(rows, Result.DONE, "manage their exits" if pieces.managing else "trade again")]
    changed = [row for row in rows if row.others]
    known = [decided, *planned.left_out]
    checked = _checked(pieces.checklist)
    not_done += checked.not_done
    unknown += checked.unknown
    known += checked.known
    if changed:
        known.append(
            f"changed by somebody else since, and left so: {names([row.strategy_id for row in changed], 10)}"
        )
    ending = Ending(
        Outcome.RESOLVED,
        f"{_what(pieces)}: {back} of {planned.total} strategies came back",
        "medium",
        known=tuple(known),
        done=tuple(done),
        not_done=tuple(not_done),
        unknown=(*unknown, *planned.unknown),
        not_proven=tuple(dict.fromkeys((*_not_proven(pieces, planned, broke=broke), *checked.not_proven))),
        stays_open=broke and not pieces.ratified,
    )
    if not not_done and not unknown:
        ratify = "; another person has still to ratify it" if ending.stays_open else ""
        return replace(ending, summary=f"{ending.summary}{ratify}{tail(ending.not_proven)}")
    first = [*not_done, *unknown][0]
    summary = f"A person must act now: {first}. {pieces.let_go}"
    return replace(ending, outcome=Outcome.ESCALATED, severity="critical", summary=summary)


def _checked(checklist: tuple[ChecklistItem, ...] | None) -> Tally:
    """What the checklist adds (CONTRACT.md 4)."""
    if checklist is None:
        return Tally(unknown=["the checklist: it left no answer"])
    if not checklist:
        return Tally()
    answers = judge_checklist(checklist)
    told = {item.id: item.value for item in checklist}
    book = Tally(not_proven=list(answers.not_proven))
    for line in answers.blocking:
        lines = book.not_done if line in answers.fails else book.unknown
        lines.append(f"checklist, {line}: {told.get(line, 'not answered')}")
    book.known += [f"checklist, {line}, for others: {told[line]}" for line in answers.others]
    return book


def _not_done(pieces: ResumePieces) -> Iterator[str]:
    if pieces.stopped is not None:
        yield f"the rest of the way back: {pieces.stopped}"
    if pieces.halted is not None:
        yield pieces.halted
    if pieces.service_down is not None:
        yield f"the service: {pieces.service_down}; nobody was brought back"
    if pieces.failed_total:
        yield f"{pieces.failed_total} failed to come back and were stopped again: {names(pieces.failed, 10)}"
    yield from pieces.acts


def _unknown(pieces: ResumePieces) -> Iterator[str]:
    if pieces.error is not None:
        yield f"everything after the failure: {pieces.error}"
    if pieces.rows is None:
        yield "how the strategies stand: they could not be read"
    yield from pieces.troubles


def _not_proven(pieces: ResumePieces, planned: Planned, *, broke: bool) -> Iterator[str]:
    yield from planned.not_proven
    if pieces.managing:
        yield "exits managed"
    elif pieces.silent_total or pieces.signals_unread:
        yield "signals"
    if broke and not pieces.ratified:
        yield GLASS


def _counts(row: Row, result: Result) -> bool:
    return row.result is result and not row.others


def _listed(rows: Sequence[Row], result: Result, what: str) -> Iterator[str]:
    found = [row for row in rows if _counts(row, result)]
    if found:
        first = f" ({found[0].strategy_id}: {found[0].why})" if result is not Result.DONE else ""
        yield f"{len(found)} {what}: {names([row.strategy_id for row in found], 10)}{first}"


def _what(pieces: ResumePieces) -> str:
    return "Exits are managed again, nobody trades" if pieces.managing else "Trading is resumed"


def _who(said: Said) -> str:
    return " and ".join(said.by) or "somebody who is not named"
