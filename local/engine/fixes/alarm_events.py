"""An alarm's change of state is an event on the default bus."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch, eventbridge

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

DETAIL_TYPE = "CloudWatch Alarm State Change"
CREATED = "Unchecked: Initial alarm creation"

_states: dict[str, dict[str, str]] = {}
_lock = threading.Lock()


@fix("alarm-events")
def emit_alarm_events(_setup: Setup) -> None:
    """SetAlarmState and metric evaluation both publish the documented event, whole.

    AWS: CloudWatch user guide, "Alarm events and EventBridge" (sample events for single-metric and composite
    alarms); the event is sent on a change of state only.
    """

    def make(original: Callable[..., None]) -> Callable[..., None]:
        def dispatch(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
            entry = _entry(alarm, old_state, new_state, reason)
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
            original(alarm, old_state, new_state, reason)

        return dispatch

    around(cloudwatch, "_dispatch_alarm_actions", make)


def _entry(alarm: Mapping[str, Any], old_state: str, new_state: str, reason: str) -> dict[str, Any]:
    arn = alarm["AlarmArn"]
    state = {"value": new_state, "reason": reason, "timestamp": _stamp(datetime.now(UTC))}
    if data := alarm.get("StateReasonData"):
        state["reasonData"] = data
    with _lock:
        previous = _states.get(arn)
        _states[arn] = state
    if previous is None or previous["value"] != old_state:
        created = datetime.fromtimestamp(alarm.get("AlarmConfigurationUpdatedTimestamp", 0), UTC)
        previous = {"value": old_state, "reason": CREATED, "timestamp": _stamp(created)}
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": state,
        "previousState": previous,
        "configuration": _configuration(alarm),
    }
    return {
        "Source": "aws.cloudwatch",
        "DetailType": DETAIL_TYPE,
        "Resources": [arn],
        "Detail": json.dumps(detail),
    }


def _configuration(alarm: Mapping[str, Any]) -> dict[str, Any]:
    description = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if "AlarmRule" in alarm:
        return {"alarmRule": alarm["AlarmRule"], **description}
    metric = {
        "namespace": alarm.get("Namespace") or "",
        "name": alarm.get("MetricName") or "",
        "dimensions": {item["Name"]: item["Value"] for item in alarm.get("Dimensions") or ()},
    }
    stat = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    # The same metric of the same alarm keeps its id from one event to the next.
    metric_id = str(uuid.uuid5(uuid.NAMESPACE_URL, alarm["AlarmArn"]))
    watched = {"metric": metric, "period": alarm.get("Period", 60), "stat": stat}
    return {**description, "metrics": [{"id": metric_id, "metricStat": watched, "returnData": True}]}


def _stamp(when: datetime) -> str:
    """AWS's form in these events: milliseconds and `+0000`."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}+0000"
