"""Whether the entries of a run's strategies are still paused by a close that is over: then nobody resumes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.errors import RunbookError
from functions.ports import Ports
from functions.settings import Meaning, Settings

NEEDS: Final = ("incidents.get", "trading_state.get")
PAUSE: Final = "pause the strategy's entries"


def still_paused(
    ports: Ports, settings: Settings, strategy_ids: Sequence[str], incident_id: str, item: Mapping[str, Any]
) -> tuple[str, ...]:
    """A sentence for each, with what to do. `item`: the run's incident, as it ends."""
    paused = {act.get("target") for act in item.get("actions") or () if act.get("action") == PAUSE}
    told = []
    for strategy_id in strategy_ids:
        try:
            line = _of(ports, settings, strategy_id, incident_id)
        except RunbookError as error:
            line = f"whether {strategy_id} takes entries again could not be read: {error}"
            line = line if strategy_id in paused else ""
        if line:
            told.append(line)
    return tuple(told)


def _of(ports: Ports, settings: Settings, strategy_id: str, incident_id: str) -> str:
    state = ports.trading_state.get(strategy_id)
    if state is None or state.paused_by is None or state.status != settings.status_that(Meaning.MANAGES_EXITS):
        return ""
    by = state.paused_by
    if by != incident_id:
        other = ports.incidents.get(by)
        if other is None or not (other.get("ended_at") or other.get("closed_at")):
            # A person's pause, or that of a close which is at work and lets it go itself.
            return ""
    before = state.paused_from or settings.status_that(Meaning.TRADES)
    return (
        f"strategy {strategy_id} is still {state.status}, paused by the close of incident {by}, which is over: "
        f"set its status back to {before} once nothing speaks against it"
    )
