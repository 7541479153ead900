"""Which positions are stuck: by one scan of those that are not closed, and one Query of the orders of each.

The strategies' own bots are asked last, about positions of which nothing else says whether an exit is due, side by
side and within a time of their own: a bot that hangs holds up no position that the tables tell of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.ports import Ports
from functions.rules.stuck.overdue import Overdue, Policy, overdue
from functions.settings import Settings
from functions.stuck import left, signals
from functions.stuck.signals import Bots

# What tells when an exit was due, beyond record and orders.
DUE_NEEDS: Final = (*signals.NEEDS, *left.NEEDS, "logs.first_said")
NEEDS: Final = (*DUE_NEEDS, "orders.of", "positions.each_open", "strategy_config.get")

BOTS_AT_ONCE: Final = 8
BOTS_FOR: Final = timedelta(seconds=12)


@dataclass(frozen=True, slots=True)
class Stuck:
    position: PositionFact
    overdue: Overdue


@dataclass(frozen=True, slots=True)
class Found:
    """`unknown`: positions of which nobody can tell, with the reason. `unsignalled`: young ones without a due exit
    whose bot could not be asked, with the reason. `looked_at`: so many were judged."""

    stuck: tuple[Stuck, ...]
    unknown: tuple[str, ...]
    looked_at: int
    unsignalled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Left:
    """What tables and log say of it, which is not that it is stuck."""

    position: PositionFact
    orders: tuple[OrderFact, ...]
    policy: Policy
    verdict: Overdue


@dataclass(slots=True)
class _Verdicts:
    stuck: list[Stuck]
    unknown: list[str]
    unsignalled: list[str]

    def add(self, position: PositionFact, verdict: Overdue) -> None:
        if verdict.stuck is None:
            self.unknown.append(f"{position.position_id}: {verdict.told}")
        elif verdict.stuck:
            self.stuck.append(Stuck(position, verdict))


def find(ports: Ports, settings: Settings, *, until: datetime | None = None) -> Found:
    """`until`: when to stop; what is left then is unknown, by name."""
    every = ports.positions.each_open()
    positions = sorted(every.readable, key=lambda one: one.position_id)
    configs: dict[str, Mapping[str, Any] | None] = {}
    verdicts, left = _Verdicts([], [why for _, why in every.broken], []), list[_Left]()
    bots = Bots(ports, settings)
    for position in positions:
        if until is not None and ports.clock.now() >= until:
            verdicts.unknown.append(f"{position.position_id}: no time was left to look at it")
            continue
        try:
            orders = tuple(ports.orders.of(position.position_id))
            config = _config(ports, position, configs)
            verdict = _without_bots(ports, settings, position, orders, config, ports.clock.now())
        except RunbookError as error:
            verdicts.unknown.append(f"{position.position_id}: {error}")
            continue
        if _open_question(verdict) and bots.asked(position):
            left.append(_Left(position, orders, policy_of(settings, config), verdict))
        else:
            verdicts.add(position, verdict)
    _ask(ports, settings, left, verdicts, until)
    return Found(
        tuple(verdicts.stuck),
        tuple(verdicts.unknown),
        len(positions) + len(every.broken),
        tuple(verdicts.unsignalled),
    )


def _ask(
    ports: Ports, settings: Settings, left: Sequence[_Left], verdicts: _Verdicts, until: datetime | None
) -> None:
    """The bots, each about all its positions; in another order each minute, so that none is always the last."""
    if not left:
        return
    now = ports.clock.now()
    latest = min(now + BOTS_FOR, until) if until is not None else now + BOTS_FOR
    by_strategy: defaultdict[str, list[_Left]] = defaultdict(list)
    for one in left:
        by_strategy[one.position.strategy_id].append(one)
    ids = sorted(by_strategy)
    first = int(now.timestamp() // 60) % len(ids)

    def ask(strategy_id: str) -> list[tuple[_Left, Overdue | RunbookError]]:
        bots = Bots(ports, settings, latest)
        return [(one, _by_bot(ports, one, bots)) for one in by_strategy[strategy_id]]

    with ThreadPoolExecutor(BOTS_AT_ONCE) as pool:
        answers = list(pool.map(ask, ids[first:] + ids[:first]))
    said = sorted((one for answer in answers for one in answer), key=lambda one: one[0].position.position_id)
    for one, verdict in said:
        if isinstance(verdict, Overdue):
            verdicts.add(one.position, verdict)
        elif one.verdict.stuck is None:
            verdicts.unknown.append(f"{one.position.position_id}: {verdict}")
        else:
            verdicts.unsignalled.append(f"{one.position.position_id}: {verdict}")


def _by_bot(ports: Ports, one: _Left, bots: Bots) -> Overdue | RunbookError:
    try:
        signalled = bots.due(one.position)
    except RunbookError as error:
        return error
    if signalled is None:
        return one.verdict
    return overdue(one.position, one.orders, one.policy, ports.clock.now(), signalled_at=signalled)


def _config(
    ports: Ports, position: PositionFact, configs: dict[str, Mapping[str, Any] | None]
) -> Mapping[str, Any] | None:
    """Its strategy's, which is read once."""
    if position.strategy_id not in configs:
        configs[position.strategy_id] = ports.strategy_config.get(position.strategy_id)
    return configs[position.strategy_id]


def verdict_of(
    ports: Ports,
    settings: Settings,
    position: PositionFact,
    orders: Iterable[OrderFact],
    config: Mapping[str, Any] | None,
    now: datetime,
    bots: Bots | None = None,
) -> Overdue:
    """One position, by every source; raises where one of those that are needed cannot be read. `bots`: what was
    read of them already."""
    known = tuple(orders)
    found = _without_bots(ports, settings, position, known, config, now)
    asked = bots or Bots(ports, settings)
    if not _open_question(found) or not asked.asked(position):
        return found
    signalled = asked.due(position)
    if signalled is None:
        return found
    return overdue(position, known, policy_of(settings, config), now, signalled_at=signalled)


def _open_question(found: Overdue) -> bool:
    """Nothing says that its exit is due, and it is not stuck by its age already."""
    return not found.stuck and found.due_at is None


def _without_bots(
    ports: Ports,
    settings: Settings,
    position: PositionFact,
    orders: tuple[OrderFact, ...],
    config: Mapping[str, Any] | None,
    now: datetime,
) -> Overdue:
    """The log is asked only where the settings name a text, and neither record nor orders tell of an exit. What a
    person has left until a time is looked for again from then on, though the log of back then is not read any more:
    it was stuck, and is open still."""
    policy, pattern = policy_of(settings, config), settings.positions.exit_pattern
    found = overdue(position, orders, policy, now)
    if not _open_question(found) or pattern is None or not position.strategy_id:
        return found
    # An exit that is due shows in the log of the time in which it becomes overdue.
    span = max(timedelta(seconds=settings.limits.log_window), 2 * policy.overdue_after)
    text = pattern.replace("{symbol}", position.symbol)
    logged = ports.logs.first_said(text, now - span, position.strategy_id)
    if logged:
        return overdue(position, orders, policy, now, logged_at=logged)
    until = left.until_of(ports, position.position_id)
    if until is None or until > now or position.opened_at is None or until <= position.opened_at:
        return found
    told = f"it was left open until {until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, and is open still"
    return Overdue(True, None, told)


def policy_of(settings: Settings, config: Mapping[str, Any] | None) -> Policy:
    """A maximal age that is no whole number above 0 is none: the settings' holds."""
    given = (config or {}).get("max_position_age_minutes")
    usable = isinstance(given, int | Decimal) and not isinstance(given, bool) and given > 0
    minutes = int(given) if usable and given is not None else settings.positions.max_age_minutes
    return Policy(max(minutes, 1), timedelta(seconds=settings.positions.exit_overdue_after))
