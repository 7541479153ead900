"""Statements are derived from needs, and a wildcard is never derived without its reason."""

from __future__ import annotations

from typing import Any

import pytest

from functions.approvers import Approvers
from functions.grants import Condition, Grant
from infra.config import load_settings
from infra.errors import SetupError
from infra.names import Names
from infra.policies import Statement, merged, task_statements
from infra.tasks import TaskFile

NAMES = Names(load_settings("dev"))
FROM_OUR_SENDER = Condition("StringEquals", "ses:FromAddress", "sender")


def task(*needs: str, trigger: Any = None, in_network: bool = False) -> TaskFile:
    return TaskFile("a_task", False, 10, 256, needs, False, in_network, (), trigger, "")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ((("s3:*",), ("arn:aws:s3:::a/b",), "a reason"), "a wildcard action is never granted"),
        ((("s3:GetObject",), ("arn:aws:s3:::a/*",)), "a wildcard needs its reason"),
        ((("s3:GetObject",), ("*",)), "a wildcard needs its reason"),
        ((("s3:GetObject",), ("arn:aws:s3:::a/b-??????",)), "a wildcard needs its reason"),
    ],
)
def test_a_wildcard_without_a_reason_ends_the_synthesis(statement: tuple[Any, ...], told: str) -> None:
    with pytest.raises(SetupError, match=told):
        Statement(*statement)


def test_a_need_that_nobody_grants_ends_the_synthesis() -> None:
    with pytest.raises(SetupError, match=r"a_task: functions/grants.py knows no need 'moon\.reach'"):
        task_statements(task("moon.reach"), NAMES, "arn:aws:s3:::reports")


def test_a_grant_on_an_unknown_resource_ends_the_synthesis() -> None:
    grants = {"moon.reach": (Grant(("s3:GetObject",), "moon"),)}
    with pytest.raises(SetupError, match=r"functions/grants.py: moon\.reach: unknown resource 'moon'"):
        task_statements(task("moon.reach"), NAMES, "arn:aws:s3:::reports", grants)


def test_a_condition_on_a_resource_key_holds_its_arn() -> None:
    condition = Condition("ArnEquals", "ecs:cluster", "cluster")
    grants = {"service.list": (Grant(("ecs:ListTasks",), "*", "no resource", condition),)}
    statements = task_statements(task("service.list"), NAMES, "arn:aws:s3:::reports", grants)
    arn = "arn:aws:ecs:eu-central-1:111111111111:cluster/tradai-dev"
    assert [one.condition for one in statements if one.condition] == [("ArnEquals", "ecs:cluster", arn)]


def test_a_condition_whose_value_is_a_setting_holds_the_setting() -> None:
    grants = {"mailer.send": (Grant(("ses:SendEmail",), "identity:sender", "", FROM_OUR_SENDER),)}
    (statement,) = (
        one for one in task_statements(task("mailer.send"), NAMES, "arn:aws:s3:::r", grants) if one.condition
    )
    assert statement.condition == ("StringEquals", "ses:FromAddress", "runbooks@tradai.example")
    prefix = "arn:aws:ses:eu-central-1:111111111111:identity"
    assert statement.resources == (f"{prefix}/runbooks@tradai.example", f"{prefix}/tradai.example")


def test_where_the_settings_name_no_sender_no_mail_may_be_sent() -> None:
    without = Names(NAMES.settings.model_copy(update={"approvals": Approvers()}))
    grants = {"mailer.send": (Grant(("ses:SendEmail",), "identity:sender", "", FROM_OUR_SENDER),)}
    statements = task_statements(task("mailer.send"), without, "arn:aws:s3:::r", grants)
    assert [one for one in statements if "ses:SendEmail" in one.actions or not one.resources] == []


@pytest.mark.parametrize(("topic", "named"), [(None, "tradai-dev-alerts"), ("night-pager", "night-pager")])
def test_people_are_paged_by_the_paging_topic_or_else_by_the_alerts_topic(topic: str | None, named: str) -> None:
    platform = NAMES.settings.platform.model_copy(update={"paging_topic": topic})
    names = Names(NAMES.settings.model_copy(update={"platform": platform}))
    statements = task_statements(task("notifier.page"), names, "arn:aws:s3:::r")
    (paging,) = (one for one in statements if "sns:Publish" in one.actions)
    assert paging.resources == (f"arn:aws:sns:eu-central-1:111111111111:{named}",)


def test_statements_with_other_conditions_are_not_thrown_together() -> None:
    one = Statement(("ecs:ListTasks",), ("*",), "why", ("ArnEquals", "ecs:cluster", "a"))
    other = Statement(("xray:PutTraceSegments",), ("*",), "why")
    assert merged([one, other, one]) == merged([other, one])
    assert len(merged([one, other])) == 2


def test_taking_a_need_away_takes_its_grant_away() -> None:
    def actions(*needs: str) -> set[str]:
        return {action for one in task_statements(task(*needs), NAMES, "arn:aws:s3:::r") for action in one.actions}

    assert actions("service.describe", "service.scale") - actions("service.describe") == {"ecs:UpdateService"}
