"""What a runbook accepts (CONTRACT.md 3), checked at the door of every run.

Types are strict: `"true"` is no boolean. An unknown field is refused, because at 3 a.m. a misspelt
`strategyid` must not turn one strategy into all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from functions.errors import Refused

# The platform names its strategies as it likes (CONTRACT.md 1: a string): a run that refused a name which the
# table holds would break off between its cure and its checklist. Only what no name can hold is refused.
StrategyId = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
# A person is told by it why trading comes back: blanks are no reason.
Words = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"\S")]


class RunbookInput(BaseModel):
    """Fields that every runbook allows."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)

    started_by_execution: str | None = Field(None, alias="AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
    comment: str | None = Field(None, alias="Comment")
    requested_by: Text | None = None
    dry_run: bool = False

    @field_validator("*", mode="before")
    @classmethod
    def _is_given(cls, value: Any) -> Any:
        """A null is a caller's empty variable: read as "not given", it would turn one strategy into all."""
        if value is None:
            raise ValueError("must not be null; leave the field out instead")
        return value


class AlarmInput(RunbookInput):
    """Of a runbook that an alarm may start."""

    alarm_name: Text | None = None
    alarm_at: Text | None = None

    @field_validator("alarm_at")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be an ISO 8601 time such as 2026-01-31T03:00:00Z") from None
        if at.tzinfo is None:
            raise ValueError("must carry a UTC offset or Z") from None
        return value


class StaleHeartbeatInput(AlarmInput):
    strategy_id: StrategyId | None = None


class StuckPositionInput(AlarmInput):
    """Without `position_id`: every stuck position, each as an execution of its own. `reason`: why a person says
    that this one should be closed, although by its age and its exit it is not stuck."""

    position_id: StrategyId | None = None
    reason: Words | None = None


class OrderFailuresInput(AlarmInput):
    """Without `strategy_id`: every strategy of the service."""

    strategy_id: StrategyId | None = None


class VerifyTradingInput(RunbookInput):
    strategy_ids: Annotated[list[StrategyId], Field(max_length=200)] | None = None
    incident_id: Text | None = None
    allow_test_order: bool = False


class ResumeTradingInput(RunbookInput):
    """`strategy_ids`: only these come back; without it everything that a halt stopped. `to` `manage_only`: they
    manage their exits and take no entries."""

    requested_by: Words
    reason: Words
    strategy_ids: Annotated[list[StrategyId], Field(min_length=1, max_length=200)] | None = None
    to: Literal["trading", "manage_only"] = "trading"


INPUTS: dict[str, type[RunbookInput]] = {
    "order-failures": OrderFailuresInput,
    "resume-trading": ResumeTradingInput,
    "stale-heartbeat": StaleHeartbeatInput,
    "stuck-position": StuckPositionInput,
    "verify-trading": VerifyTradingInput,
}


def read_input(runbook: str, given: Any) -> Any:
    """The runbook's input as its model, or `Refused` with the field, the value and what would be right."""
    model = INPUTS[runbook]
    if not isinstance(given, dict):
        raise Refused(f"input: must be a JSON object, is {shown(given)}")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = [told(problem, model) for problem in error.errors(include_url=False)]
        raise Refused("; ".join(problems[:3])) from None


def told(problem: Any, model: type[BaseModel]) -> str:
    """One problem of an input as a sentence; whatever is said back of it is cut."""
    field = _cut(".".join(str(part) for part in problem["loc"]) or "input")
    if problem["type"] == "extra_forbidden":
        allowed = ", ".join(sorted(f.alias or name for name, f in model.model_fields.items()))
        return f"{field}: unknown field; allowed are {allowed}"
    if problem["type"] == "string_pattern_mismatch":
        return f"{field}: must hold a word, and no control characters, is {shown(problem['input'])}"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{field}: {message}, is {shown(problem['input'])}"


def shown(value: Any) -> str:
    """A value as it was given, as far as a sentence holds it."""
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
