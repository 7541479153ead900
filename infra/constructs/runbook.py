"""What starts a runbook by itself: the transition of an alarm, the platform's or our own, into ALARM."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.settings import RunbookMode
from infra.asl import Trigger
from infra.constructs.dead_letters import MAX_EVENT_AGE, RETRY_ATTEMPTS, dead_letters
from infra.constructs.machine import Machine
from infra.constructs.role import role_for
from infra.errors import SetupError
from infra.names import Names
from infra.policies import start_statement


class AlarmTrigger(Construct):
    """Rule, role and dead-letter queue. The event becomes the input of CONTRACT.md 3."""

    def __init__(self, scope: Construct, machine: Machine, trigger: Trigger, names: Names) -> None:
        runbook = machine.definition.name
        super().__init__(scope, f"{runbook}-alarm")
        settings = names.settings
        alarm = getattr(settings.platform, trigger.alarm, None) or getattr(settings, trigger.alarm, None)
        if not isinstance(alarm, str):
            raise SetupError(f"{runbook}/runbook.yaml: trigger.alarm: no setting {trigger.alarm!r}")
        statements = [start_statement(names, runbook)]
        self.dead_letters: sqs.Queue = dead_letters(self, names.dead_letters(runbook))
        self.rule = events.Rule(
            self,
            "Rule",
            description=f"Starts {runbook} when {alarm} goes into ALARM",
            enabled=settings.mode_of(runbook) is not RunbookMode.OFF,
            event_pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                detail={
                    "alarmName": [alarm],
                    "state": {"value": ["ALARM"]},
                    # Only the transition: a reason that changes while the alarm is up starts nothing.
                    "previousState": {"value": events.Match.anything_but("ALARM")},
                },
            ),
            targets=[
                targets.SfnStateMachine(
                    machine.machine,
                    input=events.RuleTargetInput.from_object(
                        {
                            "alarm_name": events.EventField.from_path("$.detail.alarmName"),
                            "alarm_at": events.EventField.from_path("$.detail.state.timestamp"),
                        }
                    ),
                    role=role_for(self, "events.amazonaws.com", statements, account=settings.account_id),
                    dead_letter_queue=self.dead_letters,
                    max_event_age=MAX_EVENT_AGE,
                    retry_attempts=RETRY_ATTEMPTS,
                )
            ],
        )
