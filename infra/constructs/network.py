"""The platform's network, for tasks whose address matters; by ids, never looked up."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from functions.settings import Network


@dataclass(frozen=True)
class Place:
    """Where a function runs; all None means outside of any VPC."""

    vpc: ec2.IVpc | None = None
    subnets: ec2.SubnetSelection | None = None
    groups: list[ec2.ISecurityGroup] | None = None


def place_in(scope: Construct, network: Network | None) -> Place:
    """The platform's private subnets and its own security group, where the settings name them."""
    if network is None:
        return Place()
    vpc = ec2.Vpc.from_vpc_attributes(
        scope,
        "platform-vpc",
        vpc_id=network.vpc_id,
        availability_zones=list(network.availability_zones),
        private_subnet_ids=list(network.private_subnet_ids),
    )
    group = ec2.SecurityGroup.from_security_group_id(
        scope, "platform-security-group", network.security_group_id, mutable=False
    )
    return Place(vpc, ec2.SubnetSelection(subnets=vpc.private_subnets), [group])
