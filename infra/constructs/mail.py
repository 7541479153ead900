"""How approval mails leave, and how what became of them comes back.

The sender's identity is the platform's and is imported; only the configuration set is the stack's own.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.constructs.dead_letters import MAX_EVENT_AGE, RETRY_ATTEMPTS, dead_letters
from infra.constructs.task import Task
from infra.names import Names

# What says that a person was not reached. Neither OPEN nor CLICK: SES would send the links, each with its
# personal key, by an address of its own.
NOT_REACHED = [
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.REJECT,
    ses.EmailSendingEvent.DELIVERY_DELAY,
    ses.EmailSendingEvent.RENDERING_FAILURE,
]


class ApprovalMail(Construct):
    """The configuration set: TLS or nothing, no tracking, trouble to the account's default event bus."""

    def __init__(self, scope: Construct, names: Names) -> None:
        super().__init__(scope, "approval-mail")
        self.configuration_set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=names.configuration_set,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            reputation_metrics=True,
            # An account may have engagement tracking on for all its mail; it rewrites links too.
            vdm_options=ses.VdmOptions(engagement_metrics=False),
        )
        bus = events.EventBus.from_event_bus_arn(self, "DefaultBus", names.default_bus_arn)
        self.configuration_set.add_event_destination(
            "NotReached", destination=ses.EventDestination.event_bus(bus), events=NOT_REACHED
        )


class MailEvents(Construct):
    """Rule on this configuration set's events; the task gets each one whole.

    An event that cannot be delivered, and one whose handling failed three times, end in one queue.
    """

    def __init__(self, scope: Construct, task: Task, names: Names) -> None:
        super().__init__(scope, "mail-events-rule")
        self.dead_letters = dead_letters(self, names.dead_letters("mail-events"))
        task.function.configure_async_invoke(
            retry_attempts=2,
            max_event_age=Duration.hours(1),
            on_failure=destinations.SqsDestination(self.dead_letters),
        )
        self.rule = events.Rule(
            self,
            "Rule",
            description="Notes which approvers a mail did not reach",
            event_pattern=events.EventPattern(
                source=["aws.ses"],
                # SES puts this tag on every mail that leaves by a configuration set.
                detail={"mail": {"tags": {"ses:configuration-set": [names.configuration_set]}}},
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
