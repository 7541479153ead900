"""What a definition names, so that its role's grants are derived and never listed twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from infra.asl.definition import Definition
from infra.asl.placeholders import PLACEHOLDER
from infra.asl.states import START, START_AND_WAIT, machine_of, scopes, task_of

_HEAD: Final = "arn:aws:states:::"

# Where the service's name in an `aws-sdk` resource is not its IAM prefix (Service Authorization Reference).
_IAM_PREFIX: Final = {
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "sesv2": "ses",
    "sfn": "states",
    "applicationautoscaling": "application-autoscaling",
}


@dataclass(frozen=True, slots=True)
class References:
    """`tasks` are invoked; `machines` are started, `awaited` those of them by `.sync:2`.

    `sdk_actions` are IAM actions of direct integrations (`sns:Publish`); `sdk_targets` pairs each of them
    with each placeholder that is the whole of one of its Parameters (`("sns:Publish", "alerts_topic")`).
    """

    tasks: frozenset[str]
    machines: frozenset[str]
    sdk_actions: frozenset[str]
    awaited: frozenset[str]
    sdk_targets: frozenset[tuple[str, str]]


def references(definition: Definition) -> References:
    """Everything that the machine's role must be allowed to call."""
    tasks, machines, awaited = set(), set(), set()
    actions: set[str] = set()
    targets: set[tuple[str, str]] = set()
    for scope in scopes(definition.machine):
        for state in scope.states.values():
            if task := task_of(state):
                tasks.add(task)
            elif machine := machine_of(state):
                machines.add(machine)
                if state["Resource"] == START_AND_WAIT:
                    awaited.add(machine)
            elif action := sdk_action(state.get("Resource")):
                actions.add(action)
                targets |= {(action, name) for name in _names(state.get("Parameters"))}
    return References(
        frozenset(tasks), frozenset(machines), frozenset(actions), frozenset(awaited), frozenset(targets)
    )


def sdk_action(resource: Any) -> str | None:
    """`sns:Publish` for `arn:aws:states:::sns:publish` (or `:::aws-sdk:sns:publish`); else None."""
    if not isinstance(resource, str) or not resource.startswith(_HEAD) or resource in (START, START_AND_WAIT):
        return None
    parts = resource.removeprefix(_HEAD).removeprefix("aws-sdk:").split(".")[0].split(":")
    if len(parts) != 2 or parts[0] == "lambda" or not parts[1]:
        return None
    service, api = parts
    return f"{_IAM_PREFIX.get(service, service)}:{api[0].upper()}{api[1:]}"


def _names(parameters: Any) -> set[str]:
    if isinstance(parameters, str):
        alone = PLACEHOLDER.fullmatch(parameters)
        return {alone[1]} if alone else set()
    if isinstance(parameters, dict):
        return {name for inner in parameters.values() for name in _names(inner)}
    return set()
