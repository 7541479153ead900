"""What a task state's resource asks of the machine's role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.engine.environment import ACCOUNT_ID, REGION
from local.engine.iam.roles import Call

INTEGRATION = "arn:aws:states:::"
MANAGED_RULE = f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"


def calls_of(resource: str, parameters: Any) -> tuple[Call, ...]:
    """The calls of a task, by the IAM policies that AWS's page on each integration shows.

    Source: Step Functions developer guide, "IAM policies for integrated services". Actions through the SDK
    integrations are checked with the table or topic that they name, else with `*`.
    """
    if ":function:" in resource:
        return (Call("lambda:InvokeFunction", resource),)
    given: Mapping[str, Any] = parameters if isinstance(parameters, dict) else {}
    integration = resource.removeprefix(INTEGRATION).replace(".waitForTaskToken", "")
    service, _, action = integration.partition(":")
    if service == "lambda":
        return (Call("lambda:InvokeFunction", _function(str(given.get("FunctionName", "*")))),)
    if service == "states":
        return _child(action, str(given.get("StateMachineArn", "*")))
    if service == "aws-sdk":
        service, _, action = action.partition(":")
    return (Call(f"{_prefix(service)}:{action[:1].upper()}{action[1:]}", _named(service, given)),)


def _child(action: str, machine: str) -> tuple[Call, ...]:
    start = Call("states:StartExecution", machine)
    if ".sync" not in action:
        return (start,)
    executions = machine.replace(":stateMachine:", ":execution:") + ":any"
    watched = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
    return (
        start,
        Call("states:DescribeExecution", executions),
        Call("states:StopExecution", executions),
        *(Call(name, MANAGED_RULE) for name in watched),
    )


def _function(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"


def _named(service: str, given: Mapping[str, Any]) -> str:
    if service == "dynamodb" and "TableName" in given:
        table = str(given["TableName"])
        return table if table.startswith("arn:") else f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{table}"
    if service == "sqs" and "QueueUrl" in given:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{str(given['QueueUrl']).rsplit('/', 1)[-1]}"
    if service == "events":
        return f"arn:aws:events:{REGION}:{ACCOUNT_ID}:event-bus/default"
    return str(given.get("TopicArn") or given.get("StateMachineArn") or given.get("ExecutionArn") or "*")


def _prefix(service: str) -> str:
    return {"sfn": "states", "cloudwatchlogs": "logs", "sesv2": "ses"}.get(service, service)
