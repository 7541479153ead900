"""The commands in proposals are pasted at night: nothing in them may be guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.facts import KillSwitchFact
from functions.rules import kill_switch, proposals
from functions.rules.classify import Cause, Policy, Remedy
from functions.rules.decide_remedy import decide_remedy
from functions.rules.find_cause import Finding
from functions.rules.gates import Setting
from functions.rules.propose import propose
from functions.rules.rate_limits import RateLimits
from functions.rules.service_state import Doing, ServiceState
from tests.rules.facts import deployment, service, situation, state, task


def test_a_redeploy_by_hand_goes_through_zero_and_back_to_the_count_of_before() -> None:
    command = proposals.redeploy_command(service(desired=3), "tradai-prod")
    assert "--cluster tradai-prod --service tradai-strategy-service-local --desired-count 0`" in command
    assert "--desired-count 3 --force-new-deployment" in command


def test_the_cluster_is_taken_from_a_task_where_nobody_names_it() -> None:
    assert "--cluster tradai-local " in proposals.redeploy_command(service(task("x")), None)
    odd = service(replace(task("x"), task_arn="odd"))
    assert "--cluster CLUSTER " in proposals.redeploy_command(odd, None)


def test_without_the_service_what_is_not_known_stands_in_capitals() -> None:
    command = proposals.redeploy_command(None, None)
    assert "--cluster CLUSTER --service SERVICE" in command
    assert "Present size: unknown" in proposals.more_memory(None, None)
    assert "--services SERVICE" in proposals.failed_deployment(None, None, "it failed")
    assert "--services SERVICE" in proposals.inactive(None, None, "gone")


def test_the_task_definition_is_named_by_its_family_so_that_the_new_revision_is_taken() -> None:
    named = service(deployments=(deployment(),))
    assert "--task-definition tradai-strategy " in proposals.more_memory(named, "c")
    bare = replace(named, deployments=(replace(deployment(), task_definition=None),))
    by_task = replace(bare, tasks=(task("x", task_definition="arn:aws:ecs:r:0:task-definition/bot:12"),))
    assert "--task-definition bot " in proposals.more_memory(by_task, "c")
    assert "--task-definition TASK_DEFINITION " in proposals.more_memory(bare, "c")


def test_the_largest_size_has_no_next_one_and_says_so() -> None:
    largest = service(cpu=16384, memory_mb=122_880)
    assert "no larger valid Fargate size" in proposals.more_memory(largest, "c")


def test_long_lists_are_cut_with_their_count() -> None:
    assert proposals.names(["a", "b"]) == "a, b"
    assert proposals.names(list("abcdefg")) == "a, b, c, d, e and 2 more"


def test_a_venue_that_nobody_knows_is_called_so() -> None:
    assert "names none" in proposals.exchange(None, 900)
    assert "the venue" in proposals.rate_limit(None, "not told")
    assert "15 minutes" in proposals.exchange("binanceusdm", 900)


def test_an_engaged_kill_switch_tells_as_much_as_it_knows() -> None:
    assert kill_switch.told(KillSwitchFact(engaged=True)) == "the kill switch is engaged"


SETTING = Setting(
    situation(), ServiceState(Doing.RUNNING, "1 of 1 tasks run"), RateLimits(frozenset(), False, None), Policy(),
    frozenset({Cause.UNKNOWN}),
)  # fmt: skip


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_decision_and_a_proposal(cause: Cause) -> None:
    decision = decide_remedy(Finding(state(), cause, "why", "binanceusdm"), SETTING)
    text = propose(cause, "binanceusdm", ("a",), decision, SETTING)
    assert text
    assert "  " not in text
    assert decision.remedy is not Remedy.NONE or decision.needs_person or cause is Cause.HALTED
