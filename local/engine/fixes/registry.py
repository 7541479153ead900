"""The list of fixes, each by name, applied in order."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Setup:
    """What a fix may need to know about the engine that it is applied to.

    Attributes:
        time_scale: factor on waits and periods, above 0 and at most 1.
        iam: whether policies are enforced.
        meter: file for the coverage of definitions, or None.
    """

    time_scale: float = 1.0
    iam: bool = False
    meter: Path | None = None


Fix = Callable[[Setup], None]

_FIXES: dict[str, Fix] = {}


class UnknownFix(ValueError):
    """A name was left out that no fix has."""


def fix(name: str) -> Callable[[Fix], Fix]:
    """Register a fix under a name; the name is used by `--without-fix`."""

    def register(function: Fix) -> Fix:
        if name in _FIXES:
            raise ValueError(f"two fixes are called {name}")
        _FIXES[name] = function
        return function

    return register


def names() -> tuple[str, ...]:
    """All fixes in the order in which they are applied."""
    order = _order()
    return tuple(sorted(_FIXES, key=lambda name: order.index(_FIXES[name].__module__)))


def apply_all(setup: Setup, without: Collection[str] = ()) -> tuple[str, ...]:
    """Apply every fix but those named; return the applied names.

    Raises:
        UnknownFix: `without` holds a name that no fix has.
    """
    unknown = sorted(set(without) - set(names()))
    if unknown:
        raise UnknownFix(f"no such fix: {', '.join(unknown)}; there are: {', '.join(names())}")
    chosen = tuple(name for name in names() if name not in without)
    for name in chosen:
        _FIXES[name](setup)
    return chosen


def _order() -> list[str]:
    """Modules of fixes as the catalogue lists them: what replaces a function comes before what wraps it."""
    modules: Iterable[ModuleType] = importlib.import_module("local.engine.fixes.catalogue").MODULES
    return [module.__name__ for module in modules]
