"""Application Auto Scaling, which ministack does not have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import error_response_json

from local.engine import autoscaling
from local.engine.environment import ACCOUNT_ID, REGION
from local.engine.fixes.patching import MinistackChanged, around
from local.engine.fixes.registry import Setup, fix

SERVICE = "application-autoscaling"
JSON_1_1 = "application/x-amz-json-1.1"
ANY_TARGET = f"arn:aws:{SERVICE}:{REGION}:{ACCOUNT_ID}:scalable-target/new"

Answer = tuple[int, dict[str, str], bytes]


@fix("app-autoscaling")
def scale_services(_setup: Setup) -> None:
    """Scalable targets of ECS services can be registered, described, suspended and taken away.

    AWS: Application Auto Scaling API reference (JSON 1.1, `AnyScaleFrontendService`); user guide, "Suspend and
    resume scaling"; Service authorization reference, "Actions defined by AWS Application Auto Scaling".
    """
    if SERVICE in app.SERVICE_HANDLERS:
        raise MinistackChanged("ministack has Application Auto Scaling by itself")
    router.SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": ["AnyScaleFrontendService"],
        "host_patterns": [r"application-autoscaling\."],
        "credential_scope": SERVICE,
    }
    app.SERVICE_HANDLERS[SERVICE] = answer
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    around(iam_actions, "extract_resource_arn", _naming_the_target)
    around(iam_actions, "request_tag_context", _with_condition_keys)


async def answer(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any) -> Answer:
    """One call, in ministack's shape of a service."""
    del method, path, query_params
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    operation = autoscaling.OPERATIONS.get(action)
    try:
        if operation is None:
            raise autoscaling.Said("UnknownOperationException", f"{action} is not built")
        found = operation(json.loads(body or b"{}"))
    except autoscaling.Said as said:
        refused: Answer = error_response_json(said.code, said.message, 400, content_type=JSON_1_1)
        return refused
    return 200, {"Content-Type": JSON_1_1}, json.dumps(found).encode()


def _naming_the_target(original: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any) -> str:
        if service != SERVICE:
            return original(service, method, path, headers, body, *rest)
        if not headers.get("x-amz-target", "").endswith(("RegisterScalableTarget", "DeregisterScalableTarget")):
            # Describing knows no resources.
            return "*"
        target = autoscaling.targets.get(str(_given(body).get("ResourceId")))
        return target.arn if target else ANY_TARGET

    return resource


def _with_condition_keys(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:
        found = original(service, iam_action, body, params)
        if service != SERVICE:
            return found
        given = _given(body)
        keys = {
            "service-namespace": given.get("ServiceNamespace"),
            "scalable-dimension": given.get("ScalableDimension"),
        }
        return {**found, **{f"{SERVICE}:{name}": value for name, value in keys.items() if value}}

    return context


def _given(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
