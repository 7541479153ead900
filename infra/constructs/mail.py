"""How approval mails leave, and how what became of them comes back.

The sender's identity is the platform's and is imported; only the configuration set is the stack's own.
"""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.constructs.heard import Heard
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


class MailEvents(Heard):
    """Rule on this configuration set's events."""

    def __init__(self, scope: Construct, task: Task, names: Names) -> None:
        super().__init__(
            scope,
            "mail-events-rule",
            task,
            queue_name=names.dead_letters("mail-events"),
            description="Notes which approvers a mail did not reach",
            pattern=events.EventPattern(
                source=["aws.ses"],
                # SES puts this tag on every mail that leaves by a configuration set.
                detail={"mail": {"tags": {"ses:configuration-set": [names.configuration_set]}}},
            ),
        )
