"""Revisions of a task definition as ECS describes them: to facts, and once more with another size.

Used by the real adapter and by its twin alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from functions.adapters.ecs_facts import main_container, whole
from functions.errors import Refused
from functions.facts import TaskDefinitionFact

MARK: Final = "tradai:incident"

# ECS's least for a container.
LEAST_MB: Final = 6

Definition = Mapping[str, Any]
Tags = Sequence[Mapping[str, str]]


def fact_of(definition: Definition) -> TaskDefinitionFact:
    """From DescribeTaskDefinition. `container_memory_mb` is the essential container's hard limit."""
    main = main_container(definition)
    return TaskDefinitionFact(
        arn=str(definition["taskDefinitionArn"]),
        family=str(definition["family"]),
        revision=int(definition["revision"]),
        cpu=whole(definition.get("cpu")),
        memory_mb=whole(definition.get("memory")),
        image=main.get("image"),
        task_role=definition.get("taskRoleArn") or None,
        execution_role=definition.get("executionRoleArn") or None,
        container_memory_mb=whole(main.get("memory")),
    )


def carries(tags: Tags, mark: str) -> bool:
    return any(tag["key"] == MARK and tag.get("value") == mark for tag in tags)


def resized(
    definition: Definition, tags: Tags, allowed: Collection[str], *, cpu: int, memory_mb: int, mark: str
) -> dict[str, Any]:
    """What RegisterTaskDefinition is told: everything of `definition` that it takes (`allowed`), with another
    size. AWS's own tags (`aws:`, CloudFormation's for one) are refused by it, and so left out."""
    kept = [dict(tag) for tag in tags if tag["key"] != MARK and not tag["key"].lower().startswith("aws:")]
    return {
        **{name: value for name, value in definition.items() if name in allowed and value not in (None, "")},
        "cpu": str(cpu),
        "memory": str(memory_mb),
        "containerDefinitions": _containers(definition, memory_mb),
        "tags": [*kept, {"key": MARK, "value": mark}],
    }


def _containers(definition: Definition, memory_mb: int) -> list[dict[str, Any]]:
    """The essential container may use all that the others do not hold; a reservation grows with the task."""
    containers: Sequence[Mapping[str, Any]] = definition.get("containerDefinitions", ())
    main = main_container(definition)
    others = sum(_held(each) for each in containers if each is not main)
    room = memory_mb - others
    if room < LEAST_MB and (main.get("memory") or main.get("memoryReservation")):
        raise Refused(f"the other containers of the task hold {others} MiB of the {memory_mb} MiB")
    return [_grown(each, room, memory_mb, definition) if each is main else dict(each) for each in containers]


def _grown(container: Mapping[str, Any], room: int, memory_mb: int, definition: Definition) -> dict[str, Any]:
    grown, before = dict(container), whole(definition.get("memory"))
    if container.get("memory"):
        grown["memory"] = room
    if container.get("memoryReservation"):
        soft = int(container["memoryReservation"])
        more = soft * memory_mb // before if before else soft
        # ECS wants the hard limit above the reservation where there are both.
        grown["memoryReservation"] = min(more, room - 1 if container.get("memory") else room)
    return grown


def _held(container: Mapping[str, Any]) -> int:
    return int(container.get("memory") or container.get("memoryReservation") or 0)
