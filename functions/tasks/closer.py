"""Closes from outside what a run could not close itself: stopped by hand, timed out, broken.

Started by the execution status change (FAILED, TIMED_OUT, ABORTED) of every machine. Where the run has written
its end it does nothing; a child's end is its parent's business. What the run asked is withdrawn. The guard is
left to be taken over: a stopped execution does not stop the Lambda that it had started.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from functions import ending, revoking, stopped
from functions.attempt_acts import acts_of
from functions.contracts import ActRecord, Frozen, Run
from functions.errors import RunbookError, Transient
from functions.facts import Outcome
from functions.ids import incident_id_for
from functions.opening import write
from functions.ports import Ports
from functions.rules.conclude import Ending
from functions.rules.left_behind import TEST_ORDER, left_behind
from functions.rules.test_order.report import own_of
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import leaving

ACT = False
TRIGGER = "closer"
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 256

STUCK: Final = "stuck-position"
WORDS: Final = {
    "ABORTED": (Outcome.ABORTED, "was stopped by hand"),
    "TIMED_OUT": (Outcome.FAILED, "timed out"),
    "FAILED": (Outcome.FAILED, "failed in the engine"),
}


class Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    detail: stopped.Detail


class Response(Frozen):
    incident_id: str | None
    closed: bool
    why: str


@task(Request, needs=(*ending.NEEDS, *revoking.NEEDS, *leaving.NEEDS, "announcements.changed", "incidents.open"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    detail = request.detail
    if stopped.is_child(detail):
        return Response(incident_id=None, closed=False, why="a child: its parent ends the run")
    item = ports.incidents.get(incident_id_for(detail.executionArn)) or {}
    run = stopped.run_of(detail, item, ports, settings)
    if (item.get("ended_at") or item.get("closed_at")) and item.get("notified_at"):
        ports.announcements.changed(run.incident_id)
        return Response(incident_id=run.incident_id, closed=False, why="the run ended it itself")
    write(ports, run)
    outcome, how = WORDS.get(detail.status, (Outcome.FAILED, f"ended as {detail.status}"))
    orders, unread = _orders(ports, run, item)
    acts = sorted([*ending.actions_of(item, run), *orders], key=lambda act: act.at)
    done = tuple(_done(a) for a in acts if a.result == "done")
    unknown = tuple(
        f"{a.action} {a.target}: {a.after or 'its result was never written'}" for a in acts if a.result == "unknown"
    )
    withdrawals = leaving.withdraw(ports, run, acts)
    withdrawn, trouble = revoking.withdraw(ports, run.incident_id)
    asked = tuple(
        f"nobody answered {title!r}: withdrawn, its links decide nothing now" for title in withdrawn.values()
    )
    perhaps = (f"whether a question of the run still takes answers ({trouble})",) if trouble else ()
    why = f" ({detail.error}: {(detail.cause or 'no cause told')[:300]})" if detail.error else ""
    verdict = Ending(
        outcome=outcome,
        summary=f"{run.runbook} {how}{why}. Nothing after that is proven; look at the platform now.",
        severity="critical",
        known=withdrawals.started,
        done=done,
        not_done=(*left_behind(acts), *withdrawals.failed, *asked),
        unknown=(*unknown, *unread, *perhaps, *stopped.left_order(detail), "whether the symptom is cured"),
    )
    if not ending.end(ports, settings, run, verdict, guard_id=None, acts=orders, report=own_of).told:
        # The event is delivered again, and then lies in the dead-letter queue: no run ends in silence.
        raise Transient(f"incident {run.incident_id} is closed, and nobody could be told")
    # The final report is written again, for it may have been written while this went on.
    ports.announcements.changed(run.incident_id)
    return Response(incident_id=run.incident_id, closed=True, why=how)


def _orders(ports: Ports, run: Run, item: Mapping[str, Any]) -> tuple[tuple[ActRecord, ...], tuple[str, ...]]:
    """What its closes have sent to an exchange, and what follows for a person."""
    position_ids: list[str] = list(item.get("position_ids") or ())
    if run.runbook != STUCK or len(position_ids) != 1:
        return (), ()
    position_id = str(position_ids[0])
    try:
        attempts = ports.closes.attempts(position_id, run.incident_id)
    except RunbookError as error:
        return (), (f"what it sent to the exchange for {position_id}: not readable ({error})",)
    orders = acts_of(attempts, run.execution_arn)
    if not orders:
        return (), ()
    look = "whether its record says so, and which of its orders still work: start stuck-position for it again"
    return orders, (f"whether {position_id} is closed at the venue, {look}",)


def _done(act: ActRecord) -> str:
    orders = act.action == TEST_ORDER or act.action.startswith("close ")
    after = f" ({act.after})" if orders and act.after else ""
    return f"{act.action} {act.target}{after}"
