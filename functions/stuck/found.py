"""Which positions are stuck: by one scan of those that are not closed, and one Query of the orders of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.rules.stuck.overdue import Overdue, Policy, overdue
from functions.settings import Settings

LOG_NEEDS: Final = ("clock.now", "logs.first_said")
NEEDS: Final = (*LOG_NEEDS, "orders.of", "positions.every_open", "strategy_config.get")


@dataclass(frozen=True, slots=True)
class Stuck:
    position: PositionFact
    overdue: Overdue


@dataclass(frozen=True, slots=True)
class Found:
    """`unknown`: positions of which nobody can tell, with the reason. `looked_at`: so many were judged."""

    stuck: tuple[Stuck, ...]
    unknown: tuple[str, ...]
    looked_at: int


def find(ports: Ports, settings: Settings, *, until: datetime | None = None) -> Found:
    """`until`: when to stop; what is left then is unknown, by name."""
    positions = sorted(ports.positions.every_open(), key=lambda one: one.position_id)
    configs: dict[str, Mapping[str, Any] | None] = {}
    stuck: list[Stuck] = []
    unknown: list[str] = []
    for position in positions:
        if until is not None and ports.clock.now() >= until:
            unknown.append(f"{position.position_id}: no time was left to look at it")
            continue
        try:
            verdict = judge(ports, settings, position, configs)
        except RunbookError as error:
            unknown.append(f"{position.position_id}: {error}")
            continue
        if verdict.stuck is None:
            unknown.append(f"{position.position_id}: {verdict.told}")
        elif verdict.stuck:
            stuck.append(Stuck(position, verdict))
    return Found(tuple(stuck), tuple(unknown), len(positions))


def judge(
    ports: Ports, settings: Settings, position: PositionFact, configs: dict[str, Mapping[str, Any] | None]
) -> Overdue:
    """One position, by its own orders and its strategy's config, which is read once."""
    if position.strategy_id not in configs:
        configs[position.strategy_id] = ports.strategy_config.get(position.strategy_id)
    orders = ports.orders.of(position.position_id)
    return verdict_of(ports, settings, position, orders, configs[position.strategy_id], ports.clock.now())


def verdict_of(
    ports: Ports,
    settings: Settings,
    position: PositionFact,
    orders: Iterable[OrderFact],
    config: Mapping[str, Any] | None,
    now: datetime,
) -> Overdue:
    """The log is asked only where the settings name a text, and neither record nor orders tell of an exit."""
    known, policy = tuple(orders), policy_of(settings, config)
    found = overdue(position, known, policy, now)
    pattern = settings.positions.exit_pattern
    if found.stuck or found.due_at is not None or pattern is None or not position.strategy_id:
        return found
    # An exit that is due shows in the log of the time in which it becomes overdue.
    span = max(timedelta(seconds=settings.limits.log_window), 2 * policy.overdue_after)
    text = pattern.replace("{symbol}", position.symbol)
    logged = ports.logs.first_said(text, now - span, position.strategy_id)
    return overdue(position, known, policy, now, logged_at=logged) if logged else found


def policy_of(settings: Settings, config: Mapping[str, Any] | None) -> Policy:
    """A maximal age that is no whole number above 0 is none: the settings' holds."""
    given = (config or {}).get("max_position_age_minutes")
    usable = isinstance(given, int | Decimal) and not isinstance(given, bool) and given > 0
    minutes = int(given) if usable and given is not None else settings.positions.max_age_minutes
    return Policy(max(minutes, 1), timedelta(seconds=settings.positions.exit_overdue_after))
