from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.local.engine.lab import Lab, eventually

CHANGE = {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}


def make_alarm(lab: Lab) -> str:
    name = lab.name("alarm")
    lab.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription="too old",
        Namespace="Trading",
        MetricName=name,
        Dimensions=[{"Name": "Service", "Value": "s"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=120,
        ComparisonOperator="GreaterThanThreshold",
    )
    return name


def changes(lab: Lab, alarm: str) -> Callable[[], list[dict[str, Any]]]:
    return lab.inbox({**CHANGE, "detail": {"alarmName": [alarm]}})


def test_setting_an_alarm_sends_the_whole_documented_event(lab: Lab) -> None:
    name = make_alarm(lab)
    read = changes(lab, name)
    before = datetime.now(UTC)
    cloudwatch = lab.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="fine")
    cloudwatch.set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="old", StateReasonData='{"age": 130}'
    )
    first, event = eventually(read, lambda seen: len(seen) == 2)
    arn = f"arn:aws:cloudwatch:eu-central-1:000000000000:alarm:{name}"
    assert event["version"] == "0"
    assert event["id"] != first["id"]
    assert (event["account"], event["region"]) == ("000000000000", "eu-central-1")
    assert event["resources"] == [arn]
    assert datetime.fromisoformat(event["time"]) >= before.replace(microsecond=0)
    detail = event["detail"]
    assert detail["alarmName"] == name
    assert detail["state"] | {"timestamp": ""} == {
        "value": "ALARM",
        "reason": "old",
        "reasonData": '{"age": 130}',
        "timestamp": "",
    }
    assert datetime.strptime(detail["state"]["timestamp"], "%Y-%m-%dT%H:%M:%S.%f%z") >= before.replace(
        microsecond=0
    )
    assert detail["previousState"] == first["detail"]["state"]
    assert first["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    (metric,) = detail["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {"namespace": "Trading", "name": name, "dimensions": {"Service": "s"}},
        "period": 60,
        "stat": "Maximum",
    }
    assert metric["returnData"] is True
    assert detail["configuration"]["description"] == "too old"


def test_a_metric_that_crosses_the_threshold_sends_the_event(lab: Lab) -> None:
    name = make_alarm(lab)
    read = changes(lab, name)
    point = {"MetricName": name, "Value": 300, "Dimensions": [{"Name": "Service", "Value": "s"}]}
    lab.client("cloudwatch").put_metric_data(Namespace="Trading", MetricData=[point])
    (event,) = eventually(read, bool)
    assert event["detail"]["state"]["value"] == "ALARM"


def test_the_same_state_again_sends_nothing(lab: Lab) -> None:
    name = make_alarm(lab)
    read = changes(lab, name)
    for _ in range(2):
        lab.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="old")
    eventually(read, bool)
    time.sleep(0.3)
    assert len(read()) == 1


def test_ministack_alone_sends_no_alarm_event(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("alarm-events")
    name = make_alarm(lab)
    read = changes(lab, name)
    lab.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="old")
    time.sleep(1)
    assert read() == []


def other_dimension(lab: Lab) -> str:
    name = make_alarm(lab)
    point = {"MetricName": name, "Value": 300, "Dimensions": [{"Name": "Service", "Value": "another"}]}
    lab.client("cloudwatch").put_metric_data(Namespace="Trading", MetricData=[point])
    (alarm,) = lab.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def test_a_metric_with_other_dimensions_moves_no_alarm(lab: Lab) -> None:
    assert other_dimension(lab) == "INSUFFICIENT_DATA"


def test_ministack_alone_mixes_dimensions(lab_without: Callable[[str], Lab]) -> None:
    assert other_dimension(lab_without("alarm-dimensions")) == "ALARM"


def up_and_down(lab: Lab, points: tuple[float, ...]) -> str:
    """An alarm on a metric of which these were published, the last one now, a second and a half apart."""
    name = make_alarm(lab)
    for number, value in enumerate(points):
        time.sleep(1.5 if number else 0)
        point = {"MetricName": name, "Value": value, "Dimensions": [{"Name": "Service", "Value": "s"}]}
        lab.client("cloudwatch").put_metric_data(Namespace="Trading", MetricData=[point])
    (alarm,) = lab.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def test_an_alarm_looks_back_on_the_short_clock(lab: Lab) -> None:
    assert up_and_down(lab, (300, 0, 0)) == "OK"
    assert up_and_down(lab, (0, 0, 300)) == "ALARM"


def test_ministack_alone_keeps_an_alarm_up_for_a_real_minute(lab_without: Callable[[str], Lab]) -> None:
    assert up_and_down(lab_without("alarm-periods"), (300, 0, 0)) == "ALARM"


def rule_for(lab: Lab, arn: str) -> None:
    name = lab.name("every-minute")
    lab.client("events").put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    lab.client("events").put_targets(
        Rule=name, Targets=[{"Id": "it", "Arn": arn, "RoleArn": lab.role, "Input": json.dumps({"due": True})}]
    )


def executions(lab: Lab, machine: str) -> list[str]:
    found = lab.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return [entry["executionArn"] for entry in found]


def test_a_schedule_starts_a_machine_on_the_short_clock(lab: Lab) -> None:
    machine = lab.machine({"Done": {"Type": "Succeed"}})
    began = time.monotonic()
    rule_for(lab, machine)
    found = eventually(lambda: executions(lab, machine), lambda arns: len(arns) >= 2)
    # A minute is 1.2 s at this scale.
    assert 2.0 < time.monotonic() - began < 8
    assert json.loads(lab.execution(found[0])["input"]) == {"due": True}


def test_a_schedule_calls_a_function_on_the_short_clock(lab: Lab) -> None:
    machine = lab.machine({"Done": {"Type": "Succeed"}})
    body = (
        "import boto3\n"
        f"boto3.client('stepfunctions').start_execution(stateMachineArn={machine!r}, input=json.dumps(event))"
    )
    rule_for(lab, lab.function(body))
    (first, *_) = eventually(lambda: executions(lab, machine), bool)
    assert json.loads(lab.execution(first)["input"]) == {"due": True}


def test_ministack_alone_keeps_schedules_on_the_real_clock(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("schedule-scale")
    machine = lab.machine({"Done": {"Type": "Succeed"}})
    rule_for(lab, machine)
    time.sleep(3)
    assert executions(lab, machine) == []
