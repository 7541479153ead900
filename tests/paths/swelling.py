"""Answers so large that two together are more than passes between states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.paths.unknowns import Unknown

# Characters: one such text passes, two together do not (262,144 bytes).
HALF: Final = 150_000


def parts(value: Unknown) -> Iterator[Unknown]:
    """It, and everything in it."""
    yield value
    for one in (*value.fields.values(), *(value.items or ()), *([value.under] if value.under is not None else [])):
        yield from parts(one)


def swell(value: Unknown, told: set[Unknown]) -> bool:
    """Half of what passes, put where one of these may be anything; False where none of them may."""
    for one in parts(value):
        free = not (one.settled or one.missing or one.closed) and one.items is None and one.under is None
        if one in told and free:
            (one.at("padding") if one.fields else one).be("x" * HALF)
            return True
    return False
