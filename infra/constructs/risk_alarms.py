"""What may stop everything without a person: the transition of a risk alarm that the settings name."""

from __future__ import annotations

import json
from typing import Final

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.heard import Heard
from infra.constructs.task import Task
from infra.errors import SetupError
from infra.names import Names

# EventBridge's quota of one pattern.
MOST_CHARACTERS: Final = 2048


class RiskAlarms(Heard):
    """Rule on exactly the named alarms; the function reads each again before it believes it."""

    def __init__(self, scope: Construct, task: Task, names: Names) -> None:
        alarms = sorted(names.settings.emergency_stop.risk_alarms)
        detail = {
            "alarmName": alarms,
            "state": {"value": ["ALARM"]},
            # Only the transition: a reason that changes while the alarm is up stops nothing anew.
            "previousState": {"value": events.Match.anything_but("ALARM")},
        }
        if len(json.dumps(alarms)) > MOST_CHARACTERS - 256:
            raise SetupError("emergency_stop.risk_alarms: these names are more than one rule of EventBridge takes")
        super().__init__(
            scope,
            "risk-alarm-rule",
            task,
            queue_name=names.dead_letters("risk-alarm"),
            description="Has a risk alarm read again that may stop all trading",
            pattern=events.EventPattern(
                source=["aws.cloudwatch"], detail_type=["CloudWatch Alarm State Change"], detail=detail
            ),
        )
