"""Whoever registers a task definition must be allowed to pass its roles, and to tag it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import ecs

from local.engine.environment import ACCOUNT_ID, REGION
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

ROLES = ("taskRoleArn", "executionRoleArn")
Check = tuple[str, str, dict[str, str]]


@fix("iam-pass-role")
def check_the_roles_that_are_passed(setup: Setup) -> None:
    """RegisterTaskDefinition needs `iam:PassRole` for each role that it names, and `ecs:TagResource` for tags.

    AWS: IAM user guide, "Grant a user permissions to pass a role to an AWS service" (iam:PassedToService);
    ECS developer guide, "Grant permission to tag resources on creation".
    """
    if not setup.iam:
        return

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
            if headers.get("x-amz-target", "").endswith(".RegisterTaskDefinition"):
                key = extract_access_key_id(headers, query)
                if refused := _refused(key, json.loads(body or b"{}"), headers):
                    return refused
            return await original(method, path, headers, body, query)

        return handle

    around(ecs, "handle_request", make)


def _refused(access_key_id: str, definition: dict[str, Any], headers: dict[str, str]) -> Any:
    """The denial of the first check that fails, or None."""
    for action, resource, context in _checks(definition):
        denied = iam_evaluator.enforce(
            access_key_id, action, action.partition(":")[0], REGION, resource_arn=resource, service_context=context
        )
        if denied is not None:
            who = getattr(denied, "principal_arn", "")
            told = (
                f"User: {who} is not authorized to perform: {action} on resource: {resource} because no "
                f"identity-based policy allows the {action} action"
            )
            return iam_actions.access_denied_response("ecs", action, who, "", headers=headers, message=told)
    return None


def _checks(definition: dict[str, Any]) -> Iterator[Check]:
    for name in ROLES:
        if role := definition.get(name):
            arn = role if str(role).startswith("arn:") else f"arn:aws:iam::{ACCOUNT_ID}:role/{role}"
            yield "iam:PassRole", arn, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    if definition.get("tags"):
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT_ID}:task-definition/{definition.get('family')}:*"
        yield "ecs:TagResource", arn, {"ecs:CreateAction": "RegisterTaskDefinition"}
