"""The one way in which a fix changes ministack: a module's function replaced by one made from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any


class MinistackChanged(Exception):
    """Ministack is not as the fix expects it; the pinned version was changed without a look at the fixes."""


def around(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace `owner.name` by `make(owner.name)`.

    Raises:
        MinistackChanged: there is no such attribute.
    """
    if not hasattr(owner, name):
        raise MinistackChanged(f"{getattr(owner, '__name__', owner)} has no {name} any more")
    setattr(owner, name, make(getattr(owner, name)))


def rewrite(module: ModuleType, name: str, old: str, new: str) -> None:
    """Replace `module.name` by the same function with one piece of its text changed.

    For a decision in the middle of a long function, where wrapping it would mean writing it anew.

    Raises:
        MinistackChanged: there is no such function, or `old` does not occur exactly once in it.
    """
    if not hasattr(module, name):
        raise MinistackChanged(f"{module.__name__} has no {name} any more")
    text = reworded(inspect.getsource(getattr(module, name)), old, new)
    exec(compile(text, str(module.__file__), "exec"), module.__dict__)  # noqa: S102 # ministack's own text


def reworded(text: str, old: str, new: str) -> str:
    """`text` with its one occurrence of `old` replaced.

    Raises:
        MinistackChanged: `old` does not occur exactly once.
    """
    if text.count(old) != 1:
        raise MinistackChanged(f"expected exactly one {old!r}, found {text.count(old)}")
    return text.replace(old, new)
