"""Parts that look by themselves: every few minutes, or once a day."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.constructs.task import Task


@dataclass(frozen=True, slots=True)
class Every:
    """So many minutes; or once a day, at an hour of UTC."""

    minutes: int
    at_hour: int | None = None

    @classmethod
    def day(cls, at_hour: int) -> Every:
        return cls(24 * 60, at_hour)

    @property
    def schedule(self) -> events.Schedule:
        if self.at_hour is not None:
            return events.Schedule.cron(minute="0", hour=str(self.at_hour))
        return events.Schedule.rate(Duration.minutes(self.minutes))

    @property
    def may_be_late(self) -> Duration:
        """After that a look is left out: the next one is due, or nobody expects it any more."""
        return Duration.minutes(min(self.minutes, 60))


class Schedule(Construct):
    """A look that failed or came too late is not repeated: the next one follows by itself."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        task: Task,
        *,
        every: Every,
        description: str,
        enabled: bool = True,
    ) -> None:
        super().__init__(scope, f"{name}-rule")
        late = every.may_be_late
        task.function.configure_async_invoke(retry_attempts=0, max_event_age=late)
        self.rule = events.Rule(
            self,
            "Rule",
            description=description,
            enabled=enabled,
            schedule=every.schedule,
            targets=[targets.LambdaFunction(task.function, max_event_age=late, retry_attempts=1)],
        )
