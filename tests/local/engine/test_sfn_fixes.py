from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.engine.lab import Lab, eventually, types

DONE: dict[str, Any] = {"Type": "Succeed"}
ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
BOOM = "raise ValueError('boom')"


def task(arn: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": arn, "TimeoutSeconds": 30, "End": True, **more}


def wait_state(seconds: int, **more: Any) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, **(more or {"End": True})}


def branch(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


# Paths


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"Type": "Pass", "InputPath": "$.missing", "End": True}, id="InputPath"),
        pytest.param({"Type": "Pass", "OutputPath": "$.missing", "End": True}, id="OutputPath"),
        pytest.param({"Type": "Pass", "Parameters": {"a.$": "$.missing"}, "End": True}, id="Parameters"),
        pytest.param({"Type": "Pass", "Parameters": {"a.$": "$.list[7]"}, "End": True}, id="index"),
        pytest.param({"Type": "Pass", "Parameters": {"a.$": "$$.Task.Token"}, "End": True}, id="context"),
        pytest.param({"Type": "Wait", "SecondsPath": "$.missing", "End": True}, id="SecondsPath"),
        pytest.param({"Type": "Wait", "SecondsPath": "$.word", "End": True}, id="SecondsPath of a word"),
        pytest.param(
            {
                "Type": "Map",
                "ItemsPath": "$.missing",
                "ItemProcessor": branch(One=DONE),
                "Catch": ALL,
                "End": True,
            },
            id="ItemsPath",
        ),
        pytest.param(
            {
                "Type": "Parallel",
                "Branches": [branch(One={"Type": "Pass", "InputPath": "$.missing", "End": True})],
                "Catch": [{"ErrorEquals": ["States.Runtime", "States.TaskFailed"], "Next": "Caught"}],
                "End": True,
            },
            id="inside a branch, caught by name",
        ),
        pytest.param(
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.missing", "StringEquals": "x", "Next": "Caught"}],
                "Default": "Caught",
            },
            id="Choice",
        ),
        pytest.param(
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.word", "StringEqualsPath": "$.missing", "Next": "Caught"}],
                "Default": "Caught",
            },
            id="Choice against a path",
        ),
        pytest.param(
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.missing", "IsNull": True, "Next": "Caught"}],
                "Default": "Caught",
            },
            id="IsNull",
        ),
    ],
)
def test_a_path_that_does_not_resolve_ends_the_run_and_nothing_catches_it(lab: Lab, state: dict[str, Any]) -> None:
    ended = lab.run({"Look": state, "Caught": DONE}, {"word": "x", "list": []})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_a_wildcard_may_find_nothing(lab: Lab) -> None:
    ended = lab.run({"Look": {"Type": "Pass", "InputPath": "$.list[*].name", "End": True}}, {"list": [{}]})
    assert json.loads(ended["output"]) == []


@pytest.mark.parametrize(
    ("given", "expected"), [({"a": 1}, "Here"), ({"a": None}, "Here"), ({}, "Absent"), ({"b": 1}, "Absent")]
)
def test_a_choice_may_ask_whether_a_value_is_present(lab: Lab, given: Any, expected: str) -> None:
    choices = [
        {"And": [{"Variable": "$.a", "IsPresent": True}], "Next": "Here"},
        {"Variable": "$.a", "IsPresent": False, "Next": "Absent"},
    ]
    arn = lab.start(
        lab.machine({"Ask": {"Type": "Choice", "Choices": choices}, "Here": DONE, "Absent": DONE}), given
    )
    assert lab.end(arn)["status"] == "SUCCEEDED"
    assert lab.entered(arn)[-1] == expected


def test_the_context_object_is_read_in_parameters_and_result_selectors(lab: Lab) -> None:
    act = task(
        lab.function("return {'got': event}"),
        Parameters={"id.$": "$$.Execution.Id", "state.$": "$$.State.Name"},
        ResultSelector={"by.$": "$$.Execution.Id", "got.$": "$.got"},
    )
    ended = lab.run({"Act": act})
    arn = ended["executionArn"]
    assert json.loads(ended["output"]) == {"by": arn, "got": {"id": arn, "state": "Act"}}


def test_a_timestamp_is_compared_with_one_at_a_path(lab: Lab) -> None:
    rule = {"Variable": "$.a", "TimestampLessThanPath": "$.b", "Next": "Before"}
    states = {"Ask": {"Type": "Choice", "Choices": [rule], "Default": "After"}, "Before": DONE, "After": DONE}
    arn = lab.start(lab.machine(states), {"a": "2026-01-01T00:00:00Z", "b": "2026-01-02T00:00:00Z"})
    lab.end(arn)
    assert lab.entered(arn)[-1] == "Before"


def test_an_intrinsic_that_fails_has_its_own_error(lab: Lab) -> None:
    bad = {"Type": "Pass", "Parameters": {"a.$": "States.StringToJson($.word)"}, "End": True}
    assert lab.run({"Bad": bad}, {"word": "{"})["error"] == "States.IntrinsicFailure"


def test_ministack_alone_reads_null_where_a_path_leads_nowhere(lab_without: Callable[[str], Lab]) -> None:
    ended = lab_without("path-resolution").run(
        {"Look": {"Type": "Pass", "Parameters": {"a.$": "$.missing"}, "End": True}}
    )
    assert json.loads(ended["output"]) == {"a": None}


# Branches


def failing_parallel(lab: Lab) -> str:
    slow = branch(Wait=wait_state(30, Next="Late"), Late={"Type": "Pass", "End": True})
    fail = branch(Fail={"Type": "Fail", "Error": "Sudden", "Cause": "c"})
    both = {"Type": "Parallel", "Branches": [slow, fail], "Catch": ALL, "Next": "Never"}
    return lab.start(lab.machine({"Both": both, "Never": DONE, "Caught": wait_state(50, Next="End"), "End": DONE}))


def test_a_failed_branch_stops_its_siblings_at_once(lab: Lab) -> None:
    began = time.monotonic()
    arn = failing_parallel(lab)
    eventually(lambda: lab.entered(arn), lambda names: "Caught" in names)
    assert time.monotonic() - began < 0.6, "the slow branch alone takes 0.6 s"
    lab.end(arn)
    assert "Late" not in lab.entered(arn)


def test_a_failed_iteration_stops_the_others(lab: Lab) -> None:
    each = branch(
        Which={
            "Type": "Choice",
            "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "Fail"}],
            "Default": "Wait",
        },
        Fail={"Type": "Fail", "Error": "Sudden"},
        Wait=wait_state(30, Next="Late"),
        Late={"Type": "Pass", "End": True},
    )
    arn = lab.start(lab.machine({"Each": {"Type": "Map", "ItemProcessor": each, "End": True}}), [1, 2, 3])
    assert lab.end(arn)["error"] == "Sudden"
    time.sleep(0.8)
    assert "Late" not in lab.entered(arn)


def test_ministack_alone_lets_the_siblings_run_on(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("failed-branch-stops-siblings")
    arn = failing_parallel(lab)
    lab.end(arn)
    assert "Late" in lab.entered(arn)


def test_branches_and_iterations_stand_in_the_history(lab: Lab) -> None:
    inner = {"Type": "Map", "ItemProcessor": branch(Leaf={"Type": "Pass", "Next": "Out"}, Out=DONE), "End": True}
    outer = {"Type": "Parallel", "Branches": [branch(Inner=inner)], "End": True}
    arn = lab.start(lab.machine({"Outer": outer}), [1, 2])
    lab.end(arn)
    history = lab.history(arn)
    assert lab.entered(arn).count("Leaf") == 2
    assert lab.entered(arn).count("Out") == 2
    for kind in ("ParallelStateStarted", "ParallelStateSucceeded", "MapStateStarted", "MapStateSucceeded"):
        assert types(history).count(kind) == 1
    indexes = [
        e["mapIterationStartedEventDetails"]["index"] for e in history if "mapIterationStartedEventDetails" in e
    ]
    assert sorted(indexes) == [0, 1]
    assert [event["id"] for event in history] == list(range(1, len(history) + 1))
    exits = {e["stateExitedEventDetails"]["name"] for e in history if "stateExitedEventDetails" in e}
    assert exits == {"Outer", "Inner", "Leaf", "Out"}


def test_ministack_alone_leaves_branches_out_of_the_history(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("branch-history")
    arn = lab.start(lab.machine({"Outer": {"Type": "Parallel", "Branches": [branch(Leaf=DONE)], "End": True}}))
    lab.end(arn)
    assert lab.entered(arn) == ["Outer"]


def test_a_map_keeps_to_its_concurrency(lab: Lab) -> None:
    each = branch(Wait=wait_state(10))
    arn = lab.start(
        lab.machine({"Each": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": each, "End": True}}), [1, 2, 3]
    )
    ended = lab.end(arn)
    assert json.loads(ended["output"]) == [1, 2, 3]
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() > 0.6


# Children


def sync(child: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": child, "Input.$": "$"},
        "End": True,
        **more,
    }


def test_a_child_gives_its_output(lab: Lab) -> None:
    child = lab.machine({"Done": {"Type": "Pass", "Result": {"answer": 42}, "End": True}})
    output = json.loads(lab.run({"Child": sync(child)})["output"])
    assert output["Output"] == {"answer": 42}
    assert (output["Status"], output["StateMachineArn"]) == ("SUCCEEDED", child)


def test_a_failed_child_is_a_failed_task_with_the_child_in_its_cause(lab: Lab) -> None:
    child = lab.machine({"Fail": {"Type": "Fail", "Error": "Escalated", "Cause": "a person must act"}})
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}]
    ended = lab.run({"Child": sync(child, Catch=catch), "Caught": DONE}, {"x": 1})
    error = json.loads(ended["output"])
    assert error["Error"] == "States.TaskFailed"
    cause = json.loads(error["Cause"])
    assert (cause["Error"], cause["Cause"]) == ("Escalated", "a person must act")
    assert (cause["Status"], cause["StateMachineArn"], cause["Input"]) == ("FAILED", child, '{"x": 1}')
    assert lab.execution(cause["ExecutionArn"])["status"] == "FAILED"


def test_ministack_alone_gives_the_childs_own_error(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("sync-children")
    child = lab.machine({"Fail": {"Type": "Fail", "Error": "Escalated"}})
    assert lab.run({"Child": sync(child)})["error"] == "Escalated"


def children(lab: Lab, machine: str) -> list[dict[str, Any]]:
    return list(lab.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"])


def test_a_stopped_parent_stops_its_child(lab: Lab) -> None:
    child = lab.machine({"Wait": wait_state(500)})
    arn = lab.start(lab.machine({"Child": sync(child)}))
    eventually(lambda: children(lab, child), bool)
    lab.client("stepfunctions").stop_execution(executionArn=arn, error="ByHand", cause="enough")
    (found,) = eventually(lambda: children(lab, child), lambda seen: seen[0]["status"] != "RUNNING")
    assert found["status"] == "ABORTED"
    assert lab.execution(arn)["status"] == "ABORTED"


def test_a_child_that_is_stopped_by_hand_fails_its_parents_task(lab: Lab) -> None:
    child = lab.machine({"Wait": wait_state(500)})
    arn = lab.start(lab.machine({"Child": sync(child)}))
    (found,) = eventually(lambda: children(lab, child), bool)
    lab.client("stepfunctions").stop_execution(executionArn=found["executionArn"])
    ended = lab.end(arn)
    assert ended["error"] == "States.TaskFailed"
    assert json.loads(ended["cause"])["Status"] == "ABORTED"


def test_a_child_whose_task_times_out_is_stopped(lab: Lab) -> None:
    child = lab.machine({"Wait": wait_state(500)})
    assert lab.run({"Child": sync(child, TimeoutSeconds=1)})["error"] == "States.Timeout"
    (found,) = eventually(lambda: children(lab, child), lambda seen: seen[0]["status"] != "RUNNING")
    assert found["status"] == "ABORTED"


# Stopping


def stop_during_a_call(lab: Lab) -> dict[str, Any]:
    act = task(lab.function("time.sleep(0.5)\nraise ValueError('late')"))
    arn = lab.start(lab.machine({"Act": act}))
    eventually(lambda: lab.entered(arn), bool)
    lab.client("stepfunctions").stop_execution(executionArn=arn, error="ByHand", cause="enough")
    time.sleep(2.5)  # until the call, cold start included, is over for sure
    return lab.execution(arn)


def test_a_stopped_execution_stays_aborted(lab: Lab) -> None:
    ended = stop_during_a_call(lab)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "ByHand", "enough")
    assert types(lab.history(ended["executionArn"]))[-1] == "ExecutionAborted"


def test_ministack_alone_turns_aborted_into_failed(lab_without: Callable[[str], Lab]) -> None:
    assert stop_during_a_call(lab_without("stop-is-final"))["status"] == "FAILED"


def failed(lab: Lab) -> dict[str, Any]:
    arn = lab.start(lab.machine({"Fail": {"Type": "Fail", "Error": "E", "Cause": "c"}}))
    lab.end(arn)
    return dict(lab.client("stepfunctions").describe_execution(executionArn=arn))


def test_only_an_execution_that_succeeded_has_an_output(lab: Lab, lab_without: Callable[[str], Lab]) -> None:
    seen = failed(lab)
    assert (seen["status"], seen["error"], seen["cause"]) == ("FAILED", "E", "c")
    assert "output" not in seen
    done = lab.start(lab.machine({"Done": DONE}))
    lab.end(done)
    assert "output" in lab.client("stepfunctions").describe_execution(executionArn=done)
    assert "output" in failed(lab_without("only-success-has-output"))


def test_each_change_of_status_is_an_event(lab: Lab) -> None:
    read = lab.inbox({"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]})
    good = lab.start(lab.machine({"Done": DONE}))
    bad = lab.start(lab.machine({"Fail": {"Type": "Fail", "Error": "E", "Cause": "c"}}))
    stopped = lab.start(lab.machine({"Wait": wait_state(500)}))
    eventually(lambda: lab.entered(stopped), bool)
    lab.client("stepfunctions").stop_execution(executionArn=stopped)
    parent = lab.start(lab.machine({"Child": sync(lab.machine({"Inner": DONE}))}))
    lab.end(parent)

    def seen(arn: str) -> list[str]:
        return sorted(e["detail"]["status"] for e in read() if e["detail"]["executionArn"] == arn)

    assert eventually(lambda: seen(good), lambda s: len(s) == 2) == ["RUNNING", "SUCCEEDED"]
    assert eventually(lambda: seen(bad), lambda s: len(s) == 2) == ["FAILED", "RUNNING"]
    assert eventually(lambda: seen(stopped), lambda s: len(s) == 2) == ["ABORTED", "RUNNING"]
    child_events = [e for e in read() if e["resources"] != [e["detail"]["executionArn"]]]
    assert child_events == []
    arns = {e["detail"]["executionArn"] for e in read()}
    assert len(arns) == 5, "the child's changes are events too"


# Names


def test_the_same_name_and_input_is_the_same_running_execution(lab: Lab) -> None:
    machine = lab.machine({"Wait": wait_state(50)})
    first = lab.start(machine, {"a": 1}, name="once")
    assert lab.start(machine, {"a": 1}, name="once") == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        lab.start(machine, {"a": 2}, name="once")
    lab.end(first)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        lab.start(machine, {"a": 1}, name="once")


@pytest.mark.parametrize("name", ["a:b", "x" * 81, "a b", "a/b", "50%"])
def test_a_name_that_aws_forbids_is_refused(lab: Lab, name: str) -> None:
    with pytest.raises(ClientError, match="InvalidName"):
        lab.start(lab.machine({"Done": DONE}), name=name)


def test_input_that_is_no_json_is_refused(lab: Lab) -> None:
    machine = lab.machine({"Done": DONE})
    with pytest.raises(ClientError, match="InvalidExecutionInput"):
        lab.client("stepfunctions").start_execution(stateMachineArn=machine, input="{")


def test_ministack_alone_takes_any_name(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("execution-names")
    assert lab.start(lab.machine({"Done": DONE}), name="a b").endswith("a b")


# Tasks and callbacks


def callback(lab: Lab, body: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": lab.function(body),
            "Payload": {"task_token.$": "$$.Task.Token", "word": "x"},
        },
        "TimeoutSeconds": 500,
        "End": True,
        **more,
    }


def tokens(lab: Lab, arn: str) -> list[str]:
    scheduled = [e["taskScheduledEventDetails"] for e in lab.history(arn) if e["type"] == "TaskScheduled"]
    return [json.loads(details["parameters"])["Payload"]["task_token"] for details in scheduled]


def test_a_callback_is_answered_once(lab: Lab) -> None:
    arn = lab.start(lab.machine({"Ask": callback(lab, "return 1")}))
    (token,) = eventually(lambda: tokens(lab, arn), bool)
    client = lab.client("stepfunctions")
    client.send_task_success(taskToken=token, output='{"yes": true}')
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")
    assert json.loads(lab.end(arn)["output"]) == {"yes": True}
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_failure(taskToken=token)


def test_a_callback_whose_function_fails_fails(lab: Lab) -> None:
    arn = lab.start(lab.machine({"Ask": callback(lab, BOOM)}))
    assert lab.end(arn)["error"] == "ValueError"


def test_a_retried_callback_has_a_new_token(lab: Lab) -> None:
    retry = [{"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = lab.start(lab.machine({"Ask": callback(lab, BOOM, Retry=retry)}))
    lab.end(arn)
    first, second = tokens(lab, arn)
    assert first != second


def test_a_callback_lapses_on_the_short_clock(lab: Lab) -> None:
    began = time.monotonic()
    arn = lab.start(lab.machine({"Ask": callback(lab, "return 1", TimeoutSeconds=50)}))
    assert lab.end(arn)["error"] == "States.Timeout"
    assert 0.9 < time.monotonic() - began < 5
    client = lab.client("stepfunctions")
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=tokens(lab, arn)[0], output="{}")


def test_a_callback_without_a_heartbeat_is_given_up(lab: Lab) -> None:
    arn = lab.start(lab.machine({"Ask": callback(lab, "return 1", HeartbeatSeconds=25)}))
    assert lab.end(arn)["error"] == "States.HeartbeatTimeout"


def test_the_token_of_a_stopped_execution_is_closed(lab: Lab) -> None:
    arn = lab.start(lab.machine({"Ask": callback(lab, "return 1")}))
    (token,) = eventually(lambda: tokens(lab, arn), bool)
    client = lab.client("stepfunctions")
    client.stop_execution(executionArn=arn)

    def refused() -> bool:
        try:
            client.send_task_heartbeat(taskToken=token)
        except client.exceptions.TaskTimedOut:
            return True
        return False

    eventually(refused, bool)


def test_ministack_alone_waits_on_when_the_function_failed(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("callbacks")
    arn = lab.start(lab.machine({"Ask": callback(lab, BOOM, TimeoutSeconds=3)}))
    assert lab.end(arn)["error"] == "States.Timeout"


def test_a_function_stands_in_the_history_under_awss_names(lab: Lab) -> None:
    good = lab.start(lab.machine({"Act": task(lab.function("return event"), Parameters={"a": 1})}))
    lab.end(good)
    history = lab.history(good)
    assert types(history) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    details = history[2]["lambdaFunctionScheduledEventDetails"]
    assert (json.loads(details["input"]), details["timeoutInSeconds"]) == ({"a": 1}, 30)
    bad = lab.start(lab.machine({"Act": task(lab.function(BOOM))}))
    lab.end(bad)
    (failed,) = [e for e in lab.history(bad) if e["type"] == "LambdaFunctionFailed"]
    assert failed["lambdaFunctionFailedEventDetails"]["error"] == "ValueError"


def test_a_child_stands_in_the_history_as_a_task(lab: Lab) -> None:
    child = lab.machine({"Done": DONE})
    arn = lab.start(lab.machine({"Child": sync(child)}))
    lab.end(arn)
    (scheduled,) = [e["taskScheduledEventDetails"] for e in lab.history(arn) if e["type"] == "TaskScheduled"]
    assert (scheduled["resourceType"], scheduled["resource"]) == ("states", "startExecution.sync:2")
    assert json.loads(scheduled["parameters"])["StateMachineArn"] == child


def test_ministack_alone_leaves_out_what_a_task_was_given(lab_without: Callable[[str], Lab]) -> None:
    lab = lab_without("task-history")
    arn = lab.start(lab.machine({"Act": task(lab.function("return 1"))}))
    lab.end(arn)
    (scheduled,) = [e["taskScheduledEventDetails"] for e in lab.history(arn) if e["type"] == "TaskScheduled"]
    assert "parameters" not in scheduled
