"""For whom the kill switch is engaged. What could not be read is None and never counts as released."""

from __future__ import annotations

from functions.facts import KillSwitchFact


def halts_everything(switch: KillSwitchFact | None) -> bool:
    """Engaged without a list, or with an empty one: an empty list must not read as "for nobody"."""
    return switch is not None and switch.engaged and not switch.strategy_ids


def halts(switch: KillSwitchFact | None, strategy_id: str) -> bool:
    """Engaged for this strategy."""
    if switch is None or not switch.engaged:
        return False
    if switch.strategy_ids:
        return strategy_id in switch.strategy_ids
    return strategy_id not in switch.released_ids


def why_not_restart(switch: KillSwitchFact | None, strategy_id: str) -> str | None:
    """None: this strategy may be restarted. Fails closed."""
    if switch is None:
        return "the kill switch could not be read"
    return told(switch) if halts(switch, strategy_id) else None


def why_not_redeploy(switch: KillSwitchFact | None) -> str | None:
    """None: the service may be redeployed. A redeploy starts every strategy of the service again, so a kill
    switch that is engaged for one of them forbids it as well."""
    if switch is None:
        return "the kill switch could not be read"
    return told(switch) if switch.engaged else None


def told(switch: KillSwitchFact) -> str:
    """One clause: for whom, by whom, when and why."""
    whom = f" for {', '.join(switch.strategy_ids[:5])}" if switch.strategy_ids else ""
    by = f" by {switch.engaged_by}" if switch.engaged_by else ""
    when = f" at {switch.engaged_at:%Y-%m-%d %H:%M:%S} UTC" if switch.engaged_at else ""
    why = f": {switch.reason}" if switch.reason else ""
    return f"the kill switch is engaged{whom}{by}{when}{why}"
