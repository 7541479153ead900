"""Which trades closed a position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from functions.facts import OrderFact
from functions.rules.units.prices import ZERO
from functions.venue import Direction, Fill, Unit

By = Literal["ours", "exit", "stop", "liquidation", "unknown"]
OURS, EXIT, STOP, OTHER = "ours", "exit", "stop", "other"


@dataclass(frozen=True, slots=True)
class ClosingFills:
    """`fills`, the oldest first, cut to the share where one was larger (its fee in proportion). `amount`: their sum,
    never above the share. `whole`: they make the share within a step. `by`: who closed it: `unknown` where any of
    them is nobody's that we know, `ours` where this project closed any part."""

    fills: tuple[Fill, ...]
    amount: Decimal
    average: Decimal | None
    last_at: datetime | None
    whole: bool
    by: By


def own_ids(orders: Sequence[OrderFact], side: Direction) -> dict[str, str]:
    """Client ids and order ids of a position's recorded reducing orders, to `exit` or `stop`. Add `ours` for a
    close's attempts and `other` for the orders of other owners."""
    raise NotImplementedError


def closing_fills(
    unit: Unit,
    fills: Sequence[Fill],
    since: datetime,
    share: Decimal,
    step: Decimal,
    own_ids: Mapping[str, str],
    accounted: Decimal = ZERO,
) -> ClosingFills:
    """The newest fills that together make `share`. `own_ids`: client order id or order id to what the order was:
    `ours`, `exit`, `stop`, or `other` (another owner's: never counted). `accounted`: earlier exits by which the
    item's amount was reduced already; so much of the oldest own fills is left out."""
    raise NotImplementedError


def unrecorded(unit: Unit, orders: Sequence[OrderFact], fills: Sequence[Fill], since: datetime) -> Decimal:
    """What this position's own orders have filled at the venue beyond what the table tells, for
    `attribution.attribute`."""
    raise NotImplementedError
