"""Alarms as EventBridge tells them: each change into ALARM is heard, and now and then delivered a second time."""

from __future__ import annotations

import json
from random import Random
from typing import Final

from tests.e2e.platform import ACCOUNT, ALARM, ORDER_ALARM, REGION, STUCK_ALARM, Platform
from tests.soak.kinds import ORDERS, STALE, STUCK
from tests.soak.record import Heard

NAME: Final = "soak-alarms"
QUEUE_ARN: Final = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}"
STARTS: Final = {ALARM: STALE, STUCK_ALARM: STUCK, ORDER_ALARM: ORDERS}
# EventBridge delivers at least once.
TWICE: Final = 0.25
A_CALL: Final = 10


class Ear:
    """A rule of our own beside those of the stack, and a queue behind it."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._sqs = platform, platform.client("sqs")
        allowed = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": QUEUE_ARN}]}
        made = self._sqs.create_queue(QueueName=NAME, Attributes={"Policy": json.dumps(policy)})
        self._url = str(made["QueueUrl"])
        events = platform.client("events")
        pattern = {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {"alarmName": list(STARTS), "state": {"value": ["ALARM"]}},
        }
        events.put_rule(Name=NAME, EventPattern=json.dumps(pattern), State="ENABLED")
        events.put_targets(Rule=NAME, Targets=[{"Id": "queue", "Arn": QUEUE_ARN}])

    def listen(self) -> list[Heard]:
        """What came since the last time, each once."""
        found: list[Heard] = []
        while messages := self._received():
            for one in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=one["ReceiptHandle"])
                detail = json.loads(one["Body"])["detail"]
                if detail["previousState"]["value"] != "ALARM":
                    found.append(Heard(detail["alarmName"], detail["state"]["timestamp"]))
        return found

    def _received(self) -> list[dict[str, str]]:
        return list(self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=A_CALL).get("Messages") or ())

    def close(self) -> None:
        """From now on an alarm starts nothing any more: what came before is still to be listened to."""
        self._platform.client("events").disable_rule(Name=NAME)

    def deliver_again(self, heard: Heard, pick: Random) -> str | None:
        """The same event once more, now and then: the run that it starts."""
        if pick.random() >= TWICE:
            return None
        return self._platform.start(STARTS[heard.alarm], {"alarm_name": heard.alarm, "alarm_at": heard.at})
