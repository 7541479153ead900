"""A rule on the default bus whose events one task gets whole."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from infra.constructs.dead_letters import MAX_EVENT_AGE, RETRY_ATTEMPTS, dead_letters
from infra.constructs.task import Task


class Heard(Construct):
    """An event that cannot be delivered, and one whose handling failed three times, end in one queue."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        task: Task,
        *,
        queue_name: str,
        description: str,
        pattern: events.EventPattern,
        max_event_age: Duration | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letters(self, queue_name)
        task.function.configure_async_invoke(
            retry_attempts=2,
            max_event_age=max_event_age or Duration.hours(1),
            on_failure=destinations.SqsDestination(self.dead_letters),
        )
        self.rule = events.Rule(
            self,
            "Rule",
            description=description,
            event_pattern=pattern,
            targets=[self.target(task)],
        )

    def target(self, task: Task) -> targets.LambdaFunction:
        """For one rule more that the task hears."""
        return targets.LambdaFunction(
            task.function,
            dead_letter_queue=self.dead_letters,
            max_event_age=MAX_EVENT_AGE,
            retry_attempts=RETRY_ATTEMPTS,
        )
