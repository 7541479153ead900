"""What becomes of a symbol that its venue does not trade any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

# Answers that a question has room for.
MOST_CANDIDATES: Final = 3
# What venues call a symbol that they trade no more, and never will again. Anything else (a halt, a suspension, one
# that is not open yet, nothing at all) may be over in a minute.
_FOR_GOOD: Final = re.compile(r"(?i)^((pre_?)?(deliver|settl)(e|ed|ing)|closed?|expired|delisted)$")
_WHOLE: Final = re.compile(r"^[A-Z0-9]{1,20}/[A-Z0-9]{1,10}(:[A-Z0-9]{1,10})?$")
_NUMBERED: Final = re.compile(r"^\d*([A-Z]+)\d*$")


def ends_for_good(status: str | None) -> bool:
    """Whether the venue's word for a symbol that it does not trade now says that it never will again."""
    return status is not None and _FOR_GOOD.match(status.strip()) is not None


def candidates(symbol: str, traded: Iterable[str]) -> tuple[str, ...]:
    """Symbols that the venue trades now and that may be the old one's new name: the same quote and settlement, and
    the same base but for a number before or behind it (`SOL` and `SOL2`, `SHIB` and `1000SHIB`). Only a person can
    say whether one is."""
    base, rest = _parts(symbol)
    stem = _stem(base)
    found = [one for one in traded if one != symbol and _parts(one)[1] == rest and _stem(_parts(one)[0]) == stem]
    return tuple(sorted(found, key=lambda one: (len(one), one))[:MOST_CANDIDATES]) if base and rest else ()


def named(symbol: str, text: str) -> str | None:
    """The symbol that a person means, at the same quote and settlement where they name the base alone (`POL`,
    `POLUSDT` and `POL/USDT:USDT` for `MATIC/USDT:USDT`). None where it is no name."""
    rest, given = _parts(symbol)[1], text.strip().upper()
    if _WHOLE.match(given):
        return given
    base = given.removesuffix(rest.partition(":")[0]) or given
    return f"{base}/{rest}" if rest and base.isascii() and base.isalnum() else None


def without(symbols: Sequence[str], symbol: str) -> list[str]:
    return [one for one in symbols if one != symbol]


def replaced(symbols: Sequence[str], symbol: str, by: str) -> list[str]:
    """In its place; once, where the new one stands there already."""
    return list(dict.fromkeys(by if one == symbol else one for one in symbols))


def _parts(symbol: str) -> tuple[str, str]:
    """`BTC` and `USDT:USDT`."""
    base, _, rest = symbol.partition("/")
    return base.upper(), rest.upper()


def _stem(base: str) -> str:
    found = _NUMBERED.match(base)
    return found.group(1) if found else base
