"""How a task acts: write the intent down, look for its own effect on a retry, act once, settle the result.

The intent is written in one transaction with the condition that this run still owns its guard, so a run
that lost it (stopped, redriven) does nothing. A dry run writes what it would have done and stops there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.contracts import Run
from functions.errors import Broken, Refused, RunbookError, Uncertain
from functions.facts import Evidence, Result
from functions.ports import Intent, Ports

NEEDS: Final = ("clock.now", "incidents.get", "incidents.intend", "incidents.note", "incidents.settle")

# An act's Lambda is stopped by its timeout at the latest; until then nobody may take the guard over.
LONGEST_ACT: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done. `act_id` is the same for every try of the same act."""

    act_id: str
    action: str
    target: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """`after` is what the act changed, `began` the time of its intent; None for a dry run."""

    after: str | None
    began: datetime | None


def perform(
    ports: Ports,
    run: Run,
    guard_id: str,
    act: Act,
    *,
    do: Callable[[], str | None],
    seen: Callable[[datetime], str | None],
) -> Done:
    """Does `act` once. `seen(began)` tells what stands there if an earlier try took effect, else None."""
    now = ports.clock.now()
    if run.dry_run:
        what = Evidence(f"would {act.action}", act.target, act.before or "nothing changed: dry run", now)
        ports.incidents.note(run.incident_id, [what])
        return Done(None, None)
    intent = Intent(act.act_id, act.action, act.target, act.before, run.execution_arn, now)
    stands = ports.incidents.intend(run.incident_id, intent, guard_id=guard_id, act_until=now + LONGEST_ACT)
    if stands == "lost":
        raise Refused(f"{act.action} {act.target}: this run no longer owns the guard {guard_id}")
    began = now
    if stands == "again":
        began, settled = _earlier(ports, run, act)
        if settled is not None:
            return settled
        after = seen(began)
        if after is not None:
            ports.incidents.settle(run.incident_id, act.act_id, Result.DONE, after, ports.clock.now())
            return Done(after, began)
    try:
        after = do()
    except Refused as error:
        ports.incidents.settle(run.incident_id, act.act_id, Result.NOT_DONE, str(error), ports.clock.now())
        raise
    except Uncertain as error:
        # Were the failure of this write raised instead, its retry would do again what may have happened.
        with suppress(RunbookError):
            ports.incidents.settle(run.incident_id, act.act_id, Result.UNKNOWN, str(error), ports.clock.now())
        raise
    ports.incidents.settle(run.incident_id, act.act_id, Result.DONE, after, ports.clock.now())
    return Done(after, began)


def _earlier(ports: Ports, run: Run, act: Act) -> tuple[datetime, Done | None]:
    """When the intent was written, and its result where an earlier try settled it."""
    item = ports.incidents.get(run.incident_id) or {}
    intent = item.get("intents", {}).get(act.act_id)
    if intent is None:
        raise Broken(f"the intent {act.act_id} stands and cannot be read")
    began = datetime.fromisoformat(str(intent["at"]))
    result = intent.get("result")
    if result == Result.DONE:
        return began, Done(intent.get("after"), began)
    if result == Result.NOT_DONE:
        raise Refused(str(intent.get("after") or "refused before"))
    if result == Result.UNKNOWN:
        raise Uncertain(str(intent.get("after") or "uncertain before"))
    return began, None
