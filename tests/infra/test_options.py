"""What settings and the deploying account may ask for besides: a network, a boundary, silence."""

from __future__ import annotations

import pytest

from functions.settings import RunbookMode, Settings
from infra.config import load_settings
from tests.infra.reference import resource_formats
from tests.infra.stacks import synthesize_tiny
from tests.infra.template import Template
from tests.infra.test_stack import function_of, handler_of

BOUNDARY = "arn:aws:iam::111111111111:policy/boundary"
NETWORK = {
    "vpc_id": "vpc-0a1b",
    "availability_zones": ["eu-central-1a", "eu-central-1b"],
    "private_subnet_ids": ["subnet-1", "subnet-2"],
    "security_group_id": "sg-0c2d",
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Every option at once; each test looks at one."""
    given = load_settings("dev").model_dump()
    settings = Settings.model_validate(
        {
            **given,
            "platform": {**given["platform"], "network": NETWORK},
            "modes": {"tiny-parent": RunbookMode.OFF},
            "schedules_enabled": False,
            "limits": {**given["limits"], "monitor_every": 7},
        }
    )
    context = {"@aws-cdk/core:permissionsBoundary": {"arn": BOUNDARY}}
    return synthesize_tiny(settings, tmp_path_factory.mktemp("tiny"), context)


def test_tasks_that_probe_run_in_the_platforms_network_and_the_others_do_not(tiny: Template) -> None:
    placed = {
        one["Handler"].split(".")[2]: one.get("VpcConfig") for one in tiny.of("AWS::Lambda::Function").values()
    }
    wanted = {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-0c2d"]}
    assert (placed.pop("look_around"), placed.pop("detect")) == (wanted, wanted)
    others = ["ask", "closer", "mail_events", "page", "preflight", "scale_down", "sweep", "watch_halt", "watcher"]
    assert sorted(placed) == others
    assert set(placed.values()) == {None}


def test_only_a_task_in_the_network_may_make_network_interfaces(tiny: Template) -> None:
    allowed = [one for role in tiny.of("AWS::IAM::Role") for one in tiny.allowed(role) if "ec2:" in one.action]
    functions = tiny.of("AWS::Lambda::Function").values()
    assert {one.role for one in allowed} == {
        one["Role"]["Fn::GetAtt"][0] for one in functions if "VpcConfig" in one
    }
    assert len(allowed) == 2 * 6
    assert all(resource_formats(one.action) for one in allowed), "AWS knows each of these actions"


def test_the_platforms_network_is_imported_and_nothing_of_it_is_created(tiny: Template) -> None:
    assert [one["Type"] for one in tiny.body["Resources"].values() if one["Type"].startswith("AWS::EC2::")] == []


def test_a_permissions_boundary_reaches_every_role(tiny: Template) -> None:
    assert {role["PermissionsBoundary"] for role in tiny.of("AWS::IAM::Role").values()} == {BOUNDARY}


def test_a_runbook_that_is_off_is_not_started_by_its_alarm(tiny: Template) -> None:
    states = {
        one["EventPattern"].get("detail", {}).get("alarmName", one["EventPattern"]["source"])[0]: one["State"]
        for one in tiny.of("AWS::Events::Rule").values()
        if "EventPattern" in one
    }
    assert states == {
        "tradai-dev-heartbeat-stale": "DISABLED",
        "tradai-dev-position-stuck": "ENABLED",
        "aws.states": "ENABLED",
        "aws.ses": "ENABLED",
    }


def test_a_watch_that_is_switched_off_tells_nobody_that_it_is_silent(tiny: Template) -> None:
    schedules = {
        handler_of(function_of(tiny, one["Targets"][0]["Arn"])): one["State"]
        for one in tiny.of("AWS::Events::Rule").values()
        if "ScheduleExpression" in one
    }
    assert [schedules.pop(one) for one in ("watcher", "detect", "preflight")] == ["DISABLED"] * 3
    # A question lapses, and a halt is watched, whatever is switched off.
    assert schedules == {"sweep": "ENABLED", "watch_halt": "ENABLED"}
    alarms = {one["AlarmName"]: one["ActionsEnabled"] for one in tiny.of("AWS::CloudWatch::Alarm").values()}
    assert alarms["tradai-dev-watch-silent"] is False
    for name in ("stuck-detector-silent", "position-stuck", "preflight-silent"):
        assert alarms[f"tradai-dev-{name}"] is False
    assert alarms["tradai-dev-closer-dead-letters"] is True
    assert alarms["tradai-dev-sweep-silent"] is True
    assert alarms["tradai-dev-halt-watch-silent"] is True


def test_a_child_has_no_alarms_of_its_own(tiny: Template) -> None:
    names = [one["AlarmName"] for one in tiny.of("AWS::CloudWatch::Alarm").values()]
    assert any("tiny-parent" in name for name in names)
    assert not any("tiny-child" in name for name in names)


def test_a_setting_of_the_runbook_is_a_number_in_its_definition(tiny: Template) -> None:
    assert tiny.definitions()["tradai-dev-tiny-child"]["States"]["Wait"]["Seconds"] == 7
