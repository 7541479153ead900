"""The watch that looks again by itself, every few minutes, and the alarm that says when it does not."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from functions.settings import Settings
from infra.constructs.task import Task


class WatcherSchedule(Construct):
    """A look that failed or came too late is not repeated: the next one follows within minutes."""

    def __init__(self, scope: Construct, task: Task, settings: Settings) -> None:
        super().__init__(scope, "watcher-rule")
        period = Duration.minutes(settings.watch_every_minutes)
        task.function.configure_async_invoke(retry_attempts=0, max_event_age=period)
        self.rule = events.Rule(
            self,
            "Rule",
            description="Looks whether a symptom stays or comes back",
            enabled=settings.schedules_enabled,
            schedule=events.Schedule.rate(period),
            targets=[targets.LambdaFunction(task.function, max_event_age=period, retry_attempts=1)],
        )
