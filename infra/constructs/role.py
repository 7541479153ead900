"""A role that holds what it was given and nothing that a library would add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.policies import Statement


def role_for(
    scope: Construct,
    service: str,
    statements: Sequence[Statement],
    *,
    account: str | None = None,
    name: str = "Role",
) -> iam.IRole:
    """A role for one AWS service with one inline policy; later additions by constructs are ignored.

    `account` lets the service assume it only on behalf of that account (the confused deputy).
    """
    conditions = {"StringEquals": {"aws:SourceAccount": account}} if account else None
    role = iam.Role(
        scope,
        name,
        assumed_by=iam.ServicePrincipal(service, conditions=conditions),
        inline_policies={"Grants": document(statements)},
    )
    give_reasons(role, statements)
    return role.without_policy_updates()


def document(statements: Sequence[Statement]) -> iam.PolicyDocument:
    return iam.PolicyDocument(statements=[_allow(one) for one in statements])


def give_reasons(holder: Construct, statements: Sequence[Statement]) -> None:
    """cdk-nag is told why each wildcard stands in the holder's policy."""
    Validations.of(holder).acknowledge(
        *(
            Acknowledgment(id=f"AwsSolutions-IAM5[Resource::{_flat(holder, resource)}]", reason=one.why)
            for one in statements
            for resource in one.resources
            if "*" in resource
        )
    )


def _flat(scope: Construct, resource: str) -> str:
    """The resource as cdk-nag names it: `<LogicalId.Arn>` for a reference, which is a token until then."""

    def visit(node: Any) -> str:
        if isinstance(node, str):
            return node.replace("${", "<").replace("}", ">")
        (function, value), *_ = node.items()
        if function == "Fn::Join":
            return str(value[0]).join(visit(part) for part in value[1])
        if function == "Fn::GetAtt":
            return f"<{visit(value[0])}.{visit(value[1])}>"
        return f"<{visit(value)}>"

    return visit(Stack.of(scope).resolve(resource))


def _allow(statement: Statement) -> iam.PolicyStatement:
    conditions = None
    if statement.condition:
        operator, key, value = statement.condition
        conditions = {operator: {key: value}}
    return iam.PolicyStatement(
        actions=list(statement.actions), resources=list(statement.resources), conditions=conditions
    )
