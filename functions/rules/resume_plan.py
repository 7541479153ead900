"""Whether a resume may be asked about: nothing to do, not now, or a person decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from functions.facts import KillSwitchFact
from functions.rules.kill_switch import halts, told
from functions.rules.proposals import names


@dataclass(frozen=True, slots=True)
class Way:
    """`nothing` says why there is nothing to do, `blocked` why a person must act first; both None: it may be
    asked. `whole`: the kill switch would be released whole. `everybody`: all that a halt stopped come back."""

    nothing: str | None
    blocked: str | None
    whole: bool
    everybody: bool


def way(
    switch: KillSwitchFact,
    *,
    strategy_ids: Collection[str] | None,
    coming: Sequence[str],
    only_manage: bool,
) -> Way:
    """`coming`: who would come back. `only_manage`: nobody is to trade."""
    everybody = strategy_ids is None
    if not switch.engaged:
        return Way(_released(coming, only_manage=only_manage), None, whole=True, everybody=everybody)
    if strategy_ids is not None and not coming and not any(halts(switch, one) for one in strategy_ids):
        who = names(sorted(strategy_ids))
        nothing = f"the kill switch is not engaged for {who}, and no halt left one of them stopped"
        return Way(nothing, None, whole=False, everybody=False)
    if switch.halt_id is None:
        blocked = (
            f"{told(switch)}; it was engaged by hand and names no halt, so nobody recorded what was stopped: start "
            "an emergency stop, which records it, and then this again"
        )
        return Way(None, blocked, whole=False, everybody=everybody)
    if only_manage and not coming:
        return Way("nobody is stopped by a halt who could manage his exits", None, whole=False, everybody=everybody)
    rest = set(switch.strategy_ids or ()) - set(strategy_ids or ())
    return Way(None, None, whole=everybody or bool(switch.strategy_ids and not rest), everybody=everybody)


def _released(coming: Sequence[str], *, only_manage: bool) -> str | None:
    if not coming:
        return "the kill switch is not engaged, and no halt left a strategy stopped"
    if only_manage:
        return (
            f"the kill switch is not engaged, so exits alone cannot be allowed; still stopped: "
            f"{names(sorted(coming))} (bring them back to trading)"
        )
    return None
