"""Which lines of the checklist must not pass under which fault: written down from what each fault breaks, and never
from what the checklist answered.

A line that is not named may pass or not: a fault that breaks nothing (an image that was changed, a stop that would
be undone) is no reason for either.
"""

from __future__ import annotations

from typing import Final

LINES: Final = ("positions", "heartbeats", "orders", "signals", "log_patterns", "alarms", "incident")

# Nobody beats, so the heartbeat alarm is up as well.
SILENT: Final = frozenset({"heartbeats", "alarms"})
# Nobody trades either, so no signal is processed.
STILL: Final = SILENT | {"signals"}
# The venue answers nobody: neither what it holds nor whether it takes orders can be known.
NO_VENUE: Final = frozenset({"positions", "orders"})
NOTHING: Final = frozenset[str]()
ORDERS: Final = frozenset({"orders"})
SIGNALS: Final = frozenset({"signals"})
LOGGED: Final = frozenset({"log_patterns"})

PLATFORM: Final = {
    "service-crashed": STILL,
    "exchange-down": STILL | LOGGED | NO_VENUE,
    "exchange-silent": STILL | LOGGED | NO_VENUE,
    # Nobody of the platform is switched to it.
    "fallback-down": NOTHING,
    "rate-limited": STILL | LOGGED,
    "out-of-memory": STILL | LOGGED,
    "deadlock": STILL,
    # It goes on trading, and cannot say so.
    "database-down": SILENT | LOGGED,
    "network-down": STILL | LOGGED,
    "detector-dead": frozenset({"alarms"}),
    "deployment-stuck": STILL,
    "deployment-failed": STILL,
    # These wait for a remedy, and break it.
    "slow-start": NOTHING,
    "image-changed": NOTHING,
    "ignores-status": NOTHING,
    "flips-back": NOTHING,
    "never-beats": STILL,
    # They answer some, and a read is tried again; nothing of trading is ill.
    "table-throttled": NOTHING,
    "write-fails": NOTHING,
    "item-refused": NOTHING,
    "guards-down": NOTHING,
    "topic-down": NOTHING,
    "status-page-down": NOTHING,
    "signals-stopped": SIGNALS,
    "candles-stopped": SIGNALS,
    "strategy-api-down": SIGNALS,
}

# Each stands until it is cleared: an order that the venue would take cannot be proven then.
VENUE: Final = {
    "timeout-before-accept": ORDERS,
    "timeout-after-accept": ORDERS,
    "connection-drop": ORDERS,
    "connection-drop-after-accept": ORDERS,
    "unavailable": ORDERS,
    "unavailable-after-accept": ORDERS,
    "overloaded": ORDERS,
    "internal-timeout": ORDERS,
    "internal-timeout-after-accept": ORDERS,
    "disconnected": ORDERS,
    "rate-limited": NO_VENUE,
    "banned": NO_VENUE,
    "too-many-orders": ORDERS,
    "maintenance": NO_VENUE,
    "insufficient-balance": ORDERS,
    "invalid-price": ORDERS,
    "invalid-symbol": ORDERS,
    # Of orders that reduce; the one that is validated opens.
    "reduce-only-refused": NOTHING,
    "no-permission": ORDERS,
    "refused": ORDERS,
    # Nothing is filled by an order that is only validated, and nothing is to be found again.
    "partial-fill": NOTHING,
    "query-lag": NOTHING,
    "empty-answer": ORDERS,
    "cut-answer": ORDERS,
    "html-answer": ORDERS,
    # An order that is only validated has no id, and `{}` is the venue's own answer to it.
    "answer-without-id": NOTHING,
    "account-frozen": ORDERS,
    "key-without-permission": NO_VENUE,
    "key-revoked": NO_VENUE,
    "symbol-delisted": ORDERS,
    # Adapters ask for the mode and for the clock, so neither keeps an order from being taken.
    "hedge-mode": NOTHING,
    "clock-skew": NOTHING,
}

# Bots send orders all the time, and theirs fail, which their log tells. The one that is validated is the smallest,
# far from the market and perhaps not of their symbol, so that it may be taken all the same.
ORDERED: Final = {
    "account-frozen": LOGGED | ORDERS,
    "clock-skew": LOGGED,
    "insufficient-balance": LOGGED,
    "invalid-price": LOGGED,
    "maintenance": LOGGED | NO_VENUE,
    "no-permission": LOGGED | NO_VENUE,
    "rate-limited": LOGGED,
    # What is sent now passes; a position waits for an exit that the venue never got.
    "stuck-pending": frozenset({"positions"}),
    "symbol-delisted": LOGGED,
    "symbol-renamed": LOGGED,
}

MUST_NOT_PASS: Final = {
    **PLATFORM,
    **{f"exchange.{name}": lines for name, lines in VENUE.items()},
    **{f"orders.{name}": lines for name, lines in ORDERED.items()},
}
