"""AWS's ValidateStateMachineDefinition over every definition as it would be deployed."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


def problems(client: Any, text: str) -> list[str]:
    """What AWS finds wrong with a definition's text, warnings included; empty where it is fine.

    Source: Step Functions API reference, ValidateStateMachineDefinition: only `result` is to be relied on, so
    warnings are told and never fail.
    """
    try:
        answer = client.validate_state_machine_definition(definition=text, type="STANDARD", severity="WARNING")
    except (ClientError, BotoCoreError) as error:
        return [f"FAIL refused: {error}"]
    found = [
        f"{answer['result']} {one['severity']} {one['code']} at {one.get('location', '/')}: {one['message']}"
        for one in answer["diagnostics"]
    ]
    return found or ([] if answer["result"] == "OK" else ["FAIL without a reason"])
