"""The table at the end of an emergency stop: what stands still, what does not, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from console.live.shapes import RESULT_TONES, words
from console.live.steps import Finding, Tone

Row = tuple[str, Finding]
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
    yield "strategies", _strategies(look)
    named = {str(part.get("name")): part for part in state.get("did") or () if isinstance(part, Mapping)}
    for title in ("service", "entry orders", "status page"):
        yield from _part(title, named.get(title))
    yield from _part("exposure", state.get("exposure"))


def _kill_switch(job: Mapping[str, Any], look: Mapping[str, Any]) -> Finding:
    if not job:
        return NOT_SEEN
    if look.get("latched", job.get("latched")):
        return Finding(f"engaged ({job.get('halt_id') or 'by this stop'})", Tone.GOOD)
    return Finding(f"NOT LATCHED: {job.get('latch_why')}", Tone.BAD)


def _strategies(look: Mapping[str, Any]) -> Finding:
    return NOT_SEEN if not look else Finding(str(look.get("why")))


def _part(title: str, part: Any) -> Iterator[Row]:
    """One part and its named items below it."""
    if not isinstance(part, Mapping) or "result" not in part:
        yield title, NOT_SEEN
        return
    result = str(part["result"])
    yield title, Finding(f"{words(result)}: {part.get('why')}", RESULT_TONES.get(result, Tone.UNKNOWN))
    for item in part.get("items") or ():
        yield "", Finding(str(item))
