"""Whether the parts of a stop that are not strategies hold: kill switch, service, scaling, entry orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import KillSwitchFact, OrderFact, Result, ScalingFact, ServiceFact
from functions.rules.kill_switch import halts, halts_everything
from functions.rules.stop_order import StopOrder
from functions.rules.stop_proof import Verdict

# ECS stops a container 30 s after it has asked, and a task's definition may say up to 120 s.
STOP_TIME: Final = 120
# Of these a task's containers have ended.
ENDED: Final = frozenset({"DEPROVISIONING", "STOPPED", "DELETED"})


@dataclass(frozen=True, slots=True)
class Tasks:
    """`running`: tasks that have not ended, starting and stopping ones too. `gone_at`: when the last one ended, as
    far as ECS tells; None while one runs, or where none has been seen."""

    desired: int
    running: int
    gone_at: datetime | None


def tasks_of(service: ServiceFact) -> Tasks:
    alive = sum(task.last_status not in ENDED for task in service.tasks)
    running = max(service.running + service.pending, alive)
    ended = [task.stopped_at for task in service.tasks if task.stopped_at is not None]
    return Tasks(service.desired, running, max(ended, default=None) if running == 0 else None)


def gone_since(
    tasks: Tasks | None, *, seen_at: datetime | None, kept: datetime | None, now: datetime, slack: timedelta
) -> datetime | None:
    """When the last task had ended; None while one runs, and where no task was ever seen or told of. `seen_at`:
    when a look saw one the last time, `kept`: what an earlier look found."""
    if tasks is None or tasks.running:
        return None
    ends = [at for at in (tasks.gone_at, kept) if at and (seen_at is None or at >= seen_at - slack)]
    # ECS forgets a task after a while, and may not tell of the one that was seen.
    return max(ends) if ends else now if seen_at else None


def judge_service(tasks: Tasks, *, now: datetime, since: datetime, stop_time: timedelta) -> Verdict:
    """`stop_time`: how long a task may take to end before it counts as one that does not."""
    counts = f"desired count {tasks.desired}, {tasks.running} tasks that have not ended"
    if tasks.desired > 0:
        return Verdict(Result.NOT_DONE, f"the service is wanted: {counts}")
    if tasks.running > 0:
        if now - since < stop_time:
            return Verdict(Result.UNKNOWN, f"still stopping: {counts}")
        return Verdict(Result.NOT_DONE, f"tasks do not end: {counts}")
    return Verdict(Result.DONE, "desired count 0, no task runs")


def judge_scaling(scaling: ScalingFact | None) -> Verdict:
    """None: the service is not scaled by itself."""
    if scaling is None:
        return Verdict(Result.DONE, "the service is not scaled by itself")
    if scaling.suspended:
        return Verdict(Result.DONE, "every activity of its auto-scaling is suspended")
    return Verdict(Result.NOT_DONE, "its auto-scaling is not suspended and may start tasks")


def judge_latch(switch: KillSwitchFact, strategy_ids: Sequence[str] | None) -> Verdict:
    """`strategy_ids` None: it has to be engaged for all."""
    if not switch.engaged:
        return Verdict(Result.NOT_DONE, "not latched: the kill switch is not engaged")
    if strategy_ids is None:
        if not halts_everything(switch):
            only = ", ".join((switch.strategy_ids or ())[:5])
            return Verdict(Result.NOT_DONE, f"not latched: the kill switch is engaged only for {only}")
        out: tuple[str, ...] = switch.released_ids
    else:
        out = tuple(one for one in strategy_ids if not halts(switch, one))
    if out:
        return Verdict(Result.NOT_DONE, f"not latched: the kill switch is released for {', '.join(out[:5])}")
    return Verdict(Result.DONE, f"engaged, halt {switch.halt_id or 'without an id'}")


def entry_orders(orders: Iterable[OrderFact]) -> tuple[OrderFact, ...]:
    """Working orders that would open or increase a position, and those of which the table does not say so."""
    return tuple(order for order in orders if not order.protective and order.reducing is not True)


def is_of(order: OrderFact, stop: StopOrder) -> bool:
    """One of which the table names no strategy may be anybody's."""
    return order.strategy_id is None or stop.concerns(order.strategy_id)
