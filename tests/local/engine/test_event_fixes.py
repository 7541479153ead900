from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
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


def called_by_a_rule(lab: Lab, function: str, source: str) -> None:
    name = lab.name("rule")
    events = lab.client("events")
    rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))["RuleArn"]
    lab.client("lambda").add_permission(
        FunctionName=function,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    events.put_targets(Rule=name, Targets=[{"Id": "function", "Arn": function}])


def announce(lab: Lab, source: str) -> None:
    entry = {"Source": source, "DetailType": "Incident Changed", "Detail": '{"incident_id": "inc-1"}'}
    assert lab.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def failing(lab: Lab, path: Path, times: int) -> str:
    """A function that writes down when it was called, and fails the first `times` times."""
    return lab.function(
        f"open({str(path)!r}, 'a').write(f'{{time.time()}} {{event[\"detail\"][\"incident_id\"]}}\\n')\n"
        f"if len(open({str(path)!r}).readlines()) <= {times}: raise ValueError('not yet')"
    )


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_an_event_of_our_own_reaches_a_function_that_is_tried_again_where_it_fails(
    lab: Lab, tmp_path: Path
) -> None:
    path = tmp_path / "calls"
    called_by_a_rule(lab, failing(lab, path, 1), "our.own.once")
    announce(lab, "our.own.once")
    eventually(lambda: lines(path), lambda seen: len(seen) == 2)
    time.sleep(0.3)
    assert [line.split()[1] for line in lines(path)] == ["inc-1", "inc-1"]


def test_an_event_that_fails_three_times_lies_in_the_functions_queue_with_its_cause(
    lab: Lab, tmp_path: Path
) -> None:
    path, sqs = tmp_path / "calls", lab.client("sqs")
    url = sqs.create_queue(QueueName=lab.name("letters"))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function = failing(lab, path, 99)
    lab.client("lambda").put_function_event_invoke_config(
        FunctionName=function, MaximumRetryAttempts=2, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    called_by_a_rule(lab, function, "our.own.never")
    announce(lab, "our.own.never")

    def letters() -> list[Any]:
        found: list[Any] = sqs.receive_message(QueueUrl=url).get("Messages", [])
        return found

    (letter,) = eventually(letters, bool)
    assert json.loads(letter["Body"])["requestPayload"]["detail"] == {"incident_id": "inc-1"}
    assert len(lines(path)) == 3


def test_ministack_alone_gives_up_a_rules_function_that_failed(
    lab_without: Callable[[str], Lab], tmp_path: Path
) -> None:
    lab, path = lab_without("rule-retries"), tmp_path / "calls"
    called_by_a_rule(lab, failing(lab, path, 1), "our.own.alone")
    announce(lab, "our.own.alone")
    eventually(lambda: lines(path), bool)
    time.sleep(2)
    assert len(lines(path)) == 1


def test_the_end_of_an_execution_is_an_event_whatever_way_it_ended(lab: Lab) -> None:
    pattern = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
    good = lab.machine({"Do": {"Type": "Succeed"}})
    bad = lab.machine({"Do": {"Type": "Fail", "Error": "Escalated"}})
    long = lab.machine({"Do": {"Type": "Wait", "Seconds": 6_000, "End": True}})
    ends = {good: "SUCCEEDED", bad: "FAILED", long: "ABORTED"}
    read = lab.inbox({**pattern, "detail": {"status": [*ends.values()], "stateMachineArn": [*ends]}})
    started = {machine: lab.start(machine) for machine in ends}
    lab.client("stepfunctions").stop_execution(executionArn=started[long])
    seen = eventually(read, lambda found: len(found) == 3)
    told = {one["detail"]["executionArn"]: one["detail"]["status"] for one in seen}
    assert told == {started[machine]: status for machine, status in ends.items()}
