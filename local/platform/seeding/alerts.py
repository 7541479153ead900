"""Who is told, and by what: topic, subscriptions, the heartbeat alarm and its detector."""

from __future__ import annotations

import io
import json
import zipfile

from local.platform.aws import Aws
from local.platform.names import (
    ACCOUNT,
    DETECTOR,
    HEARTBEAT_ALARM,
    MAILBOX_QUEUE,
    METRICS,
    ON_CALL_MAIL,
    REGION,
    TOPIC,
    TOPIC_ARN,
)
from local.platform.pace import STALE_AFTER
from local.platform.seeding.roles import create_role

# The name is real, so that it can be looked up; the checking is done by the stand-in's own thread,
# because a Lambda started every scaled minute would cost the laptop a process.
DETECTOR_CODE = '''"""The platform's heartbeat detector: on `local` a thread of the stand-in does its work."""


def handler(event, context):
    return {"checked_by": "the stand-in platform"}
'''


def create_alerts(aws: Aws) -> None:
    """Topic with an e-mail subscription and a queue that the mailbox reads, detector, alarm (state OK)."""
    sns = aws.client("sns")
    sns.create_topic(Name=TOPIC)
    sns.subscribe(TopicArn=TOPIC_ARN, Protocol="email", Endpoint=ON_CALL_MAIL)
    _create_mailbox(aws)
    _create_detector(aws)
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=HEARTBEAT_ALARM,
        AlarmDescription="A running or warming-up strategy has written no heartbeat for more than 2 minutes.",
        Namespace=METRICS,
        MetricName="OldestHeartbeatAge",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=STALE_AFTER,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
        Unit="Seconds",
        AlarmActions=[TOPIC_ARN],
        OKActions=[TOPIC_ARN],
    )
    cloudwatch.set_alarm_state(
        AlarmName=HEARTBEAT_ALARM, StateValue="OK", StateReason="Every heartbeat is younger than 120 seconds."
    )


def _create_mailbox(aws: Aws) -> None:
    """A queue on the topic: the only way to see by API what a topic sent to people."""
    queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{MAILBOX_QUEUE}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC_ARN}},
            }
        ],
    }
    aws.client("sqs").create_queue(QueueName=MAILBOX_QUEUE, Attributes={"Policy": json.dumps(policy)})
    aws.client("sns").subscribe(TopicArn=TOPIC_ARN, Protocol="sqs", Endpoint=queue_arn)


def _create_detector(aws: Aws) -> None:
    role = create_role(aws, DETECTOR, "lambda.amazonaws.com")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("detector.py", DETECTOR_CODE)
    aws.client("lambda").create_function(
        FunctionName=DETECTOR,
        Runtime="python3.13",
        Role=role,
        Handler="detector.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
