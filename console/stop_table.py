"""The table at the end of an emergency stop: what stands still, what does not, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from console.live.shapes import RESULT_TONES, words
from console.live.steps import Finding, Tone
from console.live.stop_shapes import tasks_left
from functions.halting import SEGMENTS
from functions.rules.stop_pieces import together

Row = tuple[str, Finding]
# What the stop says where no status page is set: nothing was done, and nothing was to be.
NOT_CONFIGURED: Final = "not configured"
NOT_SEEN: Final = Finding("unknown: it could not be seen from here", Tone.UNKNOWN)
OUTCOMES: Final = {"resolved": Tone.GOOD, "dry_run": Tone.PLAIN, "nothing_to_do": Tone.PLAIN}


def rows(
    state: Mapping[str, Any] | None,
    *,
    outcome: str,
    incident_id: str | None,
    report: str | None,
    execution_arn: str,
) -> list[Row]:
    """`state` is what the stop's last task was given (`job`, `did`, `look`, `exposure`)."""
    return [
        ("outcome", Finding(words(outcome).upper(), OUTCOMES.get(outcome, Tone.BAD))),
        *_parts(state or {}),
        ("incident", Finding(incident_id or "none was written")),
        ("report", Finding(report) if report else Finding("not stored", Tone.UNKNOWN)),
        ("run", Finding(execution_arn)),
    ]


def _parts(state: Mapping[str, Any]) -> Iterator[Row]:
    look = state.get("look") or {}
    yield "kill switch", _kill_switch(state.get("job") or {}, look)
    dry_run = _dry_run(state.get("job") or {})
    yield from _strategies(look, dry_run=dry_run)
    named = {str(part.get("name")): part for part in state.get("did") or () if isinstance(part, Mapping)}
    yield from _service(named.get("service"), look, dry_run=dry_run)
    for title in ("entry orders", "status page"):
        yield from _part(title, named.get(title), dry_run=dry_run)
    yield from _exposure(state.get("exposure"))


def _kill_switch(job: Mapping[str, Any], look: Mapping[str, Any]) -> Finding:
    if not job:
        return NOT_SEEN
    if look.get("latched", job.get("latched")):
        return Finding(f"engaged, halt {look.get('halt_id') or job.get('halt_id')}", Tone.GOOD)
    if _dry_run(job):
        return Finding("dry run: not touched")
    return Finding(f"NOT LATCHED: {job.get('latch_why') or 'it did not stand engaged at the last look'}", Tone.BAD)


def _dry_run(job: Mapping[str, Any]) -> bool:
    order = job.get("order")
    return isinstance(order, Mapping) and order.get("dry_run") is True


def _strategies(look: Mapping[str, Any], *, dry_run: bool) -> Iterator[Row]:
    """As the last look found them; the list of all lies with the report."""
    counts = look.get("counts")
    if not isinstance(counts, Mapping):
        yield "strategies", NOT_SEEN
        return
    if dry_run:
        would = f"{counts['not_done']} would be stopped, {counts['unknown']} unknown"
        yield "strategies", Finding(f"dry run: {would}{_unread(look)}")
        yield from _reasons(look)
        return
    tone = Tone.BAD if counts["not_done"] else Tone.UNKNOWN if counts["unknown"] or look["unread"] else Tone.GOOD
    done = counts["done"] + counts["already"]
    told = f"{done} done, {counts['not_done']} not done, {counts['unknown']} unknown"
    if look["unread"] and not any((done, counts["not_done"], counts["unknown"])):
        told = "how many is unknown"
    yield "strategies", Finding(f"{told}{_unread(look)}", tone)
    if look["came_back"]["total"]:
        yield "", Finding(f"came back, stopped again: {', '.join(look['came_back']['some'])}", Tone.UNKNOWN)
    yield from _reasons(look)


def _unread(look: Mapping[str, Any]) -> str:
    return f"; {len(look['unread'])} of {SEGMENTS} parts of the table unread" if look["unread"] else ""


def _reasons(look: Mapping[str, Any]) -> Iterator[Row]:
    """The same reason once, however many parts were not read for it."""
    for line in together(map(str, look["unread"])):
        yield "", Finding(line, Tone.UNKNOWN)


def _exposure(part: Any) -> Iterator[Row]:
    """That it was listed protects nothing: no tick."""
    for title, row in _part("exposure", part):
        listed = title and row.tone is Tone.GOOD
        yield (
            title,
            Finding(f"listed: {part['why']}", Tone.UNKNOWN if part.get("items") else Tone.PLAIN) if listed else row,
        )


def _service(part: Any, look: Mapping[str, Any], *, dry_run: bool) -> Iterator[Row]:
    yield from _part("service", part, dry_run=dry_run)
    if dry_run:
        return
    if look.get("desired") is not None:
        yield (
            "",
            Finding(
                f"at the last look: {tasks_left(dict(look))}",
                Tone.BAD if look["desired"] or look["running"] else Tone.GOOD,
            ),
        )


def _part(title: str, part: Any, *, dry_run: bool = False) -> Iterator[Row]:
    """One part and its named items below it. What a rehearsal has not done is no failure."""
    if not isinstance(part, Mapping) or "result" not in part:
        yield title, NOT_SEEN
        return
    result = str(part["result"])
    if part.get("why") == NOT_CONFIGURED:
        yield title, Finding(NOT_CONFIGURED)
        return
    if dry_run and result == "not_done":
        yield title, Finding(str(part.get("why")))
    else:
        yield title, Finding(f"{words(result)}: {part.get('why')}", RESULT_TONES.get(result, Tone.UNKNOWN))
    for item in part.get("items") or ():
        yield "", Finding(str(item))
