"""The next step of a remedy: what is now, judged once more before anything is asked, changed or waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from functions import guarding
from functions.collecting import told
from functions.contracts import Answer
from functions.facts import Evidence, KillSwitchFact, Result
from functions.orders import (
    context,
    free_margin,
    resolve_stuck,
    slow_down,
    update_symbol,
    wait_maintenance,
    widen_offset,
)
from functions.orders.context import Context
from functions.orders.model import MOST_LOOKS, Round, Said
from functions.orders.steps import end, looked, remember
from functions.orders.steps import told as kept
from functions.ports import Ports
from functions.rules import kill_switch
from functions.rules.answered import NOBODY
from functions.rules.orders.causes import Remedy
from functions.rules.orders.options import DECLINE, LEAVE
from functions.rules.proposals import names
from functions.settings import Settings
from functions.stuck.answering import told_by

NEEDS: Final = (
    *context.NEEDS,
    *guarding.NEEDS,
    *free_margin.NEEDS,
    *resolve_stuck.NEEDS,
    *slow_down.NEEDS,
    *update_symbol.NEEDS,
    *wait_maintenance.NEEDS,
    "clock.now",
    "incidents.note",
)
# What a dry run only says that it would do.
WOULD: Final = {"ask": "would ask", "act": "would change", "close": "would start closing"}
LONG_WAITS: Final = frozenset({Remedy.SLOW_DOWN, Remedy.WAIT_MAINTENANCE})
DECIDES: Final[Mapping[Remedy, Callable[[Context], Round]]] = {
    Remedy.FREE_MARGIN: free_margin.decide,
    Remedy.WIDEN_OFFSET: widen_offset.decide,
    Remedy.SLOW_DOWN: slow_down.decide,
    Remedy.WAIT_MAINTENANCE: wait_maintenance.decide,
    Remedy.UPDATE_SYMBOL: update_symbol.decide,
    Remedy.RESOLVE_STUCK: resolve_stuck.decide,
}


def decide(ports: Ports, settings: Settings, before: Round, said: Said) -> Round:
    after = _decided(ports, settings, before, said)
    if after.step not in ("wait", "look"):
        _note(ports, after)
    if not after.again and after.end is None:
        why = f"it was looked at {MOST_LOOKS} times, and it is not over: {after.why}"
        return end(after, "gave_up", why, undo=_undo(settings, before))
    return after


def _decided(ports: Ports, settings: Settings, before: Round, said: Said) -> Round:
    now, undo = ports.clock.now(), _undo(settings, before)
    trouble = _trouble(before, said, undo)
    if trouble is not None:
        return trouble
    answer = said.answer if before.step == "ask" else None
    current = _heard(looked(before), answer)
    options = frozenset(one.id for one in before.question.options) if before.question else frozenset[str]()
    out = _way_out(current, answer, options, undo)
    if out is not None:
        return out
    switch = guarding.kill_switch_or_none(ports)
    free, held = _free(current, switch)
    if held is not None:
        return end(current, "refused", f"nothing is changed: {held}", undo=undo)
    # What the options would have written stands in the round that was asked.
    offered = current.model_copy(update={"changes": before.changes, "positions": before.positions})
    halted = [one for one in before.job.group.strategy_ids if one not in free]
    given = Context(ports, settings, offered, free, now, answer)
    if halted:
        given = given.known(f"left as they are, because the kill switch is engaged for them: {names(halted)}")
    remedy = before.job.group.remedy
    if remedy is Remedy.ESCALATE:
        return end(current, "gave_up", before.job.group.fix, undo=undo)
    after = DECIDES[remedy](given)
    return _dry(after) if before.job.run.dry_run else after


def _trouble(before: Round, said: Said, undo: str) -> Round | None:
    """The step before broke in the engine's hands."""
    if said.error is None or before.step not in ("ask", "act", "close"):
        return None
    why = told(said.error)
    if before.step == "ask":
        return end(looked(before), "unanswered", f"nobody answered: {why}", undo=undo)
    changes = [f"{one.strategy_id}: {one.field}" for one in before.changes]
    unknown = changes or [f"closing {', '.join(before.positions)}"]
    current = remember(looked(before), unknown=kept(before.memo.unknown, *unknown))
    return end(current, "gave_up", f"the step came to grief: {why}", result=Result.UNKNOWN, undo=undo)


def _heard(current: Round, answer: Answer | None) -> Round:
    if answer is None or answer.decision in NOBODY:
        return current
    who = told_by(answer)
    return remember(
        current,
        decision=f"{who}: {answer.decision}"[:500],
        decided_by=tuple(dict.fromkeys((*current.memo.decided_by, *answer.decided_by))),
        answers=(*current.memo.answers, answer.decision),
    )


def _way_out(current: Round, answer: Answer | None, options: frozenset[str], undo: str) -> Round | None:
    if answer is None:
        return None
    if answer.decision in NOBODY:
        return end(current, "unanswered", f"{NOBODY[answer.decision]}, so nothing was decided", undo=undo)
    who = told_by(answer)
    if answer.decision == DECLINE:
        return end(current, "declined", f"{who} said no: orders fail on", undo=undo)
    if answer.decision == LEAVE:
        until = f"until {answer.until:%Y-%m-%d %H:%M:%S} UTC" if answer.until else "without an end"
        return end(current, "left_open", f"{who} leaves it {until}", until=answer.until, undo=undo)
    if answer.decision not in options:
        why = f"the answer {answer.decision!r} is none of the options, so nothing was decided"
        return end(current, "unanswered", why, undo=undo)
    return None


def _free(current: Round, switch: KillSwitchFact | None) -> tuple[tuple[str, ...], str | None]:
    """Those that may be touched; and why nothing may be."""
    if switch is None:
        return (), "the kill switch could not be read"
    concerned = current.job.group.strategy_ids
    if kill_switch.halts_everything(switch) and not concerned:
        return (), kill_switch.told(switch)
    free = tuple(one for one in concerned if not kill_switch.halts(switch, one))
    return free, kill_switch.told(switch) if concerned and not free else None


def _dry(after: Round) -> Round:
    """Reads may be waited for and done twice; nothing is asked, changed or waited out."""
    if after.step == "wait" and after.job.group.remedy in LONG_WAITS:
        return end(after, "dry_run", f"would wait {after.wait_seconds} s: {after.why}")
    if after.step in WOULD:
        if after.question is not None:
            # The reason is the question's title.
            what = f"answers: {'; '.join(one.label for one in after.question.options)}"
        else:
            changes = (f"{one.strategy_id}: {one.why}" for one in after.changes if one.option is None)
            what = "; ".join(changes) or ", ".join(after.positions)
        return end(after, "dry_run", f"{WOULD[after.step]}: {after.why} ({what})")
    return after


def _undo(settings: Settings, before: Round) -> str:
    return f"runbooks config undo {before.job.run.incident_id} --env {settings.env.value}"


def _note(ports: Ports, after: Round) -> None:
    what = Evidence(f"remedy: {after.step}", after.job.group.group_id, after.why[:500], ports.clock.now())
    ports.incidents.note(after.job.run.incident_id, [what])
