"""What no state can catch is closed from outside: runs that were stopped, timed out or broke (CONTRACT.md 4)."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from infra.constructs.dead_letters import MAX_EVENT_AGE, RETRY_ATTEMPTS, dead_letters
from infra.constructs.task import Task
from infra.names import Names

ENDED_BADLY = ["FAILED", "TIMED_OUT", "ABORTED"]


class CloserTrigger(Construct):
    """Rule on the execution status changes of our machines; the closer gets the event whole.

    An event that cannot be delivered, and one whose handling failed three times, end in one queue.
    """

    def __init__(self, scope: Construct, task: Task, machines: Sequence[str], names: Names) -> None:
        super().__init__(scope, "closer-rule")
        self.dead_letters = dead_letters(self, names.dead_letters("closer"))
        task.function.configure_async_invoke(
            retry_attempts=2,
            max_event_age=Duration.hours(1),
            on_failure=destinations.SqsDestination(self.dead_letters),
        )
        self.rule = events.Rule(
            self,
            "Rule",
            description="Records runs that ended without being able to say so",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "status": ENDED_BADLY,
                    "stateMachineArn": [names.machine_arn(machine) for machine in sorted(machines)],
                },
            ),
            targets=[
                targets.LambdaFunction(
                    task.function,
                    dead_letter_queue=self.dead_letters,
                    max_event_age=MAX_EVENT_AGE,
                    retry_attempts=RETRY_ATTEMPTS,
                )
            ],
        )
