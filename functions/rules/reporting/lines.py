"""Cells of several lines, and words that are typed as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

# Between the lines of a cell, and around what is typed: `told` makes spaces of them where a text from outside holds
# one, so that nothing from outside is taken for either.
BREAK: Final = "\x1e"
TYPED: Final = "\x1f"
_TYPED: Final = re.compile(f"{TYPED}([^{TYPED}]+){TYPED}")


def lines(found: Iterable[str]) -> str:
    """One cell, each of them on a line of its own."""
    return BREAK.join(found)


def lines_of(cell: str) -> list[str]:
    return [one for one in cell.split(BREAK) if one.strip()] or [""]


def typed(command: str) -> str:
    """As a renderer shows what a person types."""
    return f"{TYPED}{command}{TYPED}"


def rendered(text: str, plain_: Callable[[str], str], code: Callable[[str], str]) -> str:
    """`text` by two renderers: what is typed, and the rest. Spaces between the two stay."""
    if TYPED not in text:
        return plain_(text)
    parts = []
    for n, part in enumerate(_TYPED.split(text)):
        before, after = " " * part.startswith(" "), " " * (part.endswith(" ") and len(part) > 1)
        parts.append(code(part) if n % 2 else f"{before}{plain_(part.strip())}{after}" if part else "")
    return "".join(parts)
