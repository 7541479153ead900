"""Reference paths: `$.run.id`, `$['a b']`, `$.items[0]`. Filters, slices and wildcards are refused.

Why so few: a path that selects gives a list on AWS and something else elsewhere; a task can select better.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from infra.checks.shapes import EMPTY, UNKNOWN, Shape

Steps = tuple[str | int, ...]

_PATH: Final = re.compile(r"\$(\.[A-Za-z_]\w*|\['[^'\]]+'\]|\[\d+\])*")
_STEP: Final = re.compile(r"\.([A-Za-z_]\w*)|\['([^'\]]+)'\]|\[(\d+)\]")


@dataclass(frozen=True)
class Unresolved(Exception):
    """A path that may not resolve, and why."""

    why: str


def parse(path: str) -> Steps | None:
    """The steps of a reference path; None where it is none."""
    if not _PATH.fullmatch(path):
        return None
    return tuple(int(step[2]) if step[2] else step[0] or step[1] for step in _STEP.findall(path))


def resolve(shape: Shape, steps: Steps) -> Shape:
    """What is at the path; Unresolved where it is not surely there."""
    done = "$"
    for step in steps:
        if shape.is_unknown:
            raise Unresolved(f"nothing is known about {done}")
        wanted = "object" if isinstance(step, str) else "array"
        if wanted not in shape.kinds:
            raise Unresolved(f"{done} is {_told(shape)}")
        if shape.kinds != {wanted}:
            raise Unresolved(f"{done} may be {_told(shape, without=wanted)}")
        if isinstance(step, str):
            if step not in shape.fields:
                raise Unresolved(f"{done} surely has only {', '.join(shape.fields) or 'no field'}")
            shape = shape.fields[step]
            done = f"{done}.{step}"
        else:
            if shape.places is None or step >= len(shape.places):
                raise Unresolved(f"{done} may have fewer items")
            shape = shape.places[step]
            done = f"{done}[{step}]"
    return shape


def put(shape: Shape, steps: Steps, value: Shape) -> Shape:
    """`shape` with `value` at the path, as ResultPath does it; Unresolved where it may meet no object."""
    if not steps:
        return value
    if shape.kinds != {"object"}:
        raise Unresolved("nothing is known about it" if shape.is_unknown else f"it may be {_told(shape)}")
    step = steps[0]
    if not isinstance(step, str):
        raise Unresolved("a result is put at a name, not at an index")
    if len(steps) == 1:
        return shape.with_field(step, value)
    return shape.with_field(step, put(shape.fields.get(step, EMPTY), steps[1:], value))


def assume(shape: Shape, steps: Steps) -> Shape:
    """`shape` where the path is known to be present (a Choice has asked)."""
    if not steps:
        return shape
    step = steps[0]
    if not isinstance(step, str):
        return shape
    kinds = frozenset({"object"})
    inner = shape.fields.get(step, UNKNOWN)
    return replace(shape, kinds=kinds, fields={**shape.fields, step: assume(inner, steps[1:])})


def narrow(shape: Shape, steps: Steps) -> Shape:
    """`shape` where what is at the path is known not to be null."""
    if not steps:
        return shape.without_null()
    step = steps[0]
    if not isinstance(step, str) or step not in shape.fields:
        return shape
    return shape.with_field(step, narrow(shape.fields[step], steps[1:]))


def _told(shape: Shape, without: str = "") -> str:
    return " or ".join(sorted(shape.kinds - {without}))
