"""The shapes of the way back from an emergency stop."""

from __future__ import annotations

from collections.abc import Iterator

from console.live.shapes import Found, count, cut, names
from console.live.steps import Finding, Tone

VERDICTS = {"ask": "people are asked", "nothing_to_do": "nothing to do", "escalate": "nobody is asked",
            "dry_run": "dry run"}  # fmt: skip
BATCHES = {"batch": Tone.PLAIN, "over": Tone.GOOD, "stopped": Tone.BAD, "halt": Tone.BAD}
MOST_ITEMS = 5


def plan(it: Found) -> Iterator[Finding]:
    """What was decided, and each check that fails or that nobody can answer."""
    verdict, question = str(it["verdict"]), it.get("question")
    why = question["title"] if question else it["reason"]
    tone = Tone.BAD if verdict == "escalate" else Tone.VERDICT
    yield Finding(cut(f"{VERDICTS.get(verdict, verdict)}: {why}"), tone)
    for line in it["failing"][:MOST_ITEMS]:
        yield Finding(cut(str(line)), Tone.BAD)
    for line in it.get("forgotten", ())[:MOST_ITEMS]:
        yield Finding(cut(str(line)), Tone.BAD)
    for line in (*it["unknown"], *it["left_out"])[:MOST_ITEMS]:
        yield Finding(cut(str(line)), Tone.UNKNOWN)


def let_go(it: Found) -> Iterator[Finding]:
    """The kill switch after the answer."""
    yield Finding(f"kill switch: {it['why']}", Tone.PLAIN if it["managing"] else Tone.GOOD)


def service(it: Found) -> Iterator[Finding]:
    if it.get("stopped"):
        yield Finding(cut(str(it["stopped"])), Tone.BAD)
        return
    tone = Tone.GOOD if it["up"] else Tone.PLAIN if it["again"] else Tone.BAD
    yield Finding(f"service: {it['why']}", tone)


def batch(it: Found) -> Iterator[Finding]:
    """The next batch, or why there is none."""
    yield Finding(cut(str(it["why"])), BATCHES.get(str(it["verdict"]), Tone.UNKNOWN))


def beats(it: Found) -> Iterator[Finding]:
    """One look at a batch that was brought back."""
    if it.get("stopped"):
        yield Finding(cut(str(it["stopped"])), Tone.BAD)
    elif it["missing"]:
        left = f", {count(it['looks_left'], 'look')} left" if it["again"] else ""
        tone = Tone.PLAIN if it["again"] else Tone.BAD
        yield Finding(f"no heartbeat yet of {count(it['missing'], 'strategy')}{left}", tone)
    else:
        yield Finding("all of the batch beat", Tone.GOOD)
    if it["silent"]:
        yield Finding(f"no signal seen of {names(it['silent_names'])}", Tone.UNKNOWN)
    if it["signals_unread"]:
        yield Finding(cut(f"signals could not be read: {it['signals_unread']}"), Tone.UNKNOWN)


def promoted(it: Found) -> Iterator[Finding]:
    left = f"; {it['left']} still in warmup" if it["left"] else ""
    tone = Tone.BAD if it["left"] else Tone.GOOD
    yield Finding(f"{count(it['promoted'], 'strategy')} back in the status of before the stop{left}", tone)
    for line in it["whys"][:MOST_ITEMS]:
        yield Finding(cut(str(line)), Tone.UNKNOWN)


def batch_end(it: Found) -> Iterator[Finding]:
    """What a batch came to."""
    failed = f", {it['failed']} failed: {names(it['failed_names'])}" if it["failed"] else ""
    unknown = f", {it['unknown']} unknown" if it["unknown"] else ""
    tone = Tone.BAD if it["failed"] or it.get("stopped") else Tone.UNKNOWN if it["unknown"] else Tone.GOOD
    yield Finding(f"batch {it['number']}: {it['well']} of {it['tried']} are back{failed}{unknown}", tone)


def halted(it: Found) -> Iterator[Finding]:
    latched = "kill switch engaged" if it["latched"] else "kill switch NOT ENGAGED"
    yield Finding(cut(f"everything halted again, {latched}: {it['why']}"), Tone.BAD)
