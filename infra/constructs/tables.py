"""Incidents, guards and approvals: what the runbooks remember.

All are encrypted with the account's AWS-managed DynamoDB key: its use stands in CloudTrail, and no key
policy of ours can lock a kill switch out of its own table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.log_group import removal_of
from infra.names import Names
from infra.resources import OPEN_INDEX

STRING = dynamodb.AttributeType.STRING


class Tables(Construct):
    """On demand, restorable to any second of the last 35 days, kept where the environment keeps data.

    `writers` gives for each action that writes the ARNs of the roles that may do it to approvals.
    """

    def __init__(self, scope: Construct, names: Names, writers: Mapping[str, Sequence[str]]) -> None:
        super().__init__(scope, "tables")
        self._names = names
        self.incidents = self._table("Incidents", names.incidents_table, "incident_id")
        self.guards = self._table("Guards", names.guards_table, "guard_id", ttl="ttl")
        # Approvals are the audit: they never expire.
        policy = iam.PolicyDocument(statements=only(writers, names.table_arn(names.approvals_table)))
        self.approvals = self._table("Approvals", names.approvals_table, "approval_id", policy=policy)
        self.approvals.add_global_secondary_index(
            index_name=OPEN_INDEX,
            partition_key=dynamodb.Attribute(name="open_marker", type=STRING),
            sort_key=dynamodb.Attribute(name="asked_at", type=STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def _table(
        self,
        construct: str,
        name: str,
        key: str,
        *,
        ttl: str | None = None,
        policy: iam.PolicyDocument | None = None,
    ) -> dynamodb.Table:
        """`ttl` is the attribute with the epoch second at which an item may go; items without it stay. Budgets
        and counters carry it, locks and the kill switch never do."""
        return dynamodb.Table(
            self,
            construct,
            table_name=name,
            partition_key=dynamodb.Attribute(name=key, type=STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute=ttl,
            resource_policy=policy,
            deletion_protection=self._names.settings.retain_data,
            removal_policy=removal_of(self._names.settings),
        )


def only(writers: Mapping[str, Sequence[str]], table_arn: str) -> list[iam.PolicyStatement]:
    """Denies each action to whoever is not among its writers, administrators included; to everybody where it
    has none. A role is recognised by its own ARN, whatever its session is called."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for action, roles in sorted(writers.items()):
        alike.setdefault(tuple(roles), []).append(action)
    return [
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.StarPrincipal()],
            actions=actions,
            resources=[table_arn],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": list(roles)}} if roles else None,
        )
        for roles, actions in alike.items()
    ]
