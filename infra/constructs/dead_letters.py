"""A queue for events that could not be delivered, after every retry."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# An alarm that could not start its cure within this time has paged people by other ways.
MAX_EVENT_AGE = Duration.minutes(15)
RETRY_ATTEMPTS = 30


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """Kept for SQS's longest time; an alarm looks at its depth (constructs/alarms.py)."""
    queue = sqs.Queue(
        scope,
        "DeadLetters",
        queue_name=name,
        retention_period=Duration.days(14),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )
    Validations.of(queue).acknowledge(
        Acknowledgment(id="AwsSolutions-SQS3", reason="It is a dead-letter queue itself")
    )
    return queue
