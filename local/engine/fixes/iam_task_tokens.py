"""SendTaskSuccess and its like act on the state machine that waits."""

from __future__ import annotations

import json
from collections.abc import Callable

from ministack.core import iam_actions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn.tokens import machine_that_waits

ACTIONS = frozenset({"SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"})


@fix("iam-task-tokens")
def check_the_waiting_machine(_setup: Setup) -> None:
    """The resource of an answer is the ARN of the machine whose token it is, not `*`.

    AWS: Service authorization reference, "Actions, resources, and condition keys for AWS Step Functions".
    """

    def make(original: Callable[..., str]) -> Callable[..., str]:
        def resource(
            service: str, method: str, path: str, headers: dict[str, str], body: bytes, *rest: object
        ) -> str:
            if service == "states" and headers.get("x-amz-target", "").split(".")[-1] in ACTIONS:
                return machine_that_waits(json.loads(body or b"{}").get("taskToken", "")) or "*"
            return original(service, method, path, headers, body, *rest)

        return resource

    around(iam_actions, "extract_resource_arn", make)
