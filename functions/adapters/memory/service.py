"""Twin of the ECS service: what it is told stands at once, and a new deployment has a new id.

Tasks come and go only by a test's hand (`world.service`): how long they take is the stand-in's business.
"""

from __future__ import annotations

from dataclasses import replace

from functions.adapters.memory.task_definitions import MemoryTaskDefinitions
from functions.adapters.memory.world import World
from functions.errors import Broken
from functions.facts import DeploymentFact, ServiceFact, TaskDefinitionFact


class MemoryService:
    def __init__(self, world: World) -> None:
        self._world = world

    def describe(self) -> ServiceFact:
        if self._world.service is None:
            raise Broken("no service in the cluster: MISSING")
        return self._world.service

    def scale(self, desired: int) -> None:
        self._world.service = replace(self.describe(), desired=desired)

    def redeploy(self, desired: int, task_definition: str | None = None) -> str:
        service, revision = self.describe(), self._revision(task_definition)
        made = f"ecs-svc/{len(service.deployments) + 1:019d}"
        definition = task_definition or _definition(service)
        new = DeploymentFact(made, "PRIMARY", "IN_PROGRESS", self._world.now, definition)
        old = tuple(replace(each, status="ACTIVE") for each in service.deployments)
        if revision is not None:
            service = replace(service, cpu=revision.cpu, memory_mb=revision.memory_mb)
        self._world.service = replace(service, desired=desired, deployments=(new, *old))
        return made

    def _revision(self, task_definition: str | None) -> TaskDefinitionFact | None:
        return MemoryTaskDefinitions(self._world).describe(task_definition) if task_definition else None


def _definition(service: ServiceFact) -> str | None:
    return service.deployments[0].task_definition if service.deployments else None
