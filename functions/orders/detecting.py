"""What the detector of failing orders counts: stuck orders, position by position, and errors of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.orders.cured import SINCE_NEEDS, cured_at
from functions.ports import Ports
from functions.rules.log_lines import Names
from functions.rules.log_patterns import Pattern
from functions.rules.orders.nets import UNKNOWN
from functions.rules.orders.overdue import Limits, overdue
from functions.rules.orders.spoken import order_failed
from functions.rules.proposals import names
from functions.settings import Settings

NEEDS: Final = (
    *SINCE_NEEDS,
    "clock.now",
    "logs.read",
    "orders.of",
    "positions.each_open",
    "trading_state.all",
)

# One query whatever the cause: the widest net catches what every other one does that speaks of an order, and each
# line that comes back is judged.
FAILURES: Final = Pattern(
    "order_failures",
    UNKNOWN.filters[-1],
    "an order failed",
    look=order_failed,
)
# The same of strategies that nobody leaves as they are.
OTHERS: Final = "order_failures_of_others"


@dataclass(frozen=True, slots=True)
class Failing:
    """`stuck`: orders that work for too long, in sentences. `errors`: failures of orders in the log since `since`.
    `unknown`: what could not be read, each in a sentence. `others`: those of them that are of strategies of which
    nobody has left the orders as they are; 0 where nobody has left any."""

    stuck: tuple[str, ...]
    errors: int
    since: datetime
    unknown: tuple[str, ...]
    others: int = 0

    @property
    def counted(self) -> int:
        """What the metric says. Unknown counts: an alarm that stays quiet because nothing can be read says nothing
        true."""
        return len(self.stuck) + self.errors + len(self.unknown)

    def told(self) -> str:
        parts = [f"stuck: {names(self.stuck, 3)}"] if self.stuck else []
        parts += [f"{self.errors} failures in the log since {self.since:%H:%M} UTC"] if self.errors else []
        parts += [f"not readable: {names(self.unknown, 3)}"] if self.unknown else []
        parts += [f"{self.others} of it of strategies that nobody has left as they are"] if self.others else []
        return "; ".join(parts) or "nothing"


def find(ports: Ports, settings: Settings, *, until: datetime, left: frozenset[str] | None = None) -> Failing:
    """`until`: when to stop; positions that are left then are unknown, by number. `left`: the strategies of which a
    person leaves the orders as they are; None: everybody's, or nobody does."""
    now, unknown = ports.clock.now(), list[str]()
    stuck = _stuck(ports, settings, now, until, unknown)
    since = _since(ports, settings, now, unknown)
    patterns = [FAILURES]
    if left is not None and (others := _others(ports, left, unknown)) is not None:
        patterns.append(others)
    errors, more = _errors(ports, settings, since, now, unknown, patterns)
    besides = 0 if left is None else more + sum(strategy_id not in left for _, strategy_id in stuck)
    return Failing(tuple(told for told, _ in stuck), errors, since, tuple(unknown), besides)


def _others(ports: Ports, left: frozenset[str], unknown: list[str]) -> Pattern | None:
    """Lines that name another strategy than these: what names nobody may be theirs."""
    try:
        names_ = Names([one.strategy_id for one in ports.trading_state.all() if one.strategy_id not in left])
    except RunbookError as error:
        unknown.append(f"who trades besides those that a person leaves: {error}")
        return None

    def look(line: str) -> bool:
        return order_failed(line) and bool(names_.within(line))

    return Pattern(OTHERS, FAILURES.regex, "an order of another strategy failed", look=look)


def _stuck(
    ports: Ports, settings: Settings, now: datetime, until: datetime, unknown: list[str]
) -> list[tuple[str, str]]:
    """Each with its strategy."""
    try:
        every = ports.positions.each_open()
    except RunbookError as error:
        unknown.append(f"the positions: {error}")
        return []
    unknown += [f"position {one.position_id}: {why}" for one, why in every.broken]
    stuck: list[tuple[str, str]] = []
    for number, position in enumerate(every.readable):
        if ports.clock.now() > until:
            unknown.append(f"the orders of {len(every.readable) - number} positions: no time was left for them")
            break
        try:
            orders = ports.orders.of(position.position_id)
        except RunbookError as error:
            unknown.append(f"the orders of {position.position_id}: {error}")
            continue
        found = [_overdue(order, position, settings, now) for order in orders]
        stuck += [(told, position.strategy_id) for told in found if told is not None]
    return stuck


def _overdue(order: OrderFact, position: PositionFact, settings: Settings, now: datetime) -> str | None:
    limits = Limits(settings.orders.pending_overdue_after, settings.orders.exit_overdue_after)
    found = overdue(order, position, limits, now)
    return None if found is None else f"{order.order_id} of {position.position_id}, {found.why}"


def _since(ports: Ports, settings: Settings, now: datetime, unknown: list[str]) -> datetime:
    """An hour back, and never before what a run has cured."""
    window = now - timedelta(seconds=settings.orders.log_window)
    try:
        cured = cured_at(ports, settings)
    except RunbookError as error:
        unknown.append(f"when orders were cured last: {error}")
        return window
    return max(window, cured) if cured else window


def _errors(
    ports: Ports,
    settings: Settings,
    since: datetime,
    now: datetime,
    unknown: list[str],
    patterns: list[Pattern],
) -> tuple[int, int]:
    """Of everybody, and of others than those that a person leaves. Fewer than the settings call a failure are none:
    one order may be refused for a good reason."""
    if now - since < timedelta(seconds=1):
        return 0, 0
    try:
        counts = ports.logs.read(since, now, (), tuple(patterns)).counts
    except RunbookError as error:
        unknown.append(f"the log: {error}")
        return 0, 0
    found = (counts.get(name, 0) for name in (FAILURES.name, OTHERS))
    every, others = (count if count >= settings.orders.failures_least else 0 for count in found)
    return every, others
