"""The sizes that a Fargate task may have, in CPU units and MiB.

Source: ECS developer guide, "Troubleshoot Amazon ECS task definition invalid CPU or memory errors". It stands here
by itself: an engine that took the table from the product could not show that the product has it right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# CPU units: smallest memory, largest memory, step.
RANGES = {
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}
SMALLEST = {256: (512, 1024, 2048)}


def possible(cpu: int, memory: int) -> bool:
    """Whether Fargate has such a task."""
    if cpu in SMALLEST:
        return memory in SMALLEST[cpu]
    least, most, step = RANGES.get(cpu, (0, -1, 1))
    return least <= memory <= most and not (memory - least) % step


def refusal(definition: Mapping[str, Any]) -> str | None:
    """ECS's words for a Fargate task definition that it would not register; None: it would."""
    if "FARGATE" not in (definition.get("requiresCompatibilities") or ()):
        return None
    if definition.get("networkMode", "awsvpc") != "awsvpc":
        return "Fargate only supports network mode 'awsvpc'."
    for name in ("cpu", "memory"):
        if not definition.get(name):
            return f"Fargate requires that '{name}' be defined at the task level."
    cpu, memory = _number(definition["cpu"], 1024), _number(definition["memory"], 1024)
    if cpu is None or memory is None or not possible(cpu, memory):
        return (
            f"No Fargate configuration exists for given values: {definition['cpu']} CPU, "
            f"{definition['memory']} memory. See the Amazon ECS documentation for the valid values."
        )
    return _too_large(definition.get("containerDefinitions") or (), memory)


def _too_large(containers: Sequence[Mapping[str, Any]], memory: int) -> str | None:
    for container in containers:
        if int(container.get("memory") or 0) > memory:
            return (
                f"Invalid setting for container '{container.get('name')}'. The container's memory must not be "
                "larger than the task's."
            )
    reserved = sum(int(one.get("memory") or one.get("memoryReservation") or 0) for one in containers)
    if reserved > memory:
        return "The memory of all containers together must not be larger than the task's."
    return None


def _number(text: object, unit: int) -> int | None:
    """`2048`, or with its unit: `2 vCPU`, `4 GB`."""
    words = str(text).split()
    try:
        return int(words[0]) if len(words) == 1 else int(float(words[0]) * unit)
    except (ValueError, IndexError):
        return None
