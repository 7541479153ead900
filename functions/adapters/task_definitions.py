"""Revisions of the service's task definition in ECS."""

from __future__ import annotations

from typing import Any, Final

from functions.adapters import task_definition_items as items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.errors import Uncertain
from functions.facts import TaskDefinitionFact

# A revision of ours is among the newest ones: nobody else registers so many within a run.
NEWEST: Final = 20


class EcsTaskDefinitions:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def describe(self, task_definition: str) -> TaskDefinitionFact:
        return items.fact_of(self._described(task_definition)["taskDefinition"])

    def marked(self, family: str, mark: str) -> str | None:
        with saying(Saying.READ, f"ecs:ListTaskDefinitions {family}"):
            answer = self._aws.client("ecs", Saying.READ).list_task_definitions(
                familyPrefix=family, status="ACTIVE", sort="DESC", maxResults=NEWEST
            )
        for arn in answer["taskDefinitionArns"]:
            found = self._described(arn)
            if found["taskDefinition"]["family"] == family and items.carries(found.get("tags", ()), mark):
                return str(arn)
        return None

    def register(self, base: str, *, cpu: int, memory_mb: int, mark: str) -> str:
        """An act: a retry of its caller asks `marked` first."""
        found, client = self._described(base), self._aws.client("ecs", Saying.ACT)
        shape = client.meta.service_model.operation_model("RegisterTaskDefinition").input_shape
        wanted = items.resized(
            found["taskDefinition"],
            found.get("tags", ()),
            shape.members,
            cpu=cpu,
            memory_mb=memory_mb,
            mark=mark,
        )
        with saying(Saying.ACT, f"ecs:RegisterTaskDefinition {wanted['family']} cpu={cpu} memory={memory_mb}"):
            answer = client.register_task_definition(**wanted)
        made = answer.get("taskDefinition", {}).get("taskDefinitionArn")
        if not made:
            raise Uncertain(f"ecs:RegisterTaskDefinition {wanted['family']}: the answer names no revision")
        return str(made)

    def _described(self, task_definition: str) -> Any:
        with saying(Saying.READ, f"ecs:DescribeTaskDefinition {task_definition}"):
            return self._aws.client("ecs", Saying.READ).describe_task_definition(
                taskDefinition=task_definition, include=["TAGS"]
            )
