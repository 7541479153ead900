"""Starts stuck-position for positions that a person chose to close, or whose exit works for too long: runs of their
own, with an incident and an approval of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from functions.errors import RunbookError
from functions.orders.model import Round
from functions.orders.steps import remember, told
from functions.ports import Ports
from functions.rules.orders.causes import Remedy
from functions.settings import Settings
from functions.stuck import starting
from functions.stuck.model import RUNBOOK

NEEDS: Final = (*starting.NEEDS, "clock.now", "positions.by_id")


def start(ports: Ports, settings: Settings, current: Round) -> Round:
    """Closing needs no released kill switch: it reduces risk, and stuck-position asks before it sends anything."""
    run, memo = current.job.run, current.memo
    started, known, failed = list(memo.started), list[str](), list[str]()
    positions = ports.positions.by_id(list(current.positions))
    for position_id in current.positions:
        position = positions.get(position_id)
        if position is None or position.status == "closed":
            known.append(f"{position_id} is not open any more")
            continue
        # One more question about the same position is one more run; a retry of this task is none.
        since = run.opened_at + timedelta(seconds=memo.questions)
        reason = None
        if current.job.group.remedy is Remedy.FREE_MARGIN:
            reason = f"to free margin: {memo.decision or 'a person chose it'}"[:300]
        try:
            begun = starting.start(
                ports,
                settings,
                position,
                alarm_name=None,
                alarm_at=since,
                by=f"order-failures {run.incident_id}",
                now=ports.clock.now(),
                reason=reason,
            )
        except RunbookError as error:
            failed.append(f"the close of {position_id} could not be started: {error}"[:300])
            continue
        if begun is None:
            known.append(f"{position_id} is left open for now by a person: no close was started")
            continue
        started.append(_arn(run.execution_arn, begun.name))
        known.append(f"stuck-position is at work on {position_id}: {begun.name}")
    if current.job.group.remedy is Remedy.FREE_MARGIN:
        # The margin is looked at next, and the person asked again: it is no more than something to know.
        known, failed = [*known, *failed], []
    after = remember(
        current,
        started=tuple(dict.fromkeys(started)),
        known=told(memo.known, *known),
        refused=told(memo.refused, *failed),
        wait_until=None,
    )
    return after.model_copy(update={"step": "look", "changes": (), "question": None, "positions": ()})


def _arn(own: str, name: str) -> str:
    """Of a run of stuck-position beside this one: the machines of a stack differ in the runbook alone."""
    head, _, machine_and_name = own.partition(":execution:")
    machine = machine_and_name.partition(":")[0]
    return f"{head}:execution:{machine.removesuffix('order-failures')}{RUNBOOK}:{name}"
