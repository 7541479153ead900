"""Deploy a synthesized stack to the embedded AWS, as the CDK's command line would, without Node."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.engine.archive import zip_folder
from local.engine.assembly import Asset, read_stack
from local.engine.environment import REGION, Credentials

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef
    from mypy_boto3_s3 import S3Client

BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"
DEPLOY_SECONDS = 180.0
LOOK_SECONDS = 0.2
GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


class DeployFailed(Exception):
    """The stack did not come up.

    Attributes:
        events: `(logical id, resource type, reason)` of each resource that failed, the first cause first.
    """

    def __init__(self, stack: str, status: str, events: list[tuple[str, str, str]]) -> None:
        self.events = events
        lines = "".join(f"\n  {name} ({kind}): {reason}" for name, kind, reason in events)
        super().__init__(f"stack {stack} ended as {status}{lines or ', and no event says why'}")


def session(credentials: Credentials | None) -> boto3.session.Session:
    """A boto3 session for the embedded AWS; any key pair does where policies are not enforced."""
    pair = credentials or Credentials("test", "test")
    return boto3.session.Session(pair.access_key_id, pair.secret_access_key, region_name=REGION)


def deploy_template(
    endpoint_url: str,
    cdk_out: Path,
    stack_name: str,
    parameters: Mapping[str, str],
    credentials: Credentials | None = None,
    *,
    timeout: float = DEPLOY_SECONDS,
) -> dict[str, str]:
    """Upload the assembly's assets, create or update the stack, and return its outputs.

    Args:
        endpoint_url: the engine's address.
        cdk_out: a cloud assembly (the folder with manifest.json).
        stack_name: name of the stack, in the assembly and when deployed.
        parameters: values for template parameters; others keep their defaults.
        credentials: a key pair, needed only where policies are enforced.
        timeout: seconds to wait for the stack.

    Raises:
        BadAssembly: the folder cannot be used.
        DeployFailed: the stack failed, was rolled back, or did not end in time.
    """
    stack = read_stack(cdk_out, stack_name)
    aws = session(credentials)
    config = Config(retries={"mode": "standard", "total_max_attempts": 3}, max_pool_connections=8)
    s3: S3Client = aws.client("s3", endpoint_url=endpoint_url, config=config)
    ssm = aws.client("ssm", endpoint_url=endpoint_url)
    # What `cdk bootstrap` leaves behind; the template's own rule asks for it.
    ssm.put_parameter(Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True)
    own = Asset(stack.template, False, f"tradai-local-templates-{REGION}", f"{stack_name}.json")
    assets = (*stack.assets, own)
    for bucket in sorted({asset.bucket for asset in assets}):
        _ensure_bucket(s3, bucket)
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda asset: _upload(s3, asset), assets):
            pass
    cloudformation: CloudFormationClient = aws.client("cloudformation", endpoint_url=endpoint_url)
    url = f"{endpoint_url}/{own.bucket}/{own.key}"
    return _deploy(cloudformation, stack_name, url, parameters, timeout)


def _ensure_bucket(s3: S3Client, bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})


def _upload(s3: S3Client, asset: Asset) -> None:
    body = zip_folder(asset.source) if asset.zipped else asset.source.read_bytes()
    s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)


def _deploy(
    cloudformation: CloudFormationClient, name: str, url: str, parameters: Mapping[str, str], timeout: float
) -> dict[str, str]:
    given: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())
    ]
    exists = _status(cloudformation, name) not in (None, "DELETE_COMPLETE")
    try:
        (cloudformation.update_stack if exists else cloudformation.create_stack)(
            StackName=name,
            TemplateURL=url,
            Parameters=given,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        message = error.response["Error"]["Message"]
        raise DeployFailed(name, "refused", [(name, "AWS::CloudFormation::Stack", message)]) from error
    deadline = time.monotonic() + timeout
    while (status := _status(cloudformation, name) or "") not in GOOD:
        if status.endswith(("FAILED", "ROLLBACK_COMPLETE")) or time.monotonic() > deadline:
            raise DeployFailed(name, status, _failures(cloudformation, name))
        time.sleep(LOOK_SECONDS)
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _status(cloudformation: CloudFormationClient, name: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def _failures(cloudformation: CloudFormationClient, name: str) -> list[tuple[str, str, str]]:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [
        (str(event.get("LogicalResourceId")), kind, event.get("ResourceStatusReason", "no reason given"))
        for event in reversed(events)
        if event.get("ResourceStatus", "").endswith("FAILED")
        and (kind := event.get("ResourceType", "")) != "AWS::CloudFormation::Stack"
    ]
