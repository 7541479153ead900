"""The act of switching one strategy to its fallback exchange, and the way back that its incident must keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from functions import acts, switch_facts
from functions.errors import Refused, Uncertain
from functions.facts import Result
from functions.ids import service_guard
from functions.ports import Ports
from functions.rules.switch_exchange import Config, Seen, Switch, way_back, why_not
from functions.settings import Settings
from functions.stages import Effect
from functions.switching import SwitchPlan

NEEDS: Final = (*acts.NEEDS, "strategy_config.get", "strategy_config.switch")


def switch_one(
    one: Switch, config: Config, plan: SwitchPlan, seen: Seen, ports: Ports, settings: Settings
) -> Effect:
    """`config` and `seen` were read just now: what moved since the question keeps a strategy where it is."""
    if not is_ours(config, one, plan):
        why = why_not(config, plan.venue, seen)
        if why is None and config.fallback != one.fallback:
            why = f"its fallback exchange is {config.fallback} now, the question said {one.fallback}"
        if why is not None:
            return kept(one.strategy_id, why)
    incident_id = plan.run.incident_id
    act = acts.Act(
        f"switch-exchange/{one.strategy_id}",
        f"switch to {one.fallback}",
        one.strategy_id,
        f"exchange {plan.venue}",
    )

    def do() -> str:
        written = ports.strategy_config.switch(
            one.strategy_id, expected=plan.venue, exchange=one.fallback, incident_id=incident_id
        )
        if not written:
            raise Refused("its config was changed by somebody else meanwhile")
        return f"exchange {one.fallback}"

    def seen_there(_: datetime) -> str | None:
        (now,) = switch_facts.configs(ports, settings, [one.strategy_id])
        return f"exchange {one.fallback}" if is_ours(now, one, plan) else None

    guard = service_guard(settings.platform.service)
    try:
        acts.perform(ports, plan.run, guard, act, do=do, seen=seen_there)
    except Refused as error:
        return kept(one.strategy_id, str(error))
    except Uncertain as error:
        return Effect(strategy_id=one.strategy_id, result=Result.UNKNOWN, at=None, why=str(error))
    why = f"switched from {plan.venue} to {one.fallback}"
    return Effect(strategy_id=one.strategy_id, result=Result.DONE, at=ports.clock.now(), why=why)


def is_ours(config: Config, one: Switch, plan: SwitchPlan) -> bool:
    """An earlier try of this run has switched it."""
    return config.exchange == one.fallback and config.switched_by == plan.run.incident_id


def kept(strategy_id: str, why: str) -> Effect:
    return Effect(strategy_id=strategy_id, result=Result.NOT_DONE, at=None, why=f"not switched: {why}")


def follow_ups(done: Sequence[Switch], plan: SwitchPlan, settings: Settings) -> Iterator[str]:
    for one in done:
        command = way_back(settings.platform.strategy_config_table, one, plan.venue)
        when = f"once it is well and nothing of it is open at {one.fallback}"
        yield f"switch back: {one.strategy_id} to {plan.venue}, {when}: `{command}`"
