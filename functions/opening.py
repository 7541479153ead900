"""How a run begins: who it is, in which mode, and the incident that it writes first."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from functions.contracts import Run
from functions.errors import Refused
from functions.ids import incident_id_for
from functions.inputs import RunbookInput
from functions.ports import Ports
from functions.settings import RunbookMode, Settings

NEEDS: Final = ("incidents.open", "trading_state.get")


def run_of(runbook: str, execution_arn: str, started_at: datetime, given: RunbookInput, settings: Settings) -> Run:
    """The run with its mode applied: `off` does nothing, `observe` makes alarm-started runs dry runs."""
    mode = settings.mode_of(runbook)
    alarm_name = getattr(given, "alarm_name", None)
    off = mode is RunbookMode.OFF
    return Run(
        incident_id=incident_id_for(execution_arn),
        runbook=runbook,
        execution_arn=execution_arn,
        opened_at=started_at,
        dry_run=given.dry_run or (mode is RunbookMode.OBSERVE and alarm_name is not None),
        mode=mode.value,
        strategy_id=getattr(given, "strategy_id", None),
        alarm_name=alarm_name,
        alarm_at=getattr(given, "alarm_at", None),
        requested_by=given.requested_by,
        proceed=not off,
        why_not=f"the runbook {runbook} is switched off in the settings" if off else None,
    )


def known_strategy(ports: Ports, strategy_id: str | None, *, field: str = "strategy_id") -> None:
    """A strategy that the trading state does not hold is refused at the door, by name; `field` held it."""
    if strategy_id is not None and ports.trading_state.get(strategy_id) is None:
        raise Refused(f"{field}: no strategy {strategy_id!r} in the trading state table")


def is_drill(comment: str | None) -> bool:
    """Of a dry run's input: `Comment` is the one field that every runbook allows, and `runbooks drill` begins its
    own with this word."""
    return comment is not None and comment.lower().startswith("drill")


def write(ports: Ports, run: Run, *, comment: str | None = None, at_once: bool = False) -> None:
    """The first write of a run, with every list of CONTRACT.md 5 that it may come to fill. A retry of the same
    execution finds its own incident and goes on. `comment`: of its input. `at_once`: raises within a second or so
    instead of trying on."""
    ports.incidents.open(
        {
            "incident_id": run.incident_id,
            "runbook": run.runbook,
            "execution_arn": run.execution_arn,
            "opened_at": run.opened_at,
            "severity": "high",
            "dry_run": run.dry_run,
            # Only where it is one; a run that acts is none, whatever its input claims.
            **({"drill": True} if run.dry_run and is_drill(comment) else {}),
            "requested_by": run.requested_by,
            "alarm_name": run.alarm_name,
            "alarm_at": run.alarm_at,
            "strategy_ids": [run.strategy_id] if run.strategy_id else [],
            "position_ids": [],
            "approvals": [],
            "checklist": [],
        },
        at_once=at_once,
    )
