"""Every metric that the runbooks publish, by name and dimensions, and the moments at which they do.

The dashboard and the alarms show these and nothing else of this namespace (tests/infra/test_dashboard.py); what a
metric cannot be published for is logged, because nothing of a cure depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from functions.approvals import Approval, Standing
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import Check, Outcome
from functions.ports import Ports
from functions.runtime import logger

NEEDS: Final = ("clock.now", "measures.put")

# The first three at the end of each run; `Approvals...` once a minute by the sweeper; `KillSwitchEngaged` once a
# minute by the watch of a halt; `PositionsStuck` and `OrdersFailing` by their detectors.
RUNS_ENDED: Final = "RunsEnded"
TIME_TO_CURE: Final = "TimeToCureSeconds"
CHECKLIST_FAILURES: Final = "ChecklistFailures"
APPROVALS_WAITING: Final = "ApprovalsWaiting"
OLDEST_APPROVAL: Final = "OldestApprovalSeconds"
APPROVAL_TIME_SPENT: Final = "ApprovalTimeSpentPercent"
KILL_SWITCH: Final = "KillSwitchEngaged"
POSITIONS_STUCK: Final = "PositionsStuck"
ORDERS_FAILING: Final = "OrdersFailing"
# Names of the dimensions, sorted.
PUBLISHED: Final[Mapping[str, tuple[str, ...]]] = {
    RUNS_ENDED: ("Outcome", "Runbook"),
    TIME_TO_CURE: ("Runbook",),
    CHECKLIST_FAILURES: ("Check",),
    APPROVALS_WAITING: (),
    OLDEST_APPROVAL: (),
    APPROVAL_TIME_SPENT: (),
    KILL_SWITCH: (),
    POSITIONS_STUCK: (),
    ORDERS_FAILING: (),
}

Datum = tuple[str, float, Mapping[str, str]]


def run_ended(ports: Ports, run: Run, outcome: Outcome, item: Mapping[str, Any]) -> None:
    """How it ended; how long it took where it cured something; which lines of its checklist failed. `item`: its
    incident. Raises what the port raises."""
    for name, value, dimensions in _of_run(run, outcome, item, ports.clock.now()):
        ports.measures.put(name, value, dimensions)


def approvals_waiting(ports: Ports, waiting: Sequence[Approval]) -> None:
    """How many wait for a person, how long the oldest has, and how much of its time is over for the one that lapses
    first: 0 each where none waits, so that silence means that nobody looked."""
    now = ports.clock.now()
    pending = [one for one in waiting if one.standing is Standing.PENDING]
    ages = [(now - one.asked_at).total_seconds() for one in pending]
    spent = [100 * (now - one.asked_at) / (one.lapses_at - one.asked_at) for one in pending]
    data: list[Datum] = [
        (APPROVALS_WAITING, len(pending), {}),
        (OLDEST_APPROVAL, max([0.0, *ages]), {}),
        (APPROVAL_TIME_SPENT, max([0.0, *spent]), {}),
    ]
    _say(ports, data)


def kill_switch(ports: Ports, engaged: bool) -> None:
    _say(ports, [(KILL_SWITCH, float(engaged), {})])


def _of_run(run: Run, outcome: Outcome, item: Mapping[str, Any], now: datetime) -> Iterator[Datum]:
    yield RUNS_ENDED, 1, {"Runbook": run.runbook, "Outcome": str(outcome)}
    if outcome is Outcome.RESOLVED:
        yield TIME_TO_CURE, (now - run.opened_at).total_seconds(), {"Runbook": run.runbook}
    for line in item.get("checklist") or ():
        if line.get("result") == Check.FAIL:
            yield CHECKLIST_FAILURES, 1, {"Check": str(line.get("id"))}


def _say(ports: Ports, data: Sequence[Datum]) -> None:
    for name, value, dimensions in data:
        try:
            ports.measures.put(name, value, dimensions)
        except RunbookError as error:
            logger.warning("a metric is not published", metric=name, cause=f"{type(error).__name__}: {error}")
            return
