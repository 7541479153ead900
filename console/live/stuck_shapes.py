"""The shapes of stuck-position: why it is stuck, what comes next, what a person said, what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from console.live.shapes import Found, cut, words
from console.live.steps import Finding, Tone

# What comes next, as a verdict.
NEXT: Final = {
    "ask": "a person is asked", "close": "to be closed", "correct": "its record is to be corrected",
    "wait_venue": "waits for the venue", "second_read": "flat at the venue: read once more",
    "wait_cycle": "waits for the strategy's own exit", "mend": "its protection is put back", "look": "looks again",
}  # fmt: skip


def look(it: Found) -> Iterator[Finding]:
    """A step of its settling: the verdict first, then its reason."""
    memo, end, verdict = it["memo"], it["end"], str(it["verdict"])
    if end is not None:
        yield Finding(cut(str(end["told"])), Tone.UNKNOWN if end["not_done"] or end["unknown"] else Tone.GOOD)
        return
    if not memo["looks"] and verdict == "look":
        return
    if verdict == "ask" and memo["stuck_by"] and not memo["questions"]:
        why = memo["stuck_by"]
        yield Finding(cut(f"stuck: {words(why['why'])} -> {NEXT[verdict]}"), Tone.VERDICT)
        yield Finding(cut(str(why["detail"])), Tone.EVIDENCE)
    else:
        yield Finding(cut(f"{NEXT.get(verdict, words(verdict))}: {it['why']}"))
    if it["correction"]:
        yield Finding(cut(str(it["correction"]["told"])), Tone.EVIDENCE)


def accounted(it: Found) -> Iterator[Finding]:
    """What the position came to, by the venue's fills."""
    pnl = it["pnl"]
    if pnl is None:
        why = "; ".join(it["unreadable"]) or "nothing of it was closed"
        yield Finding(cut(f"profit and loss not known: {why}"), Tone.UNKNOWN)
        return
    total = "not known" if pnl["total"] is None else f"{Decimal(str(pnl['total'])):+.2f} {pnl['quote']}"
    yield Finding(f"profit and loss: {total}", Tone.UNKNOWN if pnl["total"] is None else Tone.PLAIN)
    for line in pnl["lines"]:
        yield Finding(cut(str(line)), Tone.EVIDENCE)
