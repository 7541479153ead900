"""The shapes of questions to people and of what came of them."""

from __future__ import annotations

from collections.abc import Iterator

from console.live import shapes
from console.live.shapes import Found, cut, names, words
from console.live.steps import Finding, Tone


def answer(it: Found) -> Iterator[Finding]:
    """A person's answer; without one nobody decided."""
    if not it["decided_by"]:
        told = {"lapsed": "nobody answered in time", "unreached": "nobody could be reached",
                "revoked": "taken back: the run ends"}  # fmt: skip
        yield Finding(told.get(it["decision"], words(it["decision"])), Tone.BAD)
        return
    note = f': "{it["note"]}"' if it.get("note") else ""
    yield Finding(cut(f"{words(it['decision'])}, by {' and '.join(it['decided_by'])}{note}"), Tone.VERDICT)
    if it.get("why_alone"):
        yield Finding(cut(f"one was enough: {it['why_alone']}"), Tone.UNKNOWN)


def switch_plan(it: Found) -> Iterator[Finding]:
    if it["question"] is None:
        yield Finding(f"nobody is asked: {it['why']}", Tone.UNKNOWN)
        return
    who = names(f"{one['strategy_id']} to {one['fallback']}" for one in it["switches"])
    yield Finding(f"asks; can be switched: {who or 'none'}")
    for kept in it["kept"][:3]:
        yield Finding(f"{kept['strategy_id']} cannot: {kept['why']}", Tone.UNKNOWN)


def switched(it: Found) -> Iterator[Finding]:
    if it["keep_waiting"]:
        yield Finding(str(it["wait"]["why"]))
        return
    yield from shapes.remedy(it["result"])
    for one in it["result"]["strategies"]:
        yield from shapes.effect(one)
