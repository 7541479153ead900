"""Parts that look by themselves, every few minutes: the watch over symptoms, the sweeper over approvals."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.constructs.task import Task


class Schedule(Construct):
    """A look that failed or came too late is not repeated: the next one follows within minutes."""

    def __init__(
        self, scope: Construct, name: str, task: Task, *, every_minutes: int, description: str, enabled: bool = True
    ) -> None:
        super().__init__(scope, f"{name}-rule")
        period = Duration.minutes(every_minutes)
        task.function.configure_async_invoke(retry_attempts=0, max_event_age=period)
        self.rule = events.Rule(
            self,
            "Rule",
            description=description,
            enabled=enabled,
            schedule=events.Schedule.rate(period),
            targets=[targets.LambdaFunction(task.function, max_event_age=period, retry_attempts=1)],
        )
