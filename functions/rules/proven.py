"""How a summary says that a run came to a good end: `verified` only where nothing is left to be proven."""

from __future__ import annotations

from collections.abc import Sequence


def lead(word: str, not_proven: Sequence[str]) -> str:
    """What a summary begins with: `Resolved and verified: `, or `Resolved; not proven: orders, signals - `."""
    return f"{word}; not proven: {', '.join(not_proven)} - " if not_proven else f"{word} and verified: "


def tail(not_proven: Sequence[str]) -> str:
    """What ends a summary that claims nothing by its first words; nothing where all is proven."""
    return f"; not proven: {', '.join(not_proven)}" if not_proven else ""


def without(summary: str, not_proven: Sequence[str]) -> str:
    """The summary for whoever has said already what is not proven."""
    if not not_proven:
        return summary
    for word in ("Resolved", "Stopped"):
        summary = summary.removeprefix(lead(word, not_proven))
    return summary.removesuffix(tail(not_proven))
