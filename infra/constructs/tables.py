"""Incidents and guards: what the runbooks remember.

Both are encrypted with the account's AWS-managed DynamoDB key: its use stands in CloudTrail, and no key
policy of ours can lock a kill switch out of its own table.
"""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.constructs.log_group import removal_of
from infra.names import Names


class Tables(Construct):
    """On demand, restorable to any second of the last 35 days, kept where the environment keeps data."""

    def __init__(self, scope: Construct, names: Names) -> None:
        super().__init__(scope, "tables")
        self._names = names
        self.incidents = self._table("Incidents", names.incidents_table, "incident_id")
        self.guards = self._table("Guards", names.guards_table, "guard_id")

    def _table(self, construct: str, name: str, key: str) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            construct,
            table_name=name,
            partition_key=dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            # Budgets and counters carry `ttl` (epoch seconds); locks and the kill switch never do.
            time_to_live_attribute="ttl" if construct == "Guards" else None,
            deletion_protection=self._names.settings.retain_data,
            removal_policy=removal_of(self._names.settings),
        )
