"""Requests are checked against the resources and condition keys that AWS's policies know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import cloudwatch_logs

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.iam.requests import alarm_resource, ecs_context, ecs_resource, metric_context, query_group


@fix("iam-request-resources")
def name_what_is_touched(_setup: Setup) -> None:
    """A service, a task, an alarm or the log group of a query instead of a cluster or `*`.

    AWS: Service authorization reference, "Actions defined by" Amazon ECS, CloudWatch and CloudWatch Logs.
    """

    def make(original: Callable[..., str]) -> Callable[..., str]:
        def resource(
            service: str, method: str, path: str, headers: dict[str, str], body: bytes, params: Any, *rest: Any
        ) -> str:
            target = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
            found: str | None = None
            if service == "ecs":
                found = ecs_resource(target, body)
            elif service == "monitoring":
                action = iam_actions.extract_iam_action(service, method, path, headers, body, params)
                found = alarm_resource(params, body) if action == "cloudwatch:DescribeAlarms" else None
            elif service == "logs" and target == "GetQueryResults":
                found = query_group(body, _groups())
            return found or original(service, method, path, headers, body, params, *rest)

        return resource

    around(iam_actions, "extract_resource_arn", make)


@fix("iam-request-conditions")
def know_the_condition_keys(_setup: Setup) -> None:
    """`ecs:cluster` and `cloudwatch:namespace`, which policies may be held to.

    AWS: Service authorization reference, "Condition keys for" Amazon ECS and Amazon CloudWatch.
    """

    def make(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:
            more: dict[str, str] = {}
            if service == "ecs":
                more = ecs_context(body)
            elif iam_action == "cloudwatch:PutMetricData":
                more = metric_context(params, body)
            return {**original(service, iam_action, body, params), **more}

        return context

    around(iam_actions, "request_tag_context", make)


@fix("iam-secure-transport")
def take_the_loopback_for_tls(_setup: Setup) -> None:
    """On 127.0.0.1 nobody listens, so `aws:SecureTransport` is true: on AWS every call of an SDK is over TLS.

    AWS: IAM user guide, "AWS global condition context keys". The bucket's own policy, which denies calls
    without TLS, stays as it is deployed.
    """

    def make(original: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
        def pin(source_ip: str, secure_transport: bool) -> None:
            original(source_ip, secure_transport or source_ip == "127.0.0.1")

        return pin

    around(app, "pin_request_origin", make)


def _groups() -> dict[str, str]:
    """Query ids and the first log group of each."""
    found = {}
    for query_id, query in cloudwatch_logs._queries.items():
        groups = query.get("logGroupNames") or [query.get("logGroupName")]
        found[str(query_id)] = str(next(iter(groups), ""))
    return found
