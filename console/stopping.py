"""`runbooks emergency-stop`: through Step Functions, and directly wherever that does not work.

A stop that is done twice is a stop, so every doubt about the first way starts the second one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from console import stop_table
from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from console.incident import Message, outcome_of
from console.live.meaning import findings
from console.live.steps import Finding, Run, Tone, humanise
from console.live.views import View
from console.runs import exit_code, incident_of
from console.watching import follow

RUNBOOK: Final = "emergency-stop"
# Seconds (shortened by the time scale of an embedded AWS, but never below the least) without the end of a first
# state: then nothing runs there.
FIRST_STATE_WITHIN: Final = 20.0
LEAST_PATIENCE: Final = 10.0
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})


@dataclass(frozen=True, slots=True)
class End:
    """How a stop ended. `state` is what its last task was given; None where it could not be seen."""

    code: ExitCode
    outcome: str
    execution_arn: str
    state: Mapping[str, Any] | None
    report: str | None
    incident_id: str | None


class NotMoving(Exception):
    """The execution was started and none of its states has ended."""


def stop(
    aws: Aws, order: Mapping[str, Any], shown: View, *, directly: bool, patience: float | None = None,
    direct: Callable[[Aws, Mapping[str, Any], View], End] | None = None,
) -> End:  # fmt: skip
    """Stops, and tells what it does. Raises `ConsoleError` only where the run cannot be followed for want of a
    right. `patience`: seconds without the end of a first state. `direct`: the way without Step Functions."""
    direct = direct or stop_directly
    if directly:
        return direct(aws, order, shown)
    try:
        arn = start(aws, order)
    except (ClientError, BotoCoreError) as error:
        shown.note(f"Step Functions does not start it ({_one_line(error)}): stopping directly", Tone.BAD)
        return direct(aws, order, shown)
    shown.note(f"started {arn}")
    try:
        run = follow(aws, arn, shown, watched=_patience(aws, patience))
    except NotMoving:
        shown.note("the execution was started and does not move: stopping directly beside it", Tone.BAD)
        return direct(aws, order, shown)
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in DENIED:
            raise ConsoleError(
                ExitCode.AWS_TROUBLE, f"the stop runs ({arn}), and these credentials may not follow it: {error}",
                "`--direct` stops once more and shows what it does",
            ) from error  # fmt: skip
        shown.note(f"the run cannot be followed ({_one_line(error)}): stopping directly beside it", Tone.BAD)
        return direct(aws, order, shown)
    return _end_of(aws, run)


def start(aws: Aws, order: Mapping[str, Any]) -> str:
    """The ARN of the execution. Gives up within seconds: the direct way is there."""
    machine = aws.names.machine_arn(RUNBOOK)
    client = aws.hurried("stepfunctions")
    return str(client.start_execution(stateMachineArn=machine, input=json.dumps(order))["executionArn"])


def _patience(aws: Aws, seconds: float | None) -> Callable[[Run], None]:
    if seconds is None:
        seconds = max(LEAST_PATIENCE, FIRST_STATE_WITHIN * aws.time_scale)
    until = time.monotonic() + seconds

    def look(run: Run) -> None:
        if time.monotonic() > until and not any(step.left for step in run.steps):
            raise NotMoving

    return look


def _end_of(aws: Aws, run: Run) -> End:
    incident = incident_of(aws, run.arn) or {}
    outcome = outcome_of(run.status, run.output, run.error, incident)
    last = next((step for step in reversed(run.steps) if isinstance(_state_in(step.input), Mapping)), None)
    output = run.output if isinstance(run.output, dict) else {}
    return End(
        code=exit_code(run),
        outcome=outcome,
        execution_arn=run.arn,
        state=_state_in(last.input) if last else None,
        report=output.get("report_url")
        or Message.read(run.cause or "").fields.get("report")
        or incident.get("report_key"),
        incident_id=output.get("incident_id") or incident.get("incident_id"),
    )


def _state_in(given: Any) -> Mapping[str, Any] | None:
    """The stop's state in the input of one of its machine's states."""
    return given if isinstance(given, Mapping) and "job" in given and "did" in given else None


def stop_directly(aws: Aws, order: Mapping[str, Any], shown: View) -> End:
    from console import direct  # here, because it loads the adapters
    from functions.direct_stop import Told

    def tell(told: Told) -> None:
        where = f" [segment {told.segment}]" if told.segment is not None else ""
        title = f"{humanise(told.task)}{where}"
        found = findings({}, told.answer) if told.error is None else [Finding(told.error, Tone.BAD)]
        first, *rest = found or [Finding("done")]
        shown.note(f"{title}: {first.text} ({told.seconds:.1f} s)", first.tone)
        for finding in rest:
            shown.note(f"  {finding.text}", finding.tone)

    execution, stopped = direct.stop(aws, order, tell, lambda text: shown.note(text, Tone.UNKNOWN))
    answer = stopped.conclusion or {}
    output = answer.get("output") or {}
    if not answer:
        outcome, code = "unknown", ExitCode.RUN_FAILED
    elif answer.get("escalated"):
        outcome, code = "escalated", ExitCode.ESCALATED
    else:
        outcome, code = str(output.get("outcome")), ExitCode.OK
    return End(code, outcome, execution, stopped.state, output.get("report_url"), output.get("incident_id"))


def told(end: End) -> list[tuple[str, Finding]]:
    """The table at the end."""
    return stop_table.rows(
        end.state, outcome=end.outcome, incident_id=end.incident_id, report=end.report,
        execution_arn=end.execution_arn,
    )  # fmt: skip


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
