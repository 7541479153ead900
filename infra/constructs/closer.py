"""What no state can catch is closed from outside: runs that were stopped, timed out or broke (CONTRACT.md 4)."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.heard import Heard
from infra.constructs.task import Task
from infra.names import Names

ENDED_BADLY = ["FAILED", "TIMED_OUT", "ABORTED"]


class CloserTrigger(Heard):
    """Rule on the execution status changes of our machines."""

    def __init__(self, scope: Construct, task: Task, machines: Sequence[str], names: Names) -> None:
        super().__init__(
            scope,
            "closer-rule",
            task,
            queue_name=names.dead_letters("closer"),
            description="Records runs that ended without being able to say so",
            pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "status": ENDED_BADLY,
                    "stateMachineArn": [names.machine_arn(machine) for machine in sorted(machines)],
                },
            ),
        )
