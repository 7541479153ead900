"""The private bucket of incident reports, and the bucket that records who read them."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.log_group import removal_of
from infra.names import Names


class Reports(Construct):
    """Reports hold positions and P&L: nothing is public, nothing travels without TLS, nothing is overwritten.

    Names are CloudFormation's, so that a stack can be built again beside a bucket that was kept.
    """

    def __init__(self, scope: Construct, names: Names) -> None:
        super().__init__(scope, "reports")
        removal = removal_of(names.settings)
        access = _private(self, "AccessLog", removal, keep=Duration.days(365))
        self.bucket = _private(self, "Bucket", removal, log=access)


def _private(
    scope: Construct,
    name: str,
    removal: RemovalPolicy,
    *,
    log: s3.IBucket | None = None,
    keep: Duration | None = None,
) -> s3.Bucket:
    return s3.Bucket(
        scope,
        name,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        server_access_logs_bucket=log,
        server_access_logs_prefix="reports/" if log else None,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="Tidy",
                abort_incomplete_multipart_upload_after=Duration.days(7),
                noncurrent_version_expiration=Duration.days(365),
                expiration=keep,
            )
        ],
        removal_policy=removal,
    )
