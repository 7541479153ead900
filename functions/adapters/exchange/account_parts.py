"""An account, read part by part: what is worse stands, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# Of two parts that speak of the same thing, what is worse stands.
WORSE: Final[Mapping[str, bool]] = {"can_trade": False, "frozen": True}


def merged(read: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an account, with those of one more part."""
    stands = {name for name, worse in WORSE.items() if read.get(name) is worse}
    if "frozen" in stands:
        stands.add("frozen_why")
    return {**read, **{name: value for name, value in more.items() if name not in stands}}
