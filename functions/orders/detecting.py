"""What the detector of failing orders counts: stuck orders, position by position, and errors of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.errors import RunbookError
from functions.facts import OrderFact, PositionFact
from functions.orders.cured import SINCE_NEEDS, cured_at
from functions.ports import Ports
from functions.rules.log_patterns import Pattern
from functions.rules.orders.nets import UNKNOWN
from functions.rules.orders.overdue import Limits, overdue
from functions.rules.orders.spoken import order_failed
from functions.rules.proposals import names
from functions.settings import Settings

NEEDS: Final = (*SINCE_NEEDS, "clock.now", "logs.read", "orders.of", "positions.each_open")

# One query whatever the cause: the widest net catches what every other one does that speaks of an order, and each
# line that comes back is judged.
FAILURES: Final = Pattern(
    "order_failures",
    UNKNOWN.filters[-1],
    "an order failed",
    look=order_failed,
)


@dataclass(frozen=True, slots=True)
class Failing:
    """`stuck`: orders that work for too long, in sentences. `errors`: failures of orders in the log since `since`.
    `unknown`: what could not be read, each in a sentence."""

    stuck: tuple[str, ...]
    errors: int
    since: datetime
    unknown: tuple[str, ...]

    @property
    def counted(self) -> int:
        """What the metric says. Unknown counts: an alarm that stays quiet because nothing can be read says nothing
        true."""
        return len(self.stuck) + self.errors + len(self.unknown)

    def told(self) -> str:
        parts = [f"stuck: {names(self.stuck, 3)}"] if self.stuck else []
        parts += [f"{self.errors} failures in the log since {self.since:%H:%M} UTC"] if self.errors else []
        parts += [f"not readable: {names(self.unknown, 3)}"] if self.unknown else []
        return "; ".join(parts) or "nothing"


def find(ports: Ports, settings: Settings, *, until: datetime) -> Failing:
    """`until`: when to stop; positions that are left then are unknown, by number."""
    now, unknown = ports.clock.now(), list[str]()
    stuck = _stuck(ports, settings, now, until, unknown)
    since = _since(ports, settings, now, unknown)
    return Failing(tuple(stuck), _errors(ports, settings, since, now, unknown), since, tuple(unknown))


def _stuck(ports: Ports, settings: Settings, now: datetime, until: datetime, unknown: list[str]) -> list[str]:
    try:
        every = ports.positions.each_open()
    except RunbookError as error:
        unknown.append(f"the positions: {error}")
        return []
    unknown += [f"position {one.position_id}: {why}" for one, why in every.broken]
    stuck: list[str] = []
    for number, position in enumerate(every.readable):
        if ports.clock.now() > until:
            unknown.append(f"the orders of {len(every.readable) - number} positions: no time was left for them")
            break
        try:
            orders = ports.orders.of(position.position_id)
        except RunbookError as error:
            unknown.append(f"the orders of {position.position_id}: {error}")
            continue
        stuck += [told for order in orders if (told := _overdue(order, position, settings, now)) is not None]
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


def _errors(ports: Ports, settings: Settings, since: datetime, now: datetime, unknown: list[str]) -> int:
    """Fewer than the settings call a failure are none: one order may be refused for a good reason."""
    if now - since < timedelta(seconds=1):
        return 0
    try:
        count = ports.logs.read(since, now, (), (FAILURES,)).counts.get(FAILURES.name, 0)
    except RunbookError as error:
        unknown.append(f"the log: {error}")
        return 0
    return count if count >= settings.orders.failures_least else 0
