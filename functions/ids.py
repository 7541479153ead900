"""Names that must come out the same however often a thing is tried."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256


def incident_id_for(execution_arn: str) -> str:
    """The incident of an execution: a retry of its first state, and the closer, find the same one."""
    return f"inc-{sha256(execution_arn.encode()).hexdigest()[:20]}"


def execution_name(runbook: str, acted_on: str, alarm_at: str) -> str:
    """`{runbook}-{first 40 characters of SHA-256 over what is acted on and alarm_at}` (CONTRACT.md 3)."""
    return f"{runbook}-{sha256(f'{acted_on}|{alarm_at}'.encode()).hexdigest()[:40]}"


def service_guard(service: str) -> str:
    """The lock of everything that acts on the strategy service or on its strategies."""
    return f"service/{service}"


def orders_guard(service: str) -> str:
    """The lock of everything that cures orders of the strategy service which fail."""
    return f"orders/{service}"


def approval_id_for(execution_arn: str, state: str, entered_at: datetime, retry_count: int) -> str:
    """The request of one entry of one waiting state: a retry of the state asks anew, a retry of the task that
    asks finds its own request. `entered_at` is aware; nothing of the task token is in it."""
    if entered_at.tzinfo is None:
        raise ValueError("entered_at has no time zone")
    entry = f"{execution_arn}|{state}|{entered_at.astimezone(UTC).isoformat()}|{retry_count}"
    return f"apr-{sha256(entry.encode()).hexdigest()[:26]}"
