from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.engine.environment import Credentials
from tests.local.engine.lab import Lab

ACCOUNT = "eu-central-1:000000000000"
SERVICE = f"arn:aws:ecs:{ACCOUNT}:service/ours/strategies"
ONLY_OURS = {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:{ACCOUNT}:cluster/ours"}}


def allowed(action: str, resource: str, condition: object = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement if condition is None else {**statement, "Condition": condition}


def person(lab: Lab, statements: Iterable[dict[str, Any]]) -> Lab:
    """A client of a user with these statements and nothing else."""
    iam, name = lab.client("iam"), lab.name("person")
    iam.create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    seen = Lab(lab.engine)
    pair = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    for service in ("ecs", "cloudwatch", "logs", "s3"):
        make: Any = boto3.client
        seen._clients[service] = make(
            service,
            endpoint_url=lab.engine.endpoint_url,
            region_name="eu-central-1",
            aws_access_key_id=pair.access_key_id,
            aws_secret_access_key=pair.secret_access_key,
        )
    return seen


def refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False


def test_a_grant_on_one_service_holds_for_that_service_alone(guarded: Lab) -> None:
    guarded.client("ecs").create_cluster(clusterName="ours")
    ecs = person(guarded, [allowed("ecs:DescribeServices", SERVICE)]).client("ecs")
    assert not refused(lambda: ecs.describe_services(cluster="ours", services=["strategies"]))
    assert refused(lambda: ecs.describe_services(cluster="ours", services=["other"]))
    assert refused(lambda: ecs.describe_services(cluster="theirs", services=["strategies"]))


def test_a_grant_on_the_tasks_of_a_cluster_holds_for_them_alone(guarded: Lab) -> None:
    guarded.client("ecs").create_cluster(clusterName="ours")
    grant = allowed("ecs:DescribeTasks", f"arn:aws:ecs:{ACCOUNT}:task/ours/*")
    ecs = person(guarded, [grant]).client("ecs")
    task = f"arn:aws:ecs:{ACCOUNT}:task/ours/0123456789abcdef0123456789abcdef"
    assert not refused(lambda: ecs.describe_tasks(cluster="ours", tasks=[task]))
    assert refused(lambda: ecs.describe_tasks(cluster="theirs", tasks=[task]))


def test_listing_tasks_is_held_to_a_cluster_by_its_condition(guarded: Lab) -> None:
    guarded.client("ecs").create_cluster(clusterName="ours")
    ecs = person(guarded, [allowed("ecs:ListTasks", "*", ONLY_OURS)]).client("ecs")
    assert not refused(lambda: ecs.list_tasks(cluster="ours"))
    assert refused(lambda: ecs.list_tasks(cluster="theirs"))


def test_describing_alarms_asks_for_the_alarms(guarded: Lab) -> None:
    one = person(guarded, [allowed("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{ACCOUNT}:alarm:one")])
    assert not refused(lambda: one.client("cloudwatch").describe_alarms(AlarmNames=["one"]))
    assert refused(lambda: one.client("cloudwatch").describe_alarms(AlarmNames=["two"]))
    assert refused(lambda: one.client("cloudwatch").describe_alarms(AlarmNamePrefix="o"))
    every = person(guarded, [allowed("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{ACCOUNT}:alarm:*")])
    assert not refused(lambda: every.client("cloudwatch").describe_alarms(AlarmNamePrefix="o"))


def test_putting_metrics_is_held_to_a_namespace(guarded: Lab) -> None:
    only = {"StringEquals": {"cloudwatch:namespace": "Ours"}}
    cloudwatch = person(guarded, [allowed("cloudwatch:PutMetricData", "*", only)]).client("cloudwatch")
    point = [{"MetricName": "m", "Value": 1.0}]
    assert not refused(lambda: cloudwatch.put_metric_data(Namespace="Ours", MetricData=point))
    assert refused(lambda: cloudwatch.put_metric_data(Namespace="Theirs", MetricData=point))


def test_the_results_of_a_query_belong_to_its_log_group(guarded: Lab) -> None:
    guarded.client("logs").create_log_group(logGroupName="ours")
    started = guarded.client("logs").start_query(
        logGroupName="ours", startTime=0, endTime=1, queryString="fields @message"
    )
    group = f"arn:aws:logs:{ACCOUNT}:log-group:"
    ours = person(guarded, [allowed("logs:GetQueryResults", f"{group}ours")]).client("logs")
    theirs = person(guarded, [allowed("logs:GetQueryResults", f"{group}theirs")]).client("logs")
    assert not refused(lambda: ours.get_query_results(queryId=started["queryId"]))
    assert refused(lambda: theirs.get_query_results(queryId=started["queryId"]))


def put_into_a_bucket_that_wants_tls(lab: Lab) -> bool:
    root, bucket = lab.client("s3"), lab.name("bucket")
    root.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    root.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    s3 = person(lab, [allowed("s3:PutObject", f"arn:aws:s3:::{bucket}/*")]).client("s3")
    return not refused(lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"b"))


def test_a_bucket_that_wants_tls_takes_the_loopback_for_it(guarded: Lab) -> None:
    assert put_into_a_bucket_that_wants_tls(guarded)


@pytest.mark.parametrize("fix", ["iam-request-resources", "iam-request-conditions", "iam-secure-transport"])
def test_ministack_alone_refuses_what_aws_allows(guarded_without: Callable[[str], Lab], fix: str) -> None:
    lab = guarded_without(fix)
    if fix == "iam-secure-transport":
        assert not put_into_a_bucket_that_wants_tls(lab)
        return
    lab.client("ecs").create_cluster(clusterName="ours")
    service, tasks = allowed("ecs:DescribeServices", SERVICE), allowed("ecs:ListTasks", "*", ONLY_OURS)
    ecs = person(lab, [service, tasks]).client("ecs")
    if fix == "iam-request-resources":
        assert refused(lambda: ecs.describe_services(cluster="ours", services=["strategies"]))
    else:
        assert refused(lambda: ecs.list_tasks(cluster="ours"))
