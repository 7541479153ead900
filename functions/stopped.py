"""An execution that has ended, by the event that says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from functions.contracts import Run
from functions.ids import incident_id_for
from functions.ports import Ports
from functions.settings import Settings

NEEDS: Final = ("clock.now",)


class Detail(BaseModel):
    """The part of the event's detail that is read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    executionArn: str
    stateMachineArn: str
    status: str
    startDate: int | None = None
    input: str | None = None
    error: str | None = None
    cause: str | None = None


def is_child(detail: Detail) -> bool:
    """A child carries its parent's run, or its parent's incident, in its input."""
    given = given_of(detail)
    started_by = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
    return started_by in given and ("run" in given or "incident_id" in given)


def given_of(detail: Detail) -> Mapping[str, Any]:
    try:
        given: Any = json.loads(detail.input or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _at(milliseconds: int | None) -> datetime | None:
    """None where it is not told, or is beyond the calendar."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
    except (OverflowError, ValueError, OSError):
        return None


def run_of(detail: Detail, item: Mapping[str, Any], ports: Ports, settings: Settings) -> Run:
    """The run by its event, and by the incident that it opened itself, where it came that far."""
    prefix = f"tradai-{settings.env}-"
    runbook = detail.stateMachineArn.rpartition(":")[2].removeprefix(prefix)
    return Run(
        incident_id=incident_id_for(detail.executionArn),
        runbook=runbook,
        execution_arn=detail.executionArn,
        opened_at=_at(detail.startDate) or ports.clock.now(),
        dry_run=bool(item.get("dry_run")),
        mode=settings.mode_of(runbook).value,
        strategy_id=None,
        alarm_name=item.get("alarm_name"),
        alarm_at=item.get("alarm_at"),
        requested_by=item.get("requested_by"),
        proceed=False,
        why_not=None,
    )


def left_order(detail: Detail) -> tuple[str, ...]:
    """Of a withdrawal that broke itself (functions/test_order/leaving.py): nobody else would tell of its order."""
    left = given_of(detail).get("left")
    name = left.get("client_order_id") if isinstance(left, dict) else None
    look = f"whether test order {name} rests at the venue: look for that id there and cancel it by hand"
    return (look,) if name else ()
