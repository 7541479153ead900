"""A state machine may do what its role may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.iam.calls import calls_of
from local.engine.iam.roles import refused, told
from local.engine.sfn import place

# The name that Step Functions gives to a service's refusal of the machine's own role.
ERRORS = {"lambda": "Lambda.AWSLambdaException", "states": "StepFunctions.AccessDeniedException"}


@fix("iam-machine-roles")
def check_machine_roles(setup: Setup) -> None:
    """With enforcement, each task's call is checked against the machine's role before it is made.

    AWS: Step Functions developer guide, "How Step Functions generates IAM policies for integrated services".
    """
    if not setup.iam:
        return

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def invoke_resource(resource: str, parameters: Any) -> Any:
            role = _role()
            denied = refused(role, calls_of(resource, parameters)) if role is not None else None
            if denied is not None:
                service = denied.action.split(":")[0]
                error = ERRORS.get(service, f"{service.capitalize()}.AccessDeniedException")
                raise stepfunctions._ExecutionError(error, told(role or "", denied))
            return original(resource, parameters)

        return invoke_resource

    around(stepfunctions, "_invoke_resource", make)


def _role() -> str | None:
    here = place.here.get()
    execution = stepfunctions._executions.get(here.execution) if here else None
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
    return str(machine["roleArn"]) if machine else None
