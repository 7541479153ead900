"""A machine that asks needs somebody to ask, and an environment without says so before it is deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.approvers import Approvers
from functions.limits import Limits
from functions.settings import Env
from infra import asl
from infra.asking import asks, require_approvers
from infra.asl import number_values
from infra.config import SettingsError, load_settings
from infra.errors import SetupError
from tests.infra.stacks import TINY, synthesize_tiny
from tests.infra.test_config import GOOD, given

TINY_MACHINES = asl.discover(TINY / "statemachines")


def test_a_machine_asks_where_a_state_waits_for_an_answer() -> None:
    assert {machine.name: asks(machine) for machine in TINY_MACHINES} == {
        "emergency-stop": False,
        "tiny-child": False,
        "tiny-parent": False,
        "tiny-question": True,
    }


def test_an_environment_without_a_default_desk_is_refused_with_its_file_and_field(tmp_path: Path) -> None:
    settings = load_settings("dev").model_copy(update={"approvals": Approvers()})
    told = r"^dev\.yaml: approvals\.desks\.default: is required, for tiny-question asks a person$"
    with pytest.raises(SetupError, match=told):
        synthesize_tiny(settings, tmp_path)


def test_where_nothing_asks_nobody_has_to_be_named() -> None:
    settings = load_settings("dev").model_copy(update={"approvals": Approvers()})
    require_approvers([machine for machine in TINY_MACHINES if not asks(machine)], settings)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "{people: {ann: {name: Ann}}, desks: {default: {rungs: [[]]}}}",
            r"dev\.yaml: approvals\.desks\.default\.rungs\.0: .*at least 1",
        ),
        (
            "{people: {ann: {name: Ann}}, desks: {default: {rungs: [[ann], []]}}}",
            r"dev\.yaml: approvals\.desks\.default\.rungs\.1: .*at least 1",
        ),
        ("{desks: {default: {rungs: []}}}", r"dev\.yaml: approvals\.desks\.default\.rungs: .*at least 1"),
        (
            "{people: {ann: {name: Ann}}, desks: {default: {rungs: [[ben]]}}}",
            r"dev\.yaml: approvals: desks\.default\.rungs\.0: there is no person 'ben'",
        ),
        (
            "{people: {ann: {name: Ann}}, desks: {night: {rungs: [[ann]]}}}",
            r"dev\.yaml: approvals: desks: one must be called 'default'",
        ),
        (
            "{people: {ann: {name: Ann, email: a@b.example}}, desks: {default: {rungs: [[ann]]}}}",
            r"dev\.yaml: approvals: sender: is required",
        ),
    ],
)
def test_a_desk_that_could_reach_nobody_is_refused_with_its_file_and_field(
    wrong: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings("dev", given(tmp_path, f"{GOOD}approvals: {wrong}\n"))


@pytest.mark.parametrize("env", [env.value for env in Env])
def test_every_environment_asks_three_waves_of_different_people(env: str) -> None:
    approvers = load_settings(env).approvals
    people = [person for rung in approvers.rungs_of("default") for person in rung]
    assert len(approvers.rungs_of("default")) == 3
    assert len(people) == len(set(people)) == 3
    assert all(approvers.people[person].email and approvers.people[person].arns for person in people)


def test_the_embedded_aws_knows_each_person_by_an_arn_of_its_own_account() -> None:
    approvers = load_settings("local").approvals
    root = "arn:aws:iam::000000000000"
    found = [approvers.person_of(f"{root}:{who}") for who in ("root", "user/bob", "user/carol", "user/dora")]
    assert found == ["alice", "bob", "carol", None]


@pytest.mark.parametrize("kind", ["close", "change", "resume"])
def test_a_state_outlasts_its_question_by_two_sweeps_and_a_slow_one(kind: str) -> None:
    limits = Limits()
    lapses, backstop = (getattr(limits, f"approval_{what}_{kind}") for what in ("lapses", "backstop"))
    assert backstop - lapses == 150
    shorter = Limits.model_validate({f"approval_lapses_{kind}": 60})
    assert getattr(shorter, f"approval_backstop_{kind}") == 210


def test_a_question_that_may_stand_longer_has_a_state_that_waits_longer() -> None:
    (machine,) = (one for one in TINY_MACHINES if one.name == "tiny-question")
    settings = load_settings("dev")
    assert number_values(machine, settings) == {"answered_within": 1_050}
    patient = settings.model_copy(update={"limits": Limits(approval_lapses_change=1_800)})
    assert number_values(machine, patient) == {"answered_within": 1_950}
