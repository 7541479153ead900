"""Starts stuck-position for positions that a person chose to close, or whose exit works for too long: runs of their
own, with an incident and an approval of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from functions import acts
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import PositionFact
from functions.orders.handed_over import HANDED
from functions.orders.model import Round
from functions.orders.steps import remember, told
from functions.ports import Ports
from functions.rules.orders.causes import Remedy
from functions.runtime import logger
from functions.settings import Settings
from functions.stuck import left, starting
from functions.stuck.model import RUNBOOK

NEEDS: Final = (*acts.NEEDS, *left.NEEDS, *starting.NEEDS, "clock.now", "positions.by_id")
ACTION: Final = "hand the position to stuck-position"


def start(ports: Ports, settings: Settings, current: Round) -> Round:
    """Closing needs no released kill switch: it reduces risk, and stuck-position asks before it sends anything."""
    memo = current.memo
    started, handed, known, failed = list(memo.started), dict(memo.seen), list[str](), list[str]()
    positions = ports.positions.by_id(list(current.positions))
    for position_id in current.positions:
        position = positions.get(position_id)
        if position is None or position.status == "closed":
            known.append(f"{position_id} is not open any more")
            continue
        try:
            name = _handed(ports, settings, current, position)
        except (Refused, Uncertain) as error:
            failed.append(f"the close of {position_id} could not be started: {error}"[:300])
            continue
        if name is None:
            known.append(f"{position_id} is left open for now by a person: no close was started")
            continue
        handed[f"{HANDED}{position_id}"] = name
        started.append(_arn(current.job.run.execution_arn, name))
        known.append(f"stuck-position is at work on {position_id}: {name}")
    _note(ports, current, [one.removeprefix(HANDED) for one in handed if one.startswith(HANDED)])
    if current.job.group.remedy is Remedy.FREE_MARGIN:
        # The margin is looked at next, and the person asked again: it is no more than something to know.
        known, failed = [*known, *failed], []
    after = remember(
        current,
        started=tuple(dict.fromkeys(started)),
        known=told(memo.known, *known),
        refused=told(memo.refused, *failed),
        wait_until=None,
        seen=handed,
    )
    return after.model_copy(update={"step": "look", "changes": (), "question": None, "positions": ()})


def _handed(ports: Ports, settings: Settings, current: Round, position: PositionFact) -> str | None:
    """The name of the run that is at work on it; None: a person leaves the position for now."""
    run, memo, position_id = current.job.run, current.memo, position.position_id
    until = left.until_of(ports, position_id)
    if until is not None and until > ports.clock.now():
        return None
    reason = None
    if current.job.group.remedy is Remedy.FREE_MARGIN:
        reason = f"to free margin: {memo.decision or 'a person chose it'}"[:300]

    def do() -> str:
        try:
            begun = starting.start(
                ports,
                settings,
                position,
                alarm_name=None,
                # One more question about the same position is one more run; a retry of this task is none.
                alarm_at=run.opened_at + timedelta(seconds=memo.questions),
                by=f"order-failures {run.incident_id}",
                now=ports.clock.now(),
                reason=reason,
            )
        except Transient as error:
            # Nothing runs, and it is looked again: no intent is left behind of which nobody knows the end.
            raise Refused(str(error)) from error
        if begun is None:
            raise Refused("a person leaves it open for now")
        return begun.name

    def seen(began: datetime) -> str | None:
        # A second start under the same name starts nothing.
        del began
        return None

    stands = f"{position.status}: {position.side} {position.amount:f} {position.symbol}"
    act = acts.Act(f"orders/close/{position_id}/{memo.questions}", ACTION, position_id, stands)
    return acts.perform(ports, run, current.job.guard_id, act, do=do, seen=seen).after


def _note(ports: Ports, current: Round, position_ids: list[str]) -> None:
    """The incident is about these positions too. Never raises: each act names its own."""
    incident_id = current.job.run.incident_id
    try:
        known = (ports.incidents.get(incident_id) or {}).get("position_ids") or ()
        whole = list(dict.fromkeys([*map(str, known), *position_ids]))
        if whole:
            ports.incidents.note(incident_id, [], position_ids=whole)
    except RunbookError as error:
        logger.warning("the positions could not be noted", cause=str(error))


def _arn(own: str, name: str) -> str:
    """Of a run of stuck-position beside this one: the machines of a stack differ in the runbook alone."""
    head, _, machine_and_name = own.partition(":execution:")
    machine = machine_and_name.partition(":")[0]
    return f"{head}:execution:{machine.removesuffix('order-failures')}{RUNBOOK}:{name}"
