"""Who may do what: statements derived from what a task needs and from what a definition names.

Plain data, so that they can be compared with AWS's service authorization reference without synthesis.
There is no wildcard action anywhere, and no wildcard resource without its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from functions.grants import GRANTS, Grant
from infra.asl import References
from infra.errors import SetupError
from infra.names import Names
from infra.resources import resource_arns
from infra.tasks import TaskFile


@dataclass(frozen=True, slots=True)
class Statement:
    """Allows `actions` on `resources`; `why` is required as soon as a resource holds a wildcard.

    `condition` is (operator, key, value), as in a policy's Condition block.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: str = ""
    condition: tuple[str, str, str] | None = None

    def __post_init__(self) -> None:
        if any("*" in action for action in self.actions):
            raise SetupError(f"a wildcard action is never granted: {self.actions}")
        if not self.why and any({"*", "?"} & set(resource) for resource in self.resources):
            raise SetupError(f"{self.actions} on {self.resources}: a wildcard needs its reason")


_TRACE = Statement(
    ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    ("*",),
    "X-Ray's actions know no resources",
)


def task_statements(
    task: TaskFile,
    names: Names,
    reports_bucket_arn: str,
    grants: Mapping[str, Sequence[Grant]] = GRANTS,
) -> list[Statement]:
    """The role of one task's function: what its needs name, its own log, its traces."""
    found = granted(task, names, reports_bucket_arn, grants)
    found.append(_own_log(names, task.name))
    found.append(_TRACE)
    if task.trigger in WITH_DEAD_LETTERS:
        # Where Lambda puts an event whose handling failed for the last time.
        queue = names.arn("sqs", names.dead_letters(task.trigger))
        why = "Lambda keeps an event there that nobody could handle"
        found.append(Statement(("sqs:SendMessage",), (queue,), why))
    if task.in_network and names.settings.platform.network:
        found.append(_NETWORK)
    return merged(found)


# Triggers whose events are kept where nobody could handle them.
WITH_DEAD_LETTERS: Final = ("closer", "mail-events", "report", "risk-alarm")


def granted(
    task: TaskFile, names: Names, reports_bucket_arn: str, grants: Mapping[str, Sequence[Grant]] = GRANTS
) -> list[Statement]:
    """What the needs of one task name, whoever does its work."""
    resources = resource_arns(names, reports_bucket_arn)
    found: list[Statement] = []
    for need in task.needs:
        if need not in grants:
            raise SetupError(f"{task.name}: functions/grants.py knows no need {need!r}")
        found += [one for one in (_statement(need, grant, resources) for grant in grants[need]) if one.resources]
    return found


def _statement(need: str, grant: Grant, resources: Mapping[str, tuple[str, ...]]) -> Statement:
    if grant.resource not in resources:
        raise SetupError(f"functions/grants.py: {need}: unknown resource {grant.resource!r}")
    condition = None
    if grant.condition:
        value = resources.get(grant.condition.value, (grant.condition.value,))
        condition = (grant.condition.operator, grant.condition.key, value[0]) if value else None
    return Statement(grant.actions, resources[grant.resource], grant.why, condition)


def machine_statements(references: References, names: Names, targets: Mapping[str, str]) -> list[Statement]:
    """The role of one state machine. `targets` maps placeholders of direct integrations to ARNs."""
    found = [Statement(("lambda:InvokeFunction",), (names.function_arn(task),)) for task in references.tasks]
    found += [start_statement(names, child) for child in references.machines]
    for child in references.awaited:
        why = "an execution's name is made when it starts; the machine is named"
        actions = ("states:DescribeExecution", "states:StopExecution")
        found.append(Statement(actions, (names.executions_arn(child),), why))
    if references.awaited:
        rule_actions = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
        found.append(Statement(rule_actions, (names.arn("events", f"rule/{_SYNC_RULE}"),)))
    for action in references.sdk_actions:
        named = [targets[name] for one, name in references.sdk_targets if one == action and name in targets]
        if not named:
            raise SetupError(f"{action}: the definition names no resource that the stack knows")
        found.append(Statement((action,), tuple(named)))
    return merged([*found, _TRACE_OF_MACHINES, _LOG_DELIVERY])


# Step Functions hears through this managed rule that a child has ended (`.sync:2`).
_SYNC_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"

_TRACE_OF_MACHINES = Statement(
    (*_TRACE.actions, "xray:GetSamplingRules", "xray:GetSamplingTargets"), _TRACE.resources, _TRACE.why
)

_LOG_DELIVERY = Statement(
    (
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ),
    ("*",),
    "CloudWatch's log delivery actions know no resources; Step Functions' logging needs them",
)

# As Lambda's guide lists them for functions in a VPC.
_NETWORK = Statement(
    (
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ),
    ("*",),
    "Lambda makes its interfaces in the subnets itself, under names that nobody knows before",
)


def start_statement(names: Names, machine: str) -> Statement:
    """What a rule's role needs to start one machine."""
    return Statement(("states:StartExecution",), (names.machine_arn(machine),))


def _own_log(names: Names, task: str) -> Statement:
    """In a group that functions share, Lambda names streams `2026/01/31/FUNCTION[VERSION]ENVIRONMENT`."""
    resource = f"{names.log_group_arn(names.functions_log)}:log-stream:*/{names.function(task)}[*"
    why = "Lambda names the log streams after day and environment; what stands between is the function's own name"
    return Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (resource,), why)


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """One statement for each (resources, condition), sorted: the template does not depend on order."""
    together: dict[tuple[tuple[str, ...], tuple[str, str, str] | tuple[()]], list[Statement]] = {}
    for one in statements:
        together.setdefault((tuple(sorted(one.resources)), one.condition or ()), []).append(one)
    return [
        Statement(
            actions=tuple(sorted({action for one in same for action in one.actions})),
            resources=resources,
            why="; ".join(sorted({one.why for one in same if one.why})),
            condition=condition or None,
        )
        for (resources, condition), same in sorted(together.items(), key=lambda item: item[0])
    ]
