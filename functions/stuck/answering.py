"""What comes next after a person's answer, or after none."""

from __future__ import annotations

from datetime import UTC
from math import ceil
from typing import Final

from functions.contracts import Answer
from functions.ports import Ports
from functions.rules.answered import NOBODY
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.stuck.question import CLOSED, CLOSES, LEAVE, MANUAL, NOT_CLOSED, WAIT
from functions.rules.stuck.telling import clause
from functions.settings import Settings
from functions.stuck import left
from functions.stuck.model import Look, Memo, ended, step

NEEDS: Final = ("clock.now", *left.MARK_NEEDS)
STILL_OPEN: Final = "the position is still open by its record"


def taken(ports: Ports, settings: Settings, look: Look, answer: Answer | None, why_nobody: str | None) -> Look:
    del settings
    if answer is None:
        return _nobody(look, why_nobody or "nobody answered")
    memo = look.memo.model_copy(update={"questions": look.memo.questions + 1})
    who = told_by(answer)
    match answer.decision:
        case one if one == WAIT and answer.until is not None:
            seconds = max(1, ceil((answer.until - ports.clock.now()).total_seconds()))
            waited = memo.model_copy(update={"waited_minutes": memo.waited_minutes + ceil(seconds / 60)})
            until = f"{answer.until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
            return step(look, "wait_cycle", f"{who} waits until {until}", memo=waited, wait_seconds=seconds)
        case one if one == MANUAL:
            hand = memo.model_copy(update={"hand": True})
            return step(look, "look", f"{who} closes it by hand", memo=hand)
        case one if one in CLOSES:
            said = {"decided_at": answer.decided_at, "decision": f"{who}: {one}"[:500]}
            decided = memo.model_copy(update=said)
            return step(look, "close", f"{who}: {one}", memo=decided, approval_id=answer.approval_id)
        case one if one == LEAVE and answer.until is not None:
            return _leave(ports, look, memo, answer, who)
        case one if one == CLOSED:
            return _closed(look, memo, answer, who)
        case one if one == NOT_CLOSED:
            again = memo.model_copy(update={"hand": False, "last": f"{who}: it is not closed"})
            return step(look, "look", f"{who}: it is not closed", memo=again)
    return _nobody(look, NOBODY.get(answer.decision, f"the answer {answer.decision!r} is none of the options"))


def told_by(answer: Answer) -> str:
    who = " and ".join(answer.decided_by) or "somebody who is not named"
    alone = f" alone ({answer.why_alone})" if answer.why_alone else ""
    note = f' ("{answer.note}")' if answer.note else ""
    return f"{who}{alone}{note}"


def _nobody(look: Look, why: str) -> Look:
    """What was decided and sent before is told first: nothing *more* was decided."""
    before = look.memo.acted
    told = f"{clause(before[-1])}. Then {why}, so nothing more was decided" if before else ""
    end = SettleEnd(How.UNANSWERED, told or f"{why}, so nothing was decided", not_done=(STILL_OPEN,))
    return ended(look, end)


def _leave(ports: Ports, look: Look, memo: Memo, answer: Answer, who: str) -> Look:
    if answer.until is None:
        raise ValueError("left open without an end")
    left.mark(ports, look.job.run, look.job.position_id, answer.until)
    told = (
        f"{who} leaves it open until {answer.until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC; then it is asked again"
    )
    end = SettleEnd(How.LEFT_OPEN, told, not_done=(STILL_OPEN,), until=answer.until)
    return ended(look, end, memo=memo)


def _closed(look: Look, memo: Memo, answer: Answer, who: str) -> Look:
    """The venue is read again, twice, and decides: the question stood for minutes. The word holds only where it
    is flat still and no fill tells."""
    note = (answer.note or "no note")[:300]
    by = (" and ".join(answer.decided_by) or "somebody who is not named")[:100]
    said = memo.model_copy(update={"hand": False, "by_hand": f"{by}: {note}"})
    return step(look, "look", f"{who} says that it is closed", memo=said)
