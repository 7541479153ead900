"""Revisions of a task definition: one more with another size, and nothing else of it changed."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import Broken, Refused
from tests.adapters.rigs import IMAGE, Rig

ROLES = {
    "taskRoleArn": "arn:aws:iam::000000000000:role/tradai-strategy-task-local",
    "executionRoleArn": "arn:aws:iam::000000000000:role/tradai-strategy-execution-local",
}
MAIN = {
    "name": "strategy",
    "image": IMAGE,
    "essential": True,
    "environment": [{"name": "MODE", "value": "live"}],
    "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:000000000000:parameter/key"}],
}
LOGS = {"name": "logs", "image": "fluent-bit", "essential": False, "memory": 128, "memoryReservation": 64}


def definition(*containers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "family": "strategy",
        **ROLES,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "volumes": [{"name": "scratch"}],
        "containerDefinitions": [dict(container) for container in containers or (MAIN,)],
        **changes,
    }


def test_a_revision_is_described_with_its_sizes_and_roles(rig: Rig) -> None:
    arn = rig.register(definition({**MAIN, "memory": 900}, LOGS), {})
    fact = rig.ports.task_definitions.describe(arn)
    assert (fact.arn, fact.family, fact.cpu, fact.memory_mb, fact.image) == (arn, "strategy", 512, 1024, IMAGE)
    assert (fact.task_role, fact.execution_role) == tuple(ROLES.values())
    assert fact.container_memory_mb == 900
    assert arn.endswith(f"task-definition/strategy:{fact.revision}")


def test_a_revision_is_found_by_its_family_and_number_too(rig: Rig) -> None:
    arn = rig.register(definition(), {})
    newer = rig.register(definition(), {})
    port = rig.ports.task_definitions
    assert port.describe(arn.rpartition("/")[2]).arn == arn
    assert port.describe("strategy").arn == newer


def test_a_revision_says_nothing_that_does_not_stand_in_it(rig: Rig) -> None:
    bare = {name: value for name, value in definition().items() if name not in (*ROLES, "cpu", "memory")}
    fact = rig.ports.task_definitions.describe(rig.register({**bare, "requiresCompatibilities": ["EC2"]}, {}))
    assert (fact.cpu, fact.memory_mb, fact.container_memory_mb) == (None, None, None)
    assert (fact.task_role, fact.execution_role) == (None, None)


def test_a_revision_that_there_is_not_is_our_fault(rig: Rig) -> None:
    with pytest.raises(Broken, match="nothing-such"):
        rig.ports.task_definitions.describe("nothing-such")


def test_a_new_revision_differs_by_its_size_and_its_mark_alone(rig: Rig) -> None:
    base = rig.register(definition(), {"team": "trading"})
    made = rig.ports.task_definitions.register(base, cpu=1024, memory_mb=2048, mark="inc-1")
    before, after = rig.registered(base), rig.registered(made)
    assert made != base
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert changed - {"registeredAt"} == {"taskDefinitionArn", "revision", "cpu", "memory", "tags"}
    assert (after["cpu"], after["memory"]) == ("1024", "2048")
    assert sorted(after["tags"], key=lambda tag: str(tag["key"])) == [
        {"key": "team", "value": "trading"},
        {"key": "tradai:incident", "value": "inc-1"},
    ]


def test_the_base_stays_as_it_was(rig: Rig) -> None:
    base = rig.register(definition({**MAIN, "memory": 900}), {"team": "trading"})
    before = rig.registered(base)
    rig.ports.task_definitions.register(base, cpu=512, memory_mb=2048, mark="inc-1")
    assert rig.registered(base) == before


def test_what_aws_itself_tagged_is_left_out_and_an_older_mark_is_replaced(rig: Rig) -> None:
    base = rig.register(definition(), {"aws:cloudformation:stack-name": "platform", "tradai:incident": "inc-0"})
    made = rig.ports.task_definitions.register(base, cpu=512, memory_mb=2048, mark="inc-1")
    assert rig.registered(made)["tags"] == [{"key": "tradai:incident", "value": "inc-1"}]


def test_a_marked_revision_is_found_again_and_another_mark_is_not(rig: Rig) -> None:
    base = rig.register(definition(family="marked"), {})
    port = rig.ports.task_definitions
    assert port.marked("marked", "inc-1") is None
    first = port.register(base, cpu=512, memory_mb=2048, mark="inc-1")
    other = port.register(base, cpu=512, memory_mb=4096, mark="inc-2")
    assert port.marked("marked", "inc-1") == first
    assert port.marked("marked", "inc-2") == other
    assert port.marked("marked", "inc-3") is None
    assert port.marked("another", "inc-1") is None


def test_of_two_revisions_with_the_same_mark_the_newest_is_told(rig: Rig) -> None:
    base = rig.register(definition(family="twice"), {})
    port = rig.ports.task_definitions
    port.register(base, cpu=512, memory_mb=2048, mark="inc-1")
    newest = port.register(base, cpu=512, memory_mb=4096, mark="inc-1")
    assert port.marked("twice", "inc-1") == newest


def test_a_family_whose_name_only_begins_alike_is_another_one(rig: Rig) -> None:
    base = rig.register(definition(family="alike-too"), {})
    rig.ports.task_definitions.register(base, cpu=512, memory_mb=2048, mark="inc-1")
    assert rig.ports.task_definitions.marked("alike", "inc-1") is None


MEMORY = ("memory", "memoryReservation")


def without_memory(container: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in container.items() if name not in MEMORY}


@pytest.mark.parametrize(
    ("main", "others", "grown"),
    [
        ({}, [], {}),
        ({"memory": 1024}, [], {"memory": 2048}),
        ({"memory": 512}, [], {"memory": 2048}),
        ({"memory": 896}, [LOGS], {"memory": 1920}),
        ({"memory": 896, "memoryReservation": 448}, [LOGS], {"memory": 1920, "memoryReservation": 896}),
        ({"memoryReservation": 512}, [], {"memoryReservation": 1024}),
        ({"memoryReservation": 1024}, [], {"memoryReservation": 2048}),
        ({"memoryReservation": 1000}, [LOGS], {"memoryReservation": 1920}),
        ({"memory": 1024, "memoryReservation": 1023}, [], {"memory": 2048, "memoryReservation": 2046}),
        ({"memory": 896, "memoryReservation": 1000}, [LOGS], {"memory": 1920, "memoryReservation": 1919}),
    ],
)
def test_the_essential_container_may_use_what_the_others_do_not_hold(
    rig: Rig, main: dict[str, int], others: list[dict[str, Any]], grown: dict[str, int]
) -> None:
    base = rig.register(definition({**MAIN, **main}, *others), {})
    made = rig.ports.task_definitions.register(base, cpu=512, memory_mb=2048, mark="inc-1")
    before, after = rig.registered(base)["containerDefinitions"], rig.registered(made)["containerDefinitions"]
    assert {name: after[0][name] for name in MEMORY if name in after[0]} == grown
    assert without_memory(after[0]) == without_memory(before[0])
    assert after[1:] == before[1:]


def test_a_reservation_stays_where_the_task_had_no_size_to_grow_from(rig: Rig) -> None:
    bare = {
        name: value for name, value in definition({**MAIN, "memoryReservation": 512}).items() if name != "memory"
    }
    base = rig.register({**bare, "requiresCompatibilities": ["EC2"]}, {})
    made = rig.registered(rig.ports.task_definitions.register(base, cpu=512, memory_mb=2048, mark="inc-1"))
    assert made["containerDefinitions"][0]["memoryReservation"] == 512


def test_a_size_that_leaves_the_essential_container_nothing_is_refused(rig: Rig) -> None:
    base = rig.register(definition({**MAIN, "memory": 512}, {**LOGS, "memory": 2048}), {})
    with pytest.raises(Refused, match="hold 2048 MiB of the 2048 MiB"):
        rig.ports.task_definitions.register(base, cpu=512, memory_mb=2048, mark="inc-1")


def test_a_service_is_redeployed_with_the_revision_that_it_is_given(rig: Rig) -> None:
    rig.make_service(1)
    base = rig.register(definition(), {})
    made = rig.ports.task_definitions.register(base, cpu=1024, memory_mb=2048, mark="inc-1")
    deployment = rig.ports.service.redeploy(1, made)
    fact = rig.ports.service.describe()
    assert [
        (each.deployment_id, each.task_definition) for each in fact.deployments if each.status == "PRIMARY"
    ] == [(deployment, made)]
    assert (fact.cpu, fact.memory_mb) == (1024, 2048)


def test_a_redeploy_without_a_revision_keeps_the_one_there_is(rig: Rig) -> None:
    rig.make_service(1)
    before = rig.ports.service.describe().deployments[0].task_definition
    rig.ports.service.redeploy(1)
    fact = rig.ports.service.describe()
    assert [each.task_definition for each in fact.deployments if each.status == "PRIMARY"] == [before]
