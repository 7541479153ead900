"""Who may do what: every role of the template against AWS's service authorization reference.

The embedded AWS checks neither state machines' roles nor event targets' roles, nor all actions by AWS's
names; here they are held to what AWS documents and to what the definitions really call.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from functions.direct_stop import BRANCHES, EXPOSURE, FIRST, LAST, LOOK
from infra.config import load_settings
from infra.names import Names
from tests.infra.reference import condition_keys, fits, resource_formats
from tests.infra.template import Allowed, Template, tasks_in
from tests.infra.test_stack import env_of

# Step Functions' own: logging and tracing, as its developer guide lists them.
OF_EVERY_MACHINE = {
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
    "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
}  # fmt: skip
# `*` is a reading of AWS's reference in each case, never convenience.
MAY_HAVE_ANY_RESOURCE = OF_EVERY_MACHINE | {
    "application-autoscaling:DescribeScalableTargets",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "ecs:ListTasks",
}
# What names a thing that the action's resource does not: held to it by a condition.
HELD = {
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:PutMetricData",
    "ecs:ListTasks",
    "ecs:TagResource",
    "iam:PassRole",
}
SYNC_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"


def all_allowed(template: Template) -> list[Allowed]:
    of_roles = [one for role in template.of("AWS::IAM::Role") for one in template.allowed(role)]
    return [*of_roles, *template.allowed_by_managed()]


def test_every_action_exists_and_its_resource_is_one_that_it_takes(template: Template) -> None:
    wrong = []
    for one in all_allowed(template):
        bucket = f"<{template.body['Outputs']['ReportsBucket']['Value']['Ref']}.Arn>"
        resource = one.resource.replace(bucket, "arn:aws:s3:::reports")
        if not resource_formats(one.action):
            wrong.append(f"{one.action} does not exist")
        elif not fits(one.action, resource):
            wrong.append(f"{one.action} does not take {resource}")
    assert sorted(set(wrong)) == []


def test_every_condition_is_one_that_its_action_looks_at(template: Template) -> None:
    for one in all_allowed(template):
        for keys in one.conditions.values():
            assert set(keys) <= condition_keys(one.action), one


def test_no_role_has_a_wildcard_action(template: Template) -> None:
    assert [one for one in all_allowed(template) if "*" in one.action] == []


def test_any_resource_is_allowed_only_where_aws_knows_none(template: Template) -> None:
    wide = {one.action for one in all_allowed(template) if one.resource == "*"}
    assert wide <= MAY_HAVE_ANY_RESOURCE


def test_what_acts_on_any_resource_is_held_by_a_condition(template: Template) -> None:
    held = {one.action for one in all_allowed(template) if one.conditions}
    assert held <= HELD | {"ses:SendEmail"}
    for one in all_allowed(template):
        if one.action in HELD:
            assert one.conditions, one


def test_only_the_two_roles_of_the_service_are_passed_and_only_to_ecs(template: Template) -> None:
    settings = load_settings(env_of(template))
    two = (settings.platform.task_role, settings.platform.execution_role)
    for one in all_allowed(template):
        if one.action == "iam:PassRole":
            assert one.resource in [f"arn:aws:iam::{settings.account_id}:role/{role}" for role in two]
            assert one.conditions == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_no_role_may_delete_or_create_anything_of_the_platform(template: Template) -> None:
    words = ("Delete", "Create", "PutRolePolicy", "AssumeRole", "RunTask")
    found = {one.action for one in all_allowed(template) if any(word in one.action for word in words)}
    assert found <= {
        "dynamodb:DeleteItem",
        "logs:CreateLogStream",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
    }
    deleted = {
        one.resource.rpartition("/")[2] for one in all_allowed(template) if one.action == "dynamodb:DeleteItem"
    }
    assert deleted == {f"tradai-runbook-guards-{env_of(template)}"}


def test_every_role_has_one_inline_policy_and_no_managed_one(template: Template) -> None:
    for name, role in template.of("AWS::IAM::Role").items():
        assert [policy["PolicyName"] for policy in role["Policies"]] == ["Grants"], name
        assert "ManagedPolicyArns" not in role, name
    assert template.raw("AWS::IAM::Policy") == {}, "a construct added rights that nobody derived"


def test_no_two_functions_share_a_role(template: Template) -> None:
    roles = [str(one["Role"]["Fn::GetAtt"][0]) for one in template.of("AWS::Lambda::Function").values()]
    assert max(Counter(roles).values()) == 1


def test_services_act_for_this_account_only(template: Template) -> None:
    account = load_settings(env_of(template)).account_id
    for service in ("states.amazonaws.com", "events.amazonaws.com"):
        for role in template.roles_of(service).values():
            (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
            assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": account}}


def test_a_machine_may_do_what_its_definition_calls_and_nothing_more(template: Template) -> None:
    for name, definition in template.definitions().items():
        given = {(one.action, one.resource) for one in template.allowed(template.role_of_machine(name))}
        assert given == called_by(template, definition) | {(action, "*") for action in OF_EVERY_MACHINE}, name


def called_by(template: Template, definition: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What AWS's guide asks for each integration of a definition, read from the rendered text."""
    settings = load_settings(env_of(template))
    needed: set[tuple[str, str]] = set()
    for state in tasks_in(definition):
        resource, parameters = state["Resource"], state.get("Parameters", {})
        if ":lambda:" in resource and ":function:" in resource:
            needed.add(("lambda:InvokeFunction", resource))
        elif resource == "arn:aws:states:::lambda:invoke.waitForTaskToken":
            needed.add(("lambda:InvokeFunction", parameters["FunctionName"]))
        elif resource == "arn:aws:states:::states:startExecution.sync:2":
            machine = parameters["StateMachineArn"]
            executions = machine.replace(":stateMachine:", ":execution:") + ":*"
            rule = f"arn:aws:events:{settings.region}:{settings.account_id}:rule/{SYNC_RULE}"
            needed.add(("states:StartExecution", machine))
            needed |= {("states:DescribeExecution", executions), ("states:StopExecution", executions)}
            needed |= {(f"events:{act}", rule) for act in ("PutTargets", "PutRule", "DescribeRule")}
        elif resource == "arn:aws:states:::sns:publish":
            needed.add(("sns:Publish", parameters["TopicArn"]))
        elif resource == "arn:aws:states:::dynamodb:updateItem":
            table = f"table/{parameters['TableName']}"
            needed.add(("dynamodb:UpdateItem", f"arn:aws:dynamodb:{settings.region}:{settings.account_id}:{table}"))
        else:
            raise AssertionError(f"{resource}: say here what AWS asks for it")
    return needed


def test_a_machine_calls_only_what_is_deployed(template: Template) -> None:
    functions = set(template.physical("AWS::Lambda::Function", "FunctionName"))
    machines = set(template.physical("AWS::StepFunctions::StateMachine", "StateMachineName"))
    for definition in template.definitions().values():
        for action, resource in called_by(template, definition):
            if action == "lambda:InvokeFunction":
                assert resource.rpartition(":")[2] in functions
            if action == "states:StartExecution":
                assert resource.rpartition(":")[2] in machines


def test_a_rule_may_start_its_machine_and_nothing_more(template: Template) -> None:
    roles = template.roles_of("events.amazonaws.com")
    assert roles
    for rule in template.of("AWS::Events::Rule").values():
        for target in rule["Targets"]:
            if "RoleArn" in target:
                machine = template.of("AWS::StepFunctions::StateMachine")[target["Arn"]["Ref"]]
                (only,) = template.allowed(target["RoleArn"]["Fn::GetAtt"][0])
                assert only.action == "states:StartExecution"
                assert only.resource.endswith(f":stateMachine:{machine['StateMachineName']}")


def test_a_function_that_only_probes_may_do_nothing_but_log_and_trace(template: Template) -> None:
    functions = {one["Handler"].split(".")[2]: one for one in template.of("AWS::Lambda::Function").values()}
    role = functions["probe_connectivity"]["Role"]["Fn::GetAtt"][0]
    may = {one.action for one in template.allowed(role)}
    assert may == {
        "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"
    }  # fmt: skip


def test_who_stops_by_hand_may_do_what_the_stops_tasks_may_and_nothing_more(template: Template) -> None:
    stop = template.definitions()[f"tradai-{env_of(template)}-emergency-stop"]
    functions = {one["FunctionName"]: one for one in template.of("AWS::Lambda::Function").values()}
    called = {arn.rpartition(":")[2] for action, arn in called_by(template, stop) if action.startswith("lambda:")}
    roles = [functions[name]["Role"]["Fn::GetAtt"][0] for name in called]
    of_lambda = ("logs:", "xray:", "ec2:")
    tasks = {
        (one.action, one.resource, str(one.conditions))
        for role in roles
        for one in template.allowed(role)
        if not one.action.startswith(of_lambda)
    }
    assert len(tasks) > 10
    names = Names(load_settings(env_of(template)))
    stack = names.arn("cloudformation", f"stack/{names.stack}/*")
    outputs = {("cloudformation:DescribeStacks", stack, "{}")}
    given = {(one.action, one.resource, str(one.conditions)) for one in template.allowed_by_managed()}
    assert given == tasks | outputs


def test_a_stop_by_hand_calls_tasks_of_the_machine_only(template: Template) -> None:
    """The policy is made of the machine's tasks; the command calls them by its own list."""
    stop = template.definitions()[f"tradai-{env_of(template)}-emergency-stop"]
    called = {arn.rpartition("-rb-")[2].replace("-", "_") for _, arn in called_by(template, stop)}
    by_hand = {FIRST, *BRANCHES, LOOK, EXPOSURE, LAST}
    assert by_hand <= called


def test_the_policy_for_a_stop_by_hand_fits_into_a_managed_one(template: Template) -> None:
    """IAM counts 6,144 characters without white space; every reference here is to one bucket's ARN."""
    (policy,) = template.of("AWS::IAM::ManagedPolicy").values()
    statements = policy["PolicyDocument"]["Statement"]
    listed = [one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]] for one in statements]
    resolved = [
        {**one, "Resource": [re.sub(r"<[^>]+>", "x" * 80, template.text(arn)) for arn in arns]}
        for one, arns in zip(statements, listed, strict=True)
    ]
    assert 500 < len(json.dumps(resolved, separators=(",", ":"))) < 5_000, "with room for more tasks"


def test_a_function_writes_to_its_own_streams_of_the_log_only(template: Template) -> None:
    for function in template.of("AWS::Lambda::Function").values():
        streams = f":log-group:/tradai/{env_of(template)}/runbooks:log-stream:*/{function['FunctionName']}[*"
        for one in template.allowed(function["Role"]["Fn::GetAtt"][0]):
            if one.action in ("logs:CreateLogStream", "logs:PutLogEvents"):
                assert one.resource.endswith(streams)
