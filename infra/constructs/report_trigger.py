"""The final edition of a report is written when a run has ended, whatever way, and when its incident changes."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from functions.adapters.announcements import INCIDENT_CHANGED, SOURCE
from infra.constructs.heard import Heard
from infra.constructs.task import Task
from infra.names import Names

ENDED = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


class ReportTrigger(Heard):
    """Rules on the ends of the runbooks and on our own event. A report loses nothing by being late, so an event is
    kept for as long as Lambda keeps one: a bucket that refuses for an hour has its reports afterwards."""

    def __init__(self, scope: Construct, task: Task, runbooks: Sequence[str], names: Names) -> None:
        super().__init__(
            scope,
            "report-rule",
            task,
            queue_name=names.dead_letters("report"),
            description="Writes the report of a run that has ended",
            pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "status": ENDED,
                    "stateMachineArn": [names.machine_arn(runbook) for runbook in sorted(runbooks)],
                },
            ),
            max_event_age=Duration.hours(6),
        )
        self.changed = events.Rule(
            self,
            "Changed",
            description="Writes the report of an incident that has changed since",
            event_pattern=events.EventPattern(source=[SOURCE], detail_type=[INCIDENT_CHANGED]),
            targets=[self.target(task)],
        )
