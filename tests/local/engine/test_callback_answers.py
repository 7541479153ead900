"""An answer may come before the function that asked has returned, and the asking knows which attempt it is."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.local.engine.lab import Lab, eventually

ANSWER_AT_ONCE = """
import boto3
client = boto3.client("stepfunctions")
client.send_task_success(taskToken=event["token"], output='{"decision": "early"}')
time.sleep(0.3)
try:
    client.send_task_success(taskToken=event["token"], output='{"decision": "late"}')
except client.exceptions.TaskTimedOut:
    print("TaskTimedOut for the second answer")
"""
FAIL_FIRST = """
print("ASKED " + json.dumps(event))
if event["retry_count"] == 0:
    raise ValueError("once")
"""


def asking(lab: Lab, body: str) -> dict[str, Any]:
    context = {
        "token.$": "$$.Task.Token",
        "state.$": "$$.State.Name",
        "entered_at.$": "$$.State.EnteredTime",
        "retry_count.$": "$$.State.RetryCount",
        "execution_arn.$": "$$.Execution.Id",
    }
    return {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": lab.function(body), "Payload": context},
            "ResultPath": "$.answer",
            "Retry": [{"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "MaxAttempts": 1}],
            "TimeoutSeconds": 600,
            "End": True,
        }
    }


def printed(lab: Lab, function: str, word: str) -> list[str]:
    group = f"/aws/lambda/{function.rsplit(':', 1)[-1]}"
    logs = lab.client("logs")
    try:
        found = logs.filter_log_events(logGroupName=group)["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []  # it comes with the first line
    return [event["message"] for event in found if word in event["message"]]


def test_an_answer_that_comes_before_the_function_returns_is_kept_and_the_second_one_is_late(lab: Lab) -> None:
    states = asking(lab, ANSWER_AT_ONCE)
    ended = lab.end(lab.start(lab.machine(states)))
    assert json.loads(ended["output"]) == {"answer": {"decision": "early"}}
    function = states["Ask"]["Parameters"]["FunctionName"]
    eventually(lambda: printed(lab, function, "TaskTimedOut"), bool)


def test_every_attempt_knows_its_number_and_when_the_state_was_entered(lab: Lab) -> None:
    states = asking(lab, FAIL_FIRST)
    arn = lab.start(lab.machine(states))
    function = states["Ask"]["Parameters"]["FunctionName"]
    lines = eventually(lambda: printed(lab, function, "ASKED"), lambda found: len(found) == 2)
    first, second = (json.loads(line[line.index("{") :]) for line in lines)
    assert (first["retry_count"], second["retry_count"]) == (0, 1)
    assert first["entered_at"] == second["entered_at"]
    assert datetime.fromisoformat(first["entered_at"]).tzinfo is not None
    assert first["token"] != second["token"]
    assert (first["state"], first["execution_arn"]) == ("Ask", arn)
    lab.client("stepfunctions").send_task_success(taskToken=second["token"], output='{"decision": "yes"}')
    assert json.loads(lab.end(arn)["output"]) == {"answer": {"decision": "yes"}}
