"""Whether a line tells of an order that failed, and not only of an exchange that does not answer.

The detector counts by this alone: that market data cannot be fetched shows in heartbeats, whose own runbook
outlasts it, and two runbooks on one outage would be one too many. A run that has started judges every line.
"""

from __future__ import annotations

import re
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.signs import causes_of_line

# What only an order is ever told.
OF_ORDERS: Final = frozenset({Cause.INSUFFICIENT_BALANCE, Cause.INVALID_PRICE, Cause.INVALID_SYMBOL})
_ORDER: Final = re.compile(
    r"(?i)order(?!book|_book|_cooldown)|auftr[aä]g|订单|訂單|下单|委托|注文|orden|ordem|ordre|ордер|заявк|주문"
    r"|\b(entry|exit|buy|sell|trade|position|leverage|margin)\b|stake|cancel"
)


def order_failed(line: str) -> bool:
    causes = causes_of_line(line, None)
    return bool(causes) and (bool(OF_ORDERS & set(causes)) or _ORDER.search(line) is not None)
