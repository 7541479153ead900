"""Task definitions: only sizes that exist, and lists of one family in the order of its revisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecs

from local.engine.ecs.sizes import refusal
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix


@fix("ecs-fargate-sizes")
def refuse_impossible_sizes(_setup: Setup) -> None:
    """A Fargate task definition whose CPU and memory do not go together is a ClientException.

    AWS: ECS API reference, RegisterTaskDefinition (cpu, memory); ECS developer guide, "Troubleshoot Amazon ECS
    task definition invalid CPU or memory errors".
    """

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def register(data: dict[str, Any]) -> Any:
            told = refusal(data)
            return ecs.error_response_json("ClientException", told, 400) if told else original(data)

        return register

    around(ecs, "_register_task_definition", make)
    ecs._ACTION_MAP["RegisterTaskDefinition"] = ecs._register_task_definition


@fix("ecs-definition-lists")
def list_one_family(_setup: Setup) -> None:
    """`familyPrefix` is the whole name of a family, and the list is sorted by family and revision.

    AWS: ECS API reference, ListTaskDefinitions (familyPrefix: "the full family name"; sort).
    """

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def list_task_definitions(data: dict[str, Any]) -> Any:
            family = data.get("familyPrefix")
            kept = ecs._task_defs
            wanted = sorted(
                (one for one in kept.items() if not family or one[1]["family"] == family),
                key=lambda one: (one[1]["family"], one[1]["revision"]),
            )
            answered: Any = _with(dict(wanted), lambda: original(data))
            return answered

        return list_task_definitions

    around(ecs, "_list_task_definitions", make)
    ecs._ACTION_MAP["ListTaskDefinitions"] = ecs._list_task_definitions


def _with(definitions: dict[str, Any], act: Callable[[], Any]) -> Any:
    """Act with these definitions and no others; every call of ECS holds one lock."""
    whole = ecs._task_defs
    ecs._task_defs = definitions
    try:
        return act()
    finally:
        ecs._task_defs = whole
