"""The door of a close: its input, its approval, and the incident in which it acts. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from functions.closing.job import CloseJob
from functions.contracts import Run
from functions.errors import Refused
from functions.inputs import shown, told
from functions.ports import Ports
from functions.rules.closing.approved import is_bounded, why_refused
from functions.rules.reporting.moments import moment
from functions.settings import Settings
from functions.venue import Unit

NEEDS: Final = (
    "approvals.get",
    "clock.now",
    "closes.approval_used_by",
    "closes.attempts",
    "incidents.get",
    "positions.by_id",
)
RUNBOOK: Final = "close-position"

Name = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]


class CloseInput(BaseModel):
    """CONTRACT.md 3: nothing else decides."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)

    position_id: Name
    incident_id: Name
    approval_id: Name
    started_by_execution: str | None = Field(None, alias="AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
    comment: str | None = Field(None, alias="Comment")


def open_close(ports: Ports, settings: Settings, given: Any, now: datetime) -> CloseJob:
    """`Refused` with the field that is wrong and why, before anything is changed."""
    asked = _read(given)
    incident = ports.incidents.get(asked.incident_id)
    if incident is None:
        raise Refused(f"incident_id: there is no incident {shown(asked.incident_id)}")
    if "ended_at" in incident or "closed_at" in incident:
        raise Refused(f"incident_id: {shown(asked.incident_id)} is over")
    approval = ports.approvals.get(asked.approval_id)
    refusal = why_refused(
        approval,
        ports.closes.approval_used_by(asked.approval_id) if approval else None,
        position_id=asked.position_id,
        incident_id=asked.incident_id,
        now=now,
        holds=timedelta(seconds=settings.positions.quote_holds),
    )
    if refusal or approval is None or approval.question.close is None:
        raise Refused(refusal or "approval_id: it is not about closing this position")
    position = ports.positions.by_id([asked.position_id]).get(asked.position_id)
    if position is None:
        raise Refused(f"position_id: {shown(asked.position_id)} is not in the table")
    terms = approval.question.close
    return CloseJob(
        run=_run(incident),
        position_id=asked.position_id,
        incident_id=asked.incident_id,
        approval_id=asked.approval_id,
        strategy_id=position.strategy_id,
        unit=Unit(terms.venue, terms.account, terms.symbol, terms.side),
        terms=terms,
        bounded=is_bounded(approval),
        attempts_before=len(ports.closes.attempts(asked.position_id, asked.incident_id)),
        began=now,
    )


def _read(given: Any) -> CloseInput:
    if not isinstance(given, dict):
        raise Refused(f"input: must be a JSON object, is {shown(given)}")
    try:
        return CloseInput.model_validate(given)
    except ValidationError as error:
        problems = [told(problem, CloseInput) for problem in error.errors(include_url=False)]
        raise Refused("; ".join(problems[:3])) from None


def _run(incident: Any) -> Run:
    """The parent's run: a close acts in its incident, under its guard."""
    opened = moment(incident.get("opened_at"))
    if opened is None or not incident.get("execution_arn"):
        raise Refused("incident_id: what stands in that incident cannot be read")
    return Run(
        incident_id=str(incident["incident_id"]),
        runbook=RUNBOOK,
        execution_arn=str(incident["execution_arn"]),
        opened_at=opened,
        dry_run=False,
        mode="act",
        strategy_id=None,
        alarm_name=None,
        alarm_at=None,
        requested_by=None,
        proceed=True,
        why_not=None,
    )
