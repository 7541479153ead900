"""Whether somebody stopped trading again while it was being brought back. The run then does nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from functions.facts import KillSwitchFact
from functions.rules.kill_switch import halts


def hash_of(stops: Iterable[str]) -> str:
    """The stops of a halt, in any order; they may be many, and a state holds little."""
    return sha256("\n".join(sorted(stops)).encode()).hexdigest()[:32]


def stopped_again(
    switch: KillSwitchFact,
    *,
    strategy_ids: Sequence[str] | None,
    halt_id: str | None,
    stops: str,
    managing: bool,
) -> str | None:
    """Who stopped it and why, a clause; None: nobody. `strategy_ids` None: all come back. `halt_id` and `stops` are
    the halt as it was asked about: managing goes on only while it stands just so."""
    if managing:
        as_asked = switch.engaged and switch.manage_only and switch.halt_id == halt_id
        return None if as_asked and hash_of(switch.stops) == stops else _who(switch)
    if not switch.engaged:
        return None
    if strategy_ids is None:
        return _who(switch)
    return _who(switch) if any(halts(switch, one) for one in strategy_ids) else None


def _who(switch: KillSwitchFact) -> str:
    if not switch.engaged:
        return "somebody released the kill switch, and nobody may trade yet"
    by, why = switch.engaged_by or "nobody named", switch.reason or "no reason given"
    when = f" at {switch.engaged_at:%H:%M:%S} UTC" if switch.engaged_at else ""
    return f"stopped again meanwhile; the kill switch is engaged by {by}{when}: {why}"
