"""Twin of ECS's task definitions: `world.definitions`, as DescribeTaskDefinition gives them, with `tags`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from functions.adapters import task_definition_items as items
from functions.adapters.memory.world import World
from functions.errors import Broken
from functions.facts import TaskDefinitionFact

DEFINITIONS: Final = "arn:aws:ecs:eu-central-1:000000000000:task-definition/"

# What RegisterTaskDefinition takes of what DescribeTaskDefinition gives (those that a twin's tests use).
TAKEN: Final = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
    "ephemeralStorage",
)


class MemoryTaskDefinitions:
    def __init__(self, world: World) -> None:
        self._world = world

    def describe(self, task_definition: str) -> TaskDefinitionFact:
        return items.fact_of(self._found(task_definition))

    def marked(self, family: str, mark: str) -> str | None:
        same = [each for each in self._world.definitions if each["family"] == family]
        newest = sorted(same, key=lambda each: int(each["revision"]), reverse=True)
        return next((str(e["taskDefinitionArn"]) for e in newest if items.carries(e.get("tags", ()), mark)), None)

    def register(self, base: str, *, cpu: int, memory_mb: int, mark: str) -> str:
        found = self._found(base)
        new = items.resized(found, found.get("tags", ()), TAKEN, cpu=cpu, memory_mb=memory_mb, mark=mark)
        revisions = [int(each["revision"]) for each in self._world.definitions if each["family"] == new["family"]]
        revision = max(revisions) + 1
        arn = f"{DEFINITIONS}{new['family']}:{revision}"
        self._world.definitions.append(
            {**deepcopy(new), "taskDefinitionArn": arn, "revision": revision, "status": "ACTIVE"}
        )
        return arn

    def _found(self, task_definition: str) -> dict[str, Any]:
        """By ARN, by `family:revision`, or the newest of a family."""
        named = task_definition.removeprefix(DEFINITIONS)
        family, _, revision = named.partition(":")
        same = [each for each in self._world.definitions if each["family"] == family]
        chosen = [each for each in same if not revision or str(each["revision"]) == revision]
        if not chosen:
            raise Broken(f"ecs:DescribeTaskDefinition {task_definition}: ClientException")
        return max(chosen, key=lambda each: int(each["revision"]))
