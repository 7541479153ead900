"""Episodes of trouble: faults one or a few at a time, until they are cured or somebody's patience is over."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Final
from urllib.error import HTTPError

from tests.soak.kinds import ONCE, STUCK
from tests.soak.plan import Episode, Trouble, episode, stuck
from tests.soak.record import Struck
from tests.soak.setting import Setting
from tests.soak.tidying import tidy

LOOK_EVERY: Final = 0.25
# Memory runs out once, late: for an hour ECS tells of it, and it would explain every later end.
ONCE_AFTER: Final = 0.8
MOST_STUCK: Final = 6


def episodes(setting: Setting) -> None:
    """Until the soak is over."""
    pick, once = setting.pick("episodes"), False
    while True:
        drawn = episode(pick, setting.strategies)
        if not setting.rest(drawn.calm):
            return
        if not once and setting.elapsed > ONCE_AFTER * setting.seconds:
            once, drawn = True, Episode(drawn.calm, (Trouble(ONCE, None, None, 0.0),), drawn.patience)
        deploys = any(one.kind.deploys for one in drawn.troubles)
        with setting.deploying if deploys else nullcontext():
            _through(setting, drawn)
        tidy(setting)


def _through(setting: Setting, drawn: Episode) -> None:
    struck: list[Struck] = []
    for one in drawn.troubles:
        setting.rest(one.after)
        if setting.going and (found := _strike(setting, one)) is not None:
            struck.append(found)
    waited = 0.0
    while setting.going and waited < drawn.patience and _stands(setting, struck):
        setting.rest(LOOK_EVERY)
        waited += LOOK_EVERY
    clear(setting)


def _strike(setting: Setting, one: Trouble) -> Struck | None:
    """None: the stand-in cannot have it now, such as where all is halted and nobody trades."""
    try:
        setting.platform.break_with(one.kind.name, one.strategy, one.count)
    except HTTPError:
        return None
    found = Struck(one.kind.name, one.strategy, one.kind.runbook, datetime.now(UTC))
    setting.notes.struck.append(found)
    return found


def _stands(setting: Setting, struck: list[Struck]) -> bool:
    """Whether one of these still does; of those that do not it is noted."""
    active = {(one["name"], one["strategy"]) for one in setting.platform.http("GET", "/_local/faults")["active"]}
    for one in struck:
        if one.ended is None and (one.name, one.target) not in active:
            one.ended, one.cured = datetime.now(UTC), True
    return any(one.ended is None for one in struck)


def clear(setting: Setting) -> None:
    """Somebody mends what stands."""
    setting.platform.mend()
    for one in setting.notes.struck:
        if one.ended is None and one.runbook != STUCK:
            one.ended = datetime.now(UTC)


def positions(setting: Setting) -> None:
    """A position gets stuck now and then, until the soak is over."""
    pick = setting.pick("positions")
    while setting.rest(pick.uniform(2, 8)):
        wish = stuck(pick, setting.strategies)
        held = setting.platform.http("GET", "/_local/positions")["table"]
        if held.get("open", 0) + held.get("closing", 0) >= MOST_STUCK:
            continue
        try:
            made = setting.platform.venue.open(**wish)
        except HTTPError:
            # The venue refuses it, as it does under a fault of its own.
            continue
        setting.notes.struck.append(
            Struck(f"position {wish['stuck']}", str(made["position_id"]), STUCK, datetime.now(UTC))
        )
