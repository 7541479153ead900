"""What a request to ECS, CloudWatch or Logs Insights really touches, as AWS's policies name it.

Source: Service authorization reference, the pages of Amazon ECS, Amazon CloudWatch and Amazon CloudWatch Logs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.engine.environment import ACCOUNT_ID, REGION

ECS = f"arn:aws:ecs:{REGION}:{ACCOUNT_ID}"
ALARMS = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:"
OF_A_SERVICE = frozenset({"DescribeServices", "UpdateService", "DeleteService"})
OF_TASKS = frozenset({"DescribeTasks", "StopTask"})
WITHOUT_RESOURCE = frozenset({"DescribeTaskDefinition", "ListTasks", "ListTaskDefinitions"})


def ecs_resource(action: str, body: bytes) -> str | None:
    """The service, the task or the family that is named (a new revision has no number yet); `*` for actions that
    know no resources; None: as ministack has it."""
    given = _json(body)
    cluster = _last(given.get("cluster") or "default")
    if action in OF_A_SERVICE:
        named = given.get("service") or next(iter(given.get("services") or ()), "*")
        return f"{ECS}:service/{cluster}/{_last(named)}"
    if action in OF_TASKS:
        named = given.get("task") or next(iter(given.get("tasks") or ()), "*")
        return f"{ECS}:task/{cluster}/{_last(named)}"
    if action == "RegisterTaskDefinition":
        return f"{ECS}:task-definition/{given.get('family') or '*'}:*"
    return "*" if action in WITHOUT_RESOURCE else None


def ecs_context(body: bytes) -> dict[str, str]:
    """`ecs:cluster` is the ARN of the cluster that the request names."""
    cluster = _json(body).get("cluster")
    return {"ecs:cluster": f"{ECS}:cluster/{_last(cluster)}"} if cluster else {}


def alarm_resource(params: Mapping[str, Any], body: bytes) -> str:
    """DescribeAlarms by one name acts on that alarm, by anything else on all of them."""
    given = _cloudwatch(params, body)
    named = given.get("AlarmNames") or [value for key, value in params.items() if key.startswith("AlarmNames")]
    names = [str(name) for name in named]
    return ALARMS + (names[0] if len(names) == 1 else "*")


def metric_context(params: Mapping[str, Any], body: bytes) -> dict[str, str]:
    """`cloudwatch:namespace` of a PutMetricData."""
    namespace = _cloudwatch(params, body).get("Namespace")
    return {"cloudwatch:namespace": str(namespace)} if namespace else {}


def query_group(body: bytes, groups: Mapping[str, str]) -> str | None:
    """The log group of a Logs Insights query; `groups` maps query ids to their groups."""
    group = groups.get(str(_json(body).get("queryId")))
    return f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{group}" if group else None


def _cloudwatch(params: Mapping[str, Any], body: bytes) -> Mapping[str, Any]:
    """The request, as JSON or as a form (ministack takes CBOR only where an optional package is installed)."""
    return _json(body) or {key: value[0] if isinstance(value, list) else value for key, value in params.items()}


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last(name: object) -> str:
    """The last part of a name or an ARN."""
    return str(name).rsplit("/", 1)[-1]
