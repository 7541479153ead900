"""Says what the remedy came to: answered or not, done or not, and what undoes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.collecting import message, told
from functions.contracts import Frozen
from functions.facts import Evidence
from functions.ports import Ports
from functions.raising import Did, Kept, RaisePlan, Said
from functions.rules.raise_end import Redeployed, Trouble, end_of, not_asked
from functions.runtime import task
from functions.settings import Settings
from functions.stages import GroupResult

ACT = False
TIMEOUT_SECONDS = 15
MEMORY_MB = 256


class Request(Frozen):
    plan: RaisePlan
    asked: Said
    kept: Kept
    did: Did


class Response(GroupResult):
    pass


@task(Request, needs=("clock.now", "incidents.note"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    plan, asked = request.plan, request.asked
    if plan.question is None:
        end = not_asked(plan.reason)
    else:
        end = end_of(
            asked.said,
            why_nobody=_said(asked.error) if asked.error else None,
            kept=_redeployed(request.kept.outcome),
            kept_trouble=_trouble(request.kept.error),
            larger=_redeployed(request.did.outcome),
            trouble=_trouble(request.did.error),
            undone_by=plan.undone_by,
        )
    if plan.undone_by in end.known:
        what = Evidence("what undoes it", plan.family, plan.undone_by, ports.clock.now())
        ports.incidents.note(plan.job.run.incident_id, [what])
    return Response(
        group_id=plan.job.group.group_id,
        remedy="raise_memory",
        result=end.result,
        at=end.at,
        why=end.why,
        strategies=(),
        answer=asked.answer,
        ending=end.ending,
        known=end.known,
        tried=plan.question is not None,
    )


def _redeployed(outcome: GroupResult | None) -> Redeployed | None:
    return Redeployed(outcome.result, outcome.at, outcome.why, outcome.tried) if outcome else None


def _trouble(error: Mapping[str, Any] | None) -> Trouble | None:
    return Trouble(error.get("Error") == "Refused", _said(error)) if error else None


def _said(error: Mapping[str, Any]) -> str:
    """What the error says, or its word where it says nothing."""
    return message(error) or told(error)
