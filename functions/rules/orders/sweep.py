"""Whether order-failures is started again: its alarm is up, orders fail, and nobody is at work on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.facts import AlarmFact, KillSwitchFact

# The transition's own event starts the first run; a sweep that is quicker would only be its duplicate.
AFTER_THE_TRANSITION: Final = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class OrderSweep:
    start: bool
    reason: str


def judge_sweep(
    *,
    alarm: AlarmFact,
    failing: int,
    at_work: bool,
    act_until: datetime | None,
    rests_until: datetime | None,
    kill_switch: KillSwitchFact | None,
    mode: str,
    now: datetime,
    others: int = 0,
) -> OrderSweep:
    """`act_until`: until when the last act of the lock's owner may be at work. `others`: what fails of strategies
    of which nobody has left the orders as they are. A kill switch that cannot be read (None) starts a run all the
    same: that reads it again, fails closed, and says so."""
    if mode == "off":
        return OrderSweep(False, "the runbook is switched off")
    if alarm.state != "ALARM":
        return OrderSweep(False, f"the alarm is {alarm.state or 'unreadable'}")
    if not failing:
        return OrderSweep(False, "the alarm is up, and no order fails any more")
    if kill_switch is not None and kill_switch.engaged and kill_switch.strategy_ids is None:
        return OrderSweep(False, "the kill switch is engaged: nobody is to trade")
    if at_work:
        return OrderSweep(False, "a run is at work on them")
    if rests_until is not None and not others:
        return OrderSweep(False, f"a person leaves them as they are until {rests_until:%Y-%m-%d %H:%M} UTC")
    if act_until is not None and act_until > now:
        return OrderSweep(
            False, f"the last act of a run that has ended may be at work until {act_until:%H:%M:%S} UTC"
        )
    if alarm.since is not None and now - alarm.since < AFTER_THE_TRANSITION:
        return OrderSweep(False, "the transition's own event is starting a run")
    return OrderSweep(True, "the alarm is up, orders fail, and nobody is at work on them")
