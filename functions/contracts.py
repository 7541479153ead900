"""Models that more than one task shares; every task adds one `Request` and one `Response` of its own.

All are frozen and refuse unknown fields, so that a definition and a task cannot drift apart.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from functions.facts import Outcome, Result


class Frozen(BaseModel):
    """Base of every request and response."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(Frozen):
    """The run itself: filled in whole by its first task and handed to every later one as `$.run`."""

    incident_id: str
    runbook: str
    execution_arn: str
    opened_at: datetime
    dry_run: bool
    mode: str
    strategy_id: str | None
    alarm_name: str | None
    alarm_at: str | None
    requested_by: str | None
    proceed: bool
    why_not: str | None


class ActRecord(Frozen):
    """An act as the incident keeps it. `before` and `after` are short texts."""

    action: str
    target: str
    result: Result
    before: str | None = None
    after: str | None = None
    by: str
    at: datetime


class RunOutput(Frozen):
    """What an execution returns (CONTRACT.md 4), and what the definition needs to end it."""

    outcome: Outcome
    incident_id: str
    summary: str
    actions: tuple[ActRecord, ...]
    actions_total: int
    not_proven: tuple[str, ...]
    report_url: str | None


class Answer(Frozen):
    """What a waiting state gets (functions/tasks/ask.py). `decision` is the id of an option, or `lapsed`,
    `unreached`, `revoked`. `decided_by` are person ids; `until` where the option has an end."""

    approval_id: str
    decision: str
    decided_by: tuple[str, ...]
    decided_at: datetime
    note: str | None
    until: datetime | None
    why_alone: str | None
