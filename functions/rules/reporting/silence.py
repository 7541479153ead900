"""For how long strategies sent no heartbeat: what an outage of them cost in time."""

from __future__ import annotations

from functions.facts import Outcome
from functions.rules.reporting.beat_lanes import by_strategy
from functions.rules.reporting.incident import Incident
from functions.rules.reporting.lanes import Tone
from functions.rules.reporting.moments import clock, lasted


def silence(it: Incident) -> str:
    """` for 5 min 28 s (08:59:08 to 09:04:36 UTC)`: from the last heartbeat to the first look that found one again,
    or to the last look. Empty where nobody knows: not each of the incident's strategies was looked at by itself,
    one had no heartbeat that could be read, or it ended well and no look says since when."""
    wanted = set(it.texts("strategy_ids"))
    seen = by_strategy({name: it.maps(name) for name in ("evidence", "checklist")})
    known = {
        name: [bar for bar in found.bars if bar.tone is Tone.BAD]
        for name, found in seen.items()
        # It begins before the look that found it: with a heartbeat that was read.
        if name in wanted and found.bars and found.bars[0].start < found.marks[0].at
    }
    silent = [(bars[0].start, bars[-1].end) for bars in known.values() if bars]
    ends = [end for _, end in silent if end]
    still = any(seen[name].last is Tone.BAD for name in known)
    resolved = it.item.get("outcome") == Outcome.RESOLVED
    if not ends or len(silent) < int(it.item.get("strategy_ids_total") or len(wanted)) or (still and resolved):
        return ""
    start, end = min(start for start, _ in silent), max(ends)
    alike = len(set(silent)) == 1 and all(len(bars) == 1 for bars in known.values())
    dated = start.date() != end.date()
    stretch = f"{clock(start, dated=dated)} to {clock(end, dated=dated)} UTC"
    more = ", and not all beat at its end" if still else ""
    return f" for {'' if alike else 'up to '}{lasted(end - start)} ({stretch}{more})"
