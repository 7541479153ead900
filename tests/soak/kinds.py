"""The troubles that a soak draws from: most of what the stand-in platform and its exchange can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Whom = Literal["service", "one", "live"]
STALE: Final = "stale-heartbeat"
ORDERS: Final = "order-failures"
STUCK: Final = "stuck-position"


@dataclass(frozen=True)
class Kind:
    """A fault of the catalogue and how often it is drawn.

    Attributes:
        runbook: what its alarm starts; None: it raises no alarm by itself.
        whom: the whole service, one strategy, or one that trades live under a name of its own.
        counts: one of these is drawn; None: as the fault is unless told.
        deploys: the platform's own people deploy in it, which nobody does while all is halted.
    """

    name: str
    weight: int
    runbook: str | None = STALE
    whom: Whom = "service"
    counts: tuple[int | None, ...] = (None,)
    deploys: bool = False


# Left out: `topic-down`, because nobody can be told then, and that everybody is told is a law here. `out-of-memory`
# comes once, by itself: its traces in ECS explain whatever follows for an hour.
KINDS: Final = (
    Kind("service-crashed", 5, counts=(None, None, 3)),
    Kind("deadlock", 2),
    Kind("deadlock", 5, whom="one"),
    Kind("rate-limited", 2, counts=(60, 120)),
    Kind("rate-limited", 2, whom="one", counts=(60,)),
    Kind("exchange-down", 2, counts=(2, 5, 0)),
    Kind("exchange-silent", 1, counts=(2, 5)),
    Kind("fallback-down", 1, None),
    Kind("database-down", 1, counts=(2, 5)),
    Kind("network-down", 1, counts=(2, 5)),
    Kind("detector-dead", 1),
    Kind("deployment-stuck", 1, deploys=True),
    Kind("deployment-failed", 1, deploys=True),
    Kind("slow-start", 1, None),
    Kind("image-changed", 1, None),
    Kind("never-beats", 2, whom="one"),
    Kind("ignores-status", 1, None, "one"),
    Kind("flips-back", 1, None, "one"),
    Kind("item-refused", 1, None, "one"),
    Kind("table-throttled", 2, None, counts=(10, 30)),
    Kind("write-fails", 1, None, counts=(1, 5)),
    Kind("guards-down", 1, None),
    Kind("status-page-down", 1, None),
    Kind("signals-stopped", 1, None, "one"),
    Kind("candles-stopped", 1, None, "one"),
    Kind("strategy-api-down", 1, None, "one", counts=(None, 502)),
    Kind("orders.insufficient-balance", 2, ORDERS, "live"),
    Kind("orders.invalid-price", 3, ORDERS, "live"),
    Kind("orders.rate-limited", 1, ORDERS),
    Kind("orders.maintenance", 1, ORDERS, counts=(5,)),
    Kind("orders.symbol-delisted", 1, ORDERS, "live"),
    Kind("orders.symbol-renamed", 1, ORDERS, "live"),
    Kind("orders.account-frozen", 1, ORDERS, "live"),
    Kind("orders.no-permission", 1, ORDERS, "live"),
    Kind("orders.clock-skew", 1, ORDERS),
    Kind("orders.stuck-pending", 2, ORDERS, "live"),
    *(
        Kind(f"exchange.{name}", 1, None, counts=(None, 3))
        for name in (
            "timeout-after-accept",
            "connection-drop",
            "connection-drop-after-accept",
            "unavailable",
            "unavailable-after-accept",
            "internal-timeout-after-accept",
            "rate-limited",
            "reduce-only-refused",
            "partial-fill",
            "query-lag",
            "cut-answer",
        )
    ),
)
ONCE: Final = Kind("out-of-memory", 1)
