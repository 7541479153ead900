"""A table's own policy comes with the template, and is obeyed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from local.engine.fixes.patching import MinistackChanged
from local.engine.fixes.registry import Setup, fix

KIND = "AWS::DynamoDB::Table"
LOOKUP = "table_policy_for_arn"

Made = tuple[str, dict[str, Any]]


@fix("table-policies")
def obey_a_tables_policy(_setup: Setup) -> None:
    """`ResourcePolicy` of a table is stored when it is deployed and counts where policies are enforced.

    The engine's root key stands above policies, as everywhere in it; on AWS a table's deny binds root too.

    AWS: DynamoDB developer guide, "Using resource-based policies for DynamoDB"; CloudFormation,
    AWS::DynamoDB::Table, ResourcePolicy. Ministack keeps a policy that PutResourcePolicy gave, and looks at none.
    """
    lookups = iam_evaluator._RESOURCE_POLICY_LOOKUPS
    if "dynamodb" in lookups:
        raise MinistackChanged("ministack looks at tables' policies by itself")
    setattr(dynamodb, LOOKUP, _policy_of)
    lookups["dynamodb"] = ("dynamodb", LOOKUP)
    handlers = provisioners._RESOURCE_HANDLERS[KIND]
    handlers["create"] = _creating(handlers["create"])
    handlers["update"] = _updating(handlers["update"])


def _policy_of(arn: str) -> tuple[str, str] | None:
    """Policy and owner of the table that an ARN names, or the table of an index."""
    table = arn.partition("/index/")[0]
    found = dynamodb._resource_policies.get(table)
    return (found["Policy"], table.split(":")[4]) if found else None


def _creating(original: Callable[..., Made]) -> Callable[..., Made]:
    def create(logical_id: str, props: Mapping[str, Any], stack_name: str) -> Made:
        name, attributes = original(logical_id, props, stack_name)
        _keep(attributes["Arn"], props)
        return name, attributes

    return create


def _updating(original: Callable[..., Made]) -> Callable[..., Made]:
    def update(physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any], *rest: Any) -> Made:
        name, attributes = original(physical_id, old, new, *rest)
        _keep(attributes["Arn"], new)
        return name, attributes

    return update


def _keep(arn: str, props: Mapping[str, Any]) -> None:
    wanted = (props.get("ResourcePolicy") or {}).get("PolicyDocument")
    if wanted is None:
        dynamodb._delete_resource_policy({"ResourceArn": arn})
        return
    status, _, body = dynamodb._put_resource_policy({"ResourceArn": arn, "Policy": json.dumps(wanted)})
    if status >= 400:
        raise ValueError(f"{KIND} ResourcePolicy failed: {body!r}")
