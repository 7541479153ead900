"""The shapes of an emergency stop and of the way back from it."""

from __future__ import annotations

from collections.abc import Iterator

from console.live.shapes import RESULT_TONES, Found, count, cut, names, words
from console.live.steps import Finding, Tone
from functions.rules.stop_pieces import together

MOST_ITEMS = 3


def engaged(job: Found) -> Iterator[Finding]:
    """The kill switch after the first write."""
    if job["latched"]:
        yield Finding(f"engaged: halt {job['halt_id']}", Tone.GOOD)
    elif isinstance(job["order"], dict) and job["order"].get("dry_run") is True:
        yield Finding("dry run: nothing will be changed")
    else:
        yield Finding(f"NOT LATCHED, going on: {job['latch_why']}", Tone.BAD)
    unread = job["order"].get("unread") if isinstance(job["order"], dict) else None
    would = "would be" if isinstance(job["order"], dict) and job["order"].get("dry_run") is True else "is"
    for line in unread or ():
        yield Finding(f"could not be read, so everything {would} stopped: {line}", Tone.UNKNOWN)


def segment(it: Found) -> Iterator[Finding]:
    """One part of the scan; `done` and `already` stand stopped."""
    tone = Tone.BAD if it["counts"]["not_done"] else Tone.UNKNOWN if _doubtful(it) else Tone.GOOD
    yield Finding(counted(it["counts"]), tone)
    if it.get("unread"):
        yield Finding(cut(str(it["unread"])), Tone.UNKNOWN)
    for item in it["items"][:MOST_ITEMS]:
        yield Finding(cut(str(item)), Tone.UNKNOWN)


def _doubtful(it: Found) -> bool:
    return bool(it["counts"]["unknown"] or it.get("unread"))


def counted(counts: Found) -> str:
    """`12 stopped, 1 not done, 2 unknown`; what is nought is left out."""
    told = {"stopped": counts["done"], "already": counts["already"], "not done": counts["not_done"],
            "unknown": counts["unknown"]}  # fmt: skip
    return ", ".join(f"{number} {what}" for what, number in told.items() if number) or "none trades"


def part(it: Found) -> Iterator[Finding]:
    result = str(it["result"])
    told = it["why"] if result == "done" else f"{words(result)}: {it['why']}"
    tone = RESULT_TONES.get(result, Tone.UNKNOWN)
    if it["name"] == "exposure" and it["items"] and tone is Tone.GOOD:
        # That they are listed protects nothing.
        tone = Tone.UNKNOWN
    elif result == "not_done" and str(it["why"]).startswith("dry run"):
        told, tone = it["why"], Tone.PLAIN
    yield Finding(cut(str(told)), tone)
    for item in it["items"][:MOST_ITEMS]:
        yield Finding(cut(str(item)), Tone.EVIDENCE)
    if len(it["items"]) > MOST_ITEMS:
        yield Finding(f"and {len(it['items']) - MOST_ITEMS} more", Tone.EVIDENCE)


def tasks_left(look: Found) -> str:
    """What ECS says of the service's tasks."""
    wanted = f", and {look['desired']} wanted" if look["desired"] else ""
    return f"{'no task runs' if not look['running'] else count(look['running'], 'task') + ' not ended'}{wanted}"


def look(it: Found) -> Iterator[Finding]:
    """One look at everything that was to stop."""
    counts, running = it["counts"], it["running"]
    stands = f"{counts['done'] + counts['already']} stopped"
    for what in ("not_done", "unknown"):
        stands += f", {counts[what]} {words(what)}" if counts[what] else ""
    tasks = "" if it["desired"] is None else f"; {tasks_left(it)}"
    tone = Tone.BAD if counts["not_done"] else Tone.UNKNOWN if counts["unknown"] or running else Tone.GOOD
    passes = "1 pass" if it["passes"] == 1 else f"{it['passes']} passes"
    yield Finding(f"{passes}: {stands}{tasks}", tone)
    # A rehearsal has not tried it, and names no trouble with it.
    if not it["latched"] and any(str(one).startswith("not latched") for one in it["trouble"]):
        yield Finding("the kill switch is NOT LATCHED", Tone.BAD)
    if it["came_back"]["total"]:
        yield Finding(f"came back and was stopped again: {names(it['came_back']['some'])}", Tone.BAD)
    for line in (*together(map(str, it["unread"])), *it["trouble"])[:MOST_ITEMS]:
        yield Finding(cut(str(line)), Tone.UNKNOWN)
