"""The sizes that a Fargate task may have, and the next one with more memory.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html (MiB).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GIB: Final = 1024

# CPU units -> every valid memory in MiB.
SIZES: Final[dict[int, tuple[int, ...]]] = {
    256: (512, 1 * GIB, 2 * GIB),
    512: tuple(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: tuple(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: tuple(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: tuple(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: tuple(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: tuple(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}


@dataclass(frozen=True, slots=True)
class Size:
    cpu: int
    memory_mb: int


def is_valid(size: Size) -> bool:
    return size.memory_mb in SIZES.get(size.cpu, ())


def next_size(cpu: int | None, memory_mb: int | None) -> Size | None:
    """The cheapest valid size with more memory and no less CPU; None where the present one is not known or
    is the largest."""
    if cpu is None or memory_mb is None:
        return None
    for units in sorted(SIZES):
        larger = [m for m in SIZES[units] if m > memory_mb]
        if units >= cpu and larger:
            return Size(units, larger[0])
    return None
