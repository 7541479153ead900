"""The strategy service in ECS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.adapters import ecs_facts
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.errors import Broken, Uncertain
from functions.facts import ServiceFact

TASKS_A_CALL: Final = 100


class EcsService:
    def __init__(self, aws: Aws, *, cluster: str, service: str) -> None:
        self._aws, self._cluster, self._service = aws, cluster, service

    def describe(self) -> ServiceFact:
        service = self._described()
        tasks = list(self._tasks())
        with saying(Saying.READ, f"ecs:DescribeTaskDefinition {service['taskDefinition']}"):
            definition = self._reader().describe_task_definition(taskDefinition=service["taskDefinition"])
        return ecs_facts.service_of(service, tasks, definition["taskDefinition"])

    def scale(self, desired: int) -> None:
        self._update(f"desiredCount={desired}", desiredCount=desired)

    def redeploy(self, desired: int, task_definition: str | None = None) -> str:
        revision = {} if task_definition is None else {"taskDefinition": task_definition}
        service = self._update(
            f"forceNewDeployment desiredCount={desired} {task_definition or ''}".rstrip(),
            desiredCount=desired,
            forceNewDeployment=True,
            **revision,
        )
        for deployment in service.get("deployments", ()):
            if deployment.get("status") == "PRIMARY" and deployment.get("id"):
                return str(deployment["id"])
        raise Uncertain(f"ecs:UpdateService {self._service}: the answer names no primary deployment")

    def _described(self) -> Mapping[str, Any]:
        with saying(Saying.READ, f"ecs:DescribeServices {self._service}"):
            answer = self._reader().describe_services(cluster=self._cluster, services=[self._service])
        if not answer["services"]:
            why = ", ".join(str(failure.get("reason")) for failure in answer.get("failures", ()))
            raise Broken(f"no service {self._service} in the cluster {self._cluster}: {why or 'no reason'}")
        service: Mapping[str, Any] = answer["services"][0]
        return service

    def _tasks(self) -> Iterator[Mapping[str, Any]]:
        """ECS shows a stopped task for about an hour."""
        for desired in ("RUNNING", "STOPPED"):
            arns = list(self._arns(desired))
            for start in range(0, len(arns), TASKS_A_CALL):
                with saying(Saying.READ, f"ecs:DescribeTasks {self._cluster}"):
                    answer = self._reader().describe_tasks(
                        cluster=self._cluster, tasks=arns[start : start + TASKS_A_CALL]
                    )
                yield from answer["tasks"]

    def _arns(self, desired: str) -> Iterator[str]:
        request = {"cluster": self._cluster, "serviceName": self._service, "desiredStatus": desired}
        while True:
            with saying(Saying.READ, f"ecs:ListTasks {self._service} {desired}"):
                page = self._reader().list_tasks(**request)
            yield from page["taskArns"]
            if not page.get("nextToken"):
                return
            request["nextToken"] = page["nextToken"]

    def _update(self, what: str, **change: Any) -> Mapping[str, Any]:
        with saying(Saying.ACT, f"ecs:UpdateService {self._service} {what}"):
            answer = self._aws.client("ecs", Saying.ACT).update_service(
                cluster=self._cluster, service=self._service, **change
            )
        service: Mapping[str, Any] = answer.get("service", {})
        return service

    def _reader(self) -> Any:
        return self._aws.client("ecs", Saying.READ)
