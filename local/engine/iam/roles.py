"""May a role do this?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ministack.core import iam_evaluator
from ministack.services import iam

from local.engine.environment import ACCOUNT_ID, REGION


@dataclass(frozen=True)
class Call:
    """One action on one resource, as a policy names them."""

    action: str
    resource: str


def refused(role_arn: str, calls: Iterable[Call], context: Mapping[str, object] | None = None) -> Call | None:
    """The first call that the role's policies do not allow, or None.

    Inline and attached policies and the permissions boundary count; a role that does not exist may nothing.
    """
    name = role_arn.rsplit("/", 1)[-1]
    policies = iam_evaluator._gather_role_policies(name, ACCOUNT_ID)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, ACCOUNT_ID)
    for call in calls:
        question = iam_evaluator.EvalContext(
            principal_arn=f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{name}/service",
            principal_type="AssumedRole",
            principal_account=ACCOUNT_ID,
            action=call.action,
            resource_arn=call.resource,
            region=REGION,
            service_context={key.lower(): value for key, value in (context or {}).items()},
        )
        if iam_evaluator.evaluate(question, policies, *limits).decision != "Allow":
            return call
    return None


def told(role_arn: str, call: Call) -> str:
    """AWS's sentence for a refused call."""
    name = role_arn.rsplit("/", 1)[-1]
    who = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{name}/service"
    return (
        f"User: {who} is not authorized to perform: {call.action} on resource: {call.resource} "
        f"because no identity-based policy allows the {call.action} action"
    )
