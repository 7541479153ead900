"""How a request begins: what is stored of a run's question, and which older requests it puts an end to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from functions import asking, filing, rewriting, sending
from functions.approvals import Approval, Delivery, Question, Standing
from functions.contracts import Run
from functions.errors import RunbookError
from functions.ids import approval_id_for
from functions.ports import Ports
from functions.rewriting import TRIES, again, rewrite
from functions.rules.asking.phrase import distinct
from functions.rules.asking.policy import Policy
from functions.rules.asking.rounds import SendRung, Unreached, due, reached
from functions.rules.asking.standing import supersede, unreached
from functions.rules.asking.storms import joined, member_of, parent_for
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = (*asking.NEEDS, *filing.NEEDS, *rewriting.NEEDS, "approvals.ask", "approvals.open")


@dataclass(frozen=True, slots=True)
class Entry:
    """The one entry of a waiting state that asks; the execution may be a child of the run's."""

    execution_arn: str
    state: str
    entered_at: datetime
    retry_count: int

    def approval_id(self, retry_count: int | None = None) -> str:
        count = self.retry_count if retry_count is None else retry_count
        return approval_id_for(self.execution_arn, self.state, self.entered_at, count)


def request_of(run: Run, question: Question, entry: Entry, now: datetime, settings: Settings) -> Approval:
    """The first version, asked of nobody yet. `again` is what the runbook is started with afresh: what the run
    was to act on, without the alarm, because it is a person who starts it then."""
    acted_on = question.again or ({"strategy_id": run.strategy_id} if run.strategy_id else {})
    afresh = {"runbook": run.runbook, **acted_on}
    desk = question.desk
    elsewhere = f"the settings name no desk {desk!r}: the people of the default desk are asked"
    return Approval(
        approval_id=entry.approval_id(),
        version=1,
        standing=Standing.PENDING,
        delivery=Delivery.NONE,
        runbook=run.runbook,
        incident_id=run.incident_id,
        execution_arn=entry.execution_arn,
        state=entry.state,
        entered_at=entry.entered_at,
        question=distinct(question),
        asked_at=now,
        lapses_at=now + settings.lapses(question.kind),
        requested_by=run.requested_by,
        again=afresh,
        trouble=() if desk in settings.approvals.desks else (elsewhere,),
    )


def begin(ports: Ports, settings: Settings, approval: Approval, entry: Entry, task_token: str) -> Approval:
    """Stores the request before anybody hears of it; a retry of the same entry finds it and goes on with what
    is missing. Many alike join one that is open, and then only that one is told about.

    Raises what the ports raise as long as nothing is stored; afterwards trouble is left to the sweeper.
    """
    open_ = [one for one in ports.approvals.open() if one.approval_id != approval.approval_id]
    _supersede_older(ports, approval, entry, open_)
    others = [one for one in open_ if not _same_place(one, approval)]
    policy, now = Policy.of(settings), approval.asked_at
    parent = parent_for(approval.question, others, policy, now=now, requester=approval.requester)
    stored = approval if parent is None else replace(approval, parent=parent.approval_id)
    if not ports.approvals.ask(stored, task_token):
        stored = again(ports, stored)
    try:
        after = _first_steps(ports, settings, stored)
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.warning("the rest is left to the sweeper", approval_id=stored.approval_id, cause=cause)
        after = stored
    filing.file(ports, after)
    return after


def _supersede_older(ports: Ports, approval: Approval, entry: Entry, open_: Iterable[Approval]) -> None:
    """Old links are dead as soon as the state asks anew. Earlier tries of the same entry are looked for by
    their ids too, because what is listed as open may be a moment behind."""
    tries = (entry.approval_id(count) for count in range(entry.retry_count))
    for approval_id in {*tries, *(one.approval_id for one in open_ if _same_place(one, approval))}:
        older = ports.approvals.get(approval_id)
        if older is not None:
            dead, changed = rewrite(ports, older, supersede)
            if changed:
                filing.file(ports, dead)


def _same_place(one: Approval, other: Approval) -> bool:
    return (one.execution_arn, one.state) == (other.execution_arn, other.state)


def _first_steps(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    if approval.parent is not None:
        approval = _join(ports, settings, approval, approval.parent)
    rungs = len(settings.approvals.rungs_of(approval.question.desk))
    for _ in range(rungs + 1):
        match due(approval, rungs, ports.clock.now(), Policy.of(settings)):
            case (SendRung(rung), *_):
                approval = asking.send_rung(ports, settings, approval, rung)
            case (Unreached(), *_):
                return _unreached(ports, settings, approval)
            case _:
                break
    return approval


def _unreached(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """Nobody waits for an answer: the task that asks fails, and with it the state."""
    changed = unreached(approval, ports.clock.now(), Policy.of(settings))
    if changed is None or not ports.approvals.change(silent := replace(changed, delivery=Delivery.NONE)):
        return again(ports, approval)
    sending.page(ports, settings, silent, "lapsed")
    return silent


def _join(ports: Ports, settings: Settings, approval: Approval, parent_id: str) -> Approval:
    """The parent gains a member and, with the first one, its people a mail. Where it cannot (answered or ended
    meanwhile), the request asks for itself."""
    member = member_of(approval)
    for _ in range(TRIES):
        parent = ports.approvals.get(parent_id)
        changed = None if parent is None else joined(parent, member)
        if parent is None or changed is None:
            break
        if changed is parent:
            return approval
        tell = reached(parent) if not parent.members else ()
        new = asking.letters_again(settings, parent, sorted(tell), ports.clock.now())
        claimed = replace(changed, asked=(*changed.asked, *new.asked))
        if ports.approvals.change(claimed):
            after = sending.send(ports, settings, claimed, new, "joined") if tell else claimed
            filing.file(ports, after)
            return approval
    alone = replace(approval, version=approval.version + 1, parent=None)
    return alone if ports.approvals.change(alone) else again(ports, approval)
