from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.engine.environment import Credentials
from local.engine.fixes.iam_partiql import needed
from local.engine.iam.calls import calls_of
from tests.local.engine.lab import Lab, eventually

TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/"
DONE: dict[str, Any] = {"Type": "Succeed"}


def role(lab: Lab, *statements: tuple[str, str]) -> str:
    """A role that allows these (action, resource) pairs."""
    iam, name = lab.client("iam"), lab.name("role")
    trust = {"Version": "2012-10-17", "Statement": []}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if statements:
        allowed = [{"Effect": "Allow", "Action": a, "Resource": r} for a, r in statements]
        document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    return str(arn)


def act(resource: str, **parameters: Any) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": resource, "TimeoutSeconds": 20, "End": True}
    return {"Act": {**state, "Parameters": parameters} if parameters else state}


def call(lab: Lab, function: str, event: Any = None) -> Any:
    answer = lab.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.load(answer["Payload"])


# The one root


def test_the_printed_pair_may_do_everything(guarded: Lab) -> None:
    assert guarded.engine.credentials.access_key_id.startswith("AKIA")
    assert guarded.client("dynamodb").list_tables()["TableNames"] == []


@pytest.mark.parametrize("key", ["test", "000000000000", "AKIAUNKNOWNUNKNOWN00"])
def test_a_key_that_was_never_made_is_refused(guarded: Lab, key: str) -> None:
    stranger = boto3.client(
        "dynamodb",
        endpoint_url=guarded.engine.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=key,
        aws_secret_access_key="test",
    )
    with pytest.raises(ClientError):
        stranger.list_tables()


def test_ministack_alone_takes_test_for_an_administrator(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("iam-root")
    lab.engine.credentials = Credentials("test", "test")
    assert lab.client("dynamodb").list_tables()["TableNames"] == []


# Machines' roles


def test_a_machine_without_the_grant_may_not_call_its_function(guarded: Lab) -> None:
    function = guarded.function("return 1", role=role(guarded))
    allowed = guarded.machine(act(function), role=role(guarded, ("lambda:InvokeFunction", function)))
    assert guarded.end(guarded.start(allowed))["status"] == "SUCCEEDED"
    refused = guarded.machine(act(function), role=role(guarded, ("lambda:InvokeFunction", f"{function}-other")))
    ended = guarded.end(guarded.start(refused))
    assert ended["error"] == "Lambda.AWSLambdaException"
    assert "not authorized to perform: lambda:InvokeFunction" in ended["cause"]


def test_a_machine_that_runs_a_child_needs_the_managed_rule_too(guarded: Lab) -> None:
    child = guarded.machine({"Done": DONE}, role=role(guarded))
    states = act("arn:aws:states:::states:startExecution.sync:2", StateMachineArn=child)
    start = ("states:StartExecution", child)
    rest = (("states:DescribeExecution", "*"), ("states:StopExecution", "*"))
    rule = tuple(
        (f"events:{name}", "arn:aws:events:*:*:rule/*") for name in ("PutTargets", "PutRule", "DescribeRule")
    )
    whole = guarded.machine(states, role=role(guarded, start, *rest, *rule))
    assert guarded.end(guarded.start(whole))["status"] == "SUCCEEDED"
    partly = guarded.machine(states, role=role(guarded, start, *rest))
    assert "events:PutTargets" in guarded.end(guarded.start(partly))["cause"]


def test_ministack_alone_lets_a_machine_do_anything(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("iam-machine-roles")
    function = lab.function("return 1", role=role(lab))
    assert lab.end(lab.start(lab.machine(act(function), role=role(lab))))["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("resource", "parameters", "action", "on"),
    [
        ("arn:aws:states:::lambda:invoke", {"FunctionName": "f"}, "lambda:InvokeFunction", "function:f"),
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", {"FunctionName": "f"}, "lambda:InvokeFunction", "f"),
        ("arn:aws:states:::sns:publish", {"TopicArn": "arn:t"}, "sns:Publish", "arn:t"),
        ("arn:aws:states:::dynamodb:updateItem", {"TableName": "t"}, "dynamodb:UpdateItem", f"{TABLE}t"),
        ("arn:aws:states:::aws-sdk:dynamodb:getItem", {"TableName": "t"}, "dynamodb:GetItem", f"{TABLE}t"),
        ("arn:aws:states:::aws-sdk:sfn:listExecutions", {"StateMachineArn": "m"}, "states:ListExecutions", "m"),
        ("arn:aws:states:::events:putEvents", {}, "events:PutEvents", "event-bus/default"),
        ("arn:aws:states:::aws-sdk:ecs:listTasks", {}, "ecs:ListTasks", "*"),
    ],
)
def test_the_call_behind_a_resource(resource: str, parameters: Any, action: str, on: str) -> None:
    (found,) = calls_of(resource, parameters)
    assert found.action == action
    assert found.resource.endswith(on)


# PartiQL


@pytest.mark.parametrize(
    ("statement", "action", "resource"),
    [
        ('SELECT * FROM "t" WHERE id = ?', "Select", "t"),
        ('select a, b from "t"."by-status" where x = 1', "Select", "t/index/by-status"),
        ("INSERT INTO \"t-1\" VALUE {'id': 'x'}", "Insert", "t-1"),
        ('UPDATE "t" SET a = 1', "Update", "t"),
        ("DELETE FROM t WHERE id = 'x'", "Delete", "t"),
    ],
)
def test_a_statement_is_an_action_of_its_own(statement: str, action: str, resource: str) -> None:
    assert needed(statement, "eu-central-1", "000000000000") == (f"dynamodb:PartiQL{action}", TABLE + resource)


def test_a_statement_that_cannot_be_read_needs_a_wildcard() -> None:
    assert needed("EXPLAIN x", "r", "a")[1] == "*"


def partiql(lab: Lab, table: str, *statements: tuple[str, str]) -> Any:
    lab.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    lab.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "x"}})
    body = (
        "import boto3\n"
        f"""statement = "UPDATE \\"{table}\\" SET done = true WHERE id = 'x'"\n"""
        "boto3.client('dynamodb').batch_execute_statement(Statements=[{'Statement': statement}])\n"
        "return 'done'"
    )
    return call(lab, lab.function(body, role=role(lab, *statements)))


def test_partiql_is_allowed_by_awss_name_for_it(guarded: Lab) -> None:
    assert partiql(guarded, "one", ("dynamodb:PartiQLUpdate", f"{TABLE}one")) == "done"
    assert "AccessDenied" in partiql(guarded, "two", ("dynamodb:PartiQLUpdate", f"{TABLE}one"))["errorMessage"]
    assert "AccessDenied" in partiql(guarded, "three", ("dynamodb:BatchExecuteStatement", "*"))["errorMessage"]


def test_ministack_alone_knows_partiql_by_another_name(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("iam-partiql")
    assert partiql(lab, "one", ("dynamodb:BatchExecuteStatement", "*")) == "done"


# Task tokens


def answer(lab: Lab, resource: str) -> Any:
    """Let a function whose role may answer `resource` answer a waiting machine; `{machine}` is its ARN."""
    silent = lab.function("return 1", role=role(lab))
    ask = act(
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        FunctionName=silent,
        Payload={"task_token.$": "$$.Task.Token"},
    )
    # Scaled as all else, and two functions start cold before the answer comes.
    ask["Act"]["TimeoutSeconds"] = 1500
    machine = lab.machine(ask, role=role(lab, ("lambda:InvokeFunction", silent)))
    arn = lab.start(machine)

    def token() -> str | None:
        for event in lab.history(arn):
            if event["type"] == "TaskScheduled":
                details = event["taskScheduledEventDetails"]
                return str(json.loads(details["parameters"])["Payload"]["task_token"])
        return None

    found = eventually(token, bool)
    body = (
        "import boto3\nboto3.client('stepfunctions').send_task_success(taskToken=event, output='{}')\nreturn 'sent'"
    )
    may = role(lab, ("states:SendTaskSuccess", resource.format(machine=machine)))
    return call(lab, lab.function(body, role=may), found)


def test_an_answer_is_allowed_by_the_waiting_machines_arn(guarded: Lab) -> None:
    assert answer(guarded, "{machine}") == "sent"
    assert "AccessDenied" in answer(guarded, "{machine}-other")["errorMessage"]


def test_ministack_alone_wants_a_wildcard_for_answers(guarded_without: Callable[[str], Lab]) -> None:
    assert "AccessDenied" in answer(guarded_without("iam-task-tokens"), "{machine}")["errorMessage"]


# Rules


def rule(lab: Lab, target: str, **more: Any) -> str:
    """A rule on an event of its own; returns the event's detail type."""
    name = lab.name("rule")
    lab.client("events").put_rule(Name=name, EventPattern=json.dumps({"detail-type": [name]}))
    lab.client("events").put_targets(Rule=name, Targets=[{"Id": "it", "Arn": target, **more}])
    return name


def send(lab: Lab, kind: str) -> None:
    lab.client("events").put_events(Entries=[{"Source": "test", "DetailType": kind, "Detail": "{}"}])


def runs(lab: Lab, machine: str) -> int:
    return len(lab.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"])


def test_a_rule_starts_a_machine_only_if_its_role_may(guarded: Lab) -> None:
    machine = guarded.machine({"Done": DONE}, role=role(guarded))
    queue = guarded.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    dead = {"DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-central-1:000000000000:dead"}}
    send(guarded, rule(guarded, machine, RoleArn=role(guarded), **dead))
    time.sleep(0.5)
    assert runs(guarded, machine) == 0
    (message,) = guarded.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["source"] == "test"
    send(guarded, rule(guarded, machine, RoleArn=role(guarded, ("states:StartExecution", machine))))
    eventually(lambda: runs(guarded, machine), lambda count: count == 1)


def test_a_rule_calls_a_function_only_if_the_functions_policy_names_it(guarded: Lab) -> None:
    machine = guarded.machine({"Done": DONE}, role=role(guarded))
    body = f"import boto3\nboto3.client('stepfunctions').start_execution(stateMachineArn={machine!r})"
    function = guarded.function(body, role=role(guarded, ("states:StartExecution", machine)))
    kind = rule(guarded, function)
    send(guarded, kind)
    time.sleep(1)
    assert runs(guarded, machine) == 0
    guarded.client("lambda").add_permission(
        FunctionName=function,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"arn:aws:events:eu-central-1:000000000000:rule/{kind}",
    )
    send(guarded, kind)
    eventually(lambda: runs(guarded, machine), lambda count: count == 1)


def test_ministack_alone_lets_a_rule_reach_anything(guarded_without: Callable[[str], Lab]) -> None:
    lab = guarded_without("iam-rule-targets")
    machine = lab.machine({"Done": DONE}, role=role(lab))
    send(lab, rule(lab, machine, RoleArn=role(lab)))
    eventually(lambda: runs(lab, machine), lambda count: count == 1)
