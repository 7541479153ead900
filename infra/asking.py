"""Machines that ask a person need somebody to ask: said at synthesis, not at three in the morning."""

from __future__ import annotations

from collections.abc import Iterable

from functions.settings import Settings
from infra.asl import Definition
from infra.asl.states import LAMBDA_CALLBACK, every_state
from infra.errors import SetupError


def asks(definition: Definition) -> bool:
    """Whether a state of the machine waits for a person's answer."""
    return any(state.get("Resource") == LAMBDA_CALLBACK for _, _, state in every_state(definition.machine))


def require_approvers(definitions: Iterable[Definition], settings: Settings) -> None:
    """Raises SetupError with file and field where a machine asks and no desk could be asked.

    That every desk names known people on every rung is the settings' own rule (functions/approvers.py).
    """
    asking = sorted(definition.name for definition in definitions if asks(definition))
    if asking and "default" not in settings.approvals.desks:
        raise SetupError(
            f"{settings.env.value}.yaml: approvals.desks.default: is required, for {', '.join(asking)} "
            f"ask{'' if len(asking) > 1 else 's'} a person"
        )
