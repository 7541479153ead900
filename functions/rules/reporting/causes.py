"""Why it happened, in operators' words: one sentence for every cause that the code knows, by runbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from functions.rules.orders.causes import Cause as OrderCause
from functions.rules.orders.words import STUCK
from functions.rules.plan import Cause
from functions.rules.units.why_stuck import Why

NOT_FOUND: Final = "Not found: nothing that was looked at explains it."
_HEARTBEAT: Final[Mapping[str, str]] = {
    Cause.HALTED: "The kill switch is engaged: the strategies were stopped on purpose.",
    Cause.SCALED_TO_ZERO: "Somebody had scaled the strategy service to 0: no task was meant to run.",
    Cause.DEPLOYMENT_IN_PROGRESS: "A deployment of the strategy service was under way, and heartbeats pause in it.",
    Cause.DEPLOYMENT_FAILED: "The last deployment of the strategy service failed.",
    Cause.SERVICE_CRASHED: "The strategy service had crashed: none of its tasks ran.",
    Cause.MEMORY_EXHAUSTED: "The strategy service ran out of memory, and ECS ended its task.",
    Cause.NETWORK_UNREACHABLE: "The network was not reachable from the platform.",
    Cause.DATABASE_UNREACHABLE: "The database was not reachable.",
    Cause.EXCHANGE_DOWN: "The exchange did not answer, so the strategies that trade there stood still.",
    Cause.RATE_LIMITED: "The exchange refused calls because too many were made (rate limit).",
    Cause.DEADLOCK: "The process of a strategy ran and did nothing any more (deadlock).",
    Cause.DETECTOR_BROKEN: "Every heartbeat was fresh: the detector that raises the alarm is broken.",
    Cause.UNKNOWN: NOT_FOUND,
}
_STUCK: Final[Mapping[str, str]] = {
    Why.NEVER_SUBMITTED: "The strategy's exit order never reached the exchange.",
    Why.REJECTED: "The exchange rejected the exit order.",
    Why.UNFILLED: "The exit order was never filled: nobody traded at its price.",
    Why.PARTIAL: "The exit order was filled in part only, and the rest stayed open.",
    Why.WORKING: "An exit order was still at work.",
    Why.NO_EXIT_DUE: "No exit was signalled: the position was open for longer than is allowed.",
    Why.UNKNOWN: "Not known: what the records say of its orders does not fit together.",
}
_ORDERS: Final[Mapping[str, str]] = {
    OrderCause.INSUFFICIENT_BALANCE: "The account had too little free margin for the orders.",
    OrderCause.INVALID_PRICE: "The price moved too fast: limit prices were outside what the exchange takes.",
    OrderCause.RATE_LIMITED: "The exchange refused orders because too many calls were made (rate limit).",
    OrderCause.MAINTENANCE: "The exchange was in maintenance and took no orders.",
    OrderCause.INVALID_SYMBOL: "The symbol is not traded at the exchange (any more).",
    OrderCause.ACCOUNT_FROZEN: "The exchange has frozen the account.",
    OrderCause.PERMISSION: "The API key may not place these orders: its rights or its allowed addresses.",
    OrderCause.CLOCK_SKEW: "The clock of the strategy service is off, and the exchange refuses what it signs.",
    STUCK: "Orders stood unsettled in the table: it did not say what the exchange had made of them.",
    OrderCause.UNKNOWN: "Orders failed, and nothing says by which of the known causes.",
}
BY_RUNBOOK: Final[Mapping[str, Mapping[str, str]]] = {
    "stale-heartbeat": _HEARTBEAT,
    "stuck-position": _STUCK,
    "close-position": _STUCK,
    "order-failures": _ORDERS,
}
# What the end of a run writes where nobody found a cause (functions/ending.py).
NONE_FOUND: Final = frozenset({"", "none found", "not determined"})
# `checklist: heartbeats` (functions/apart.py): the line of the checklist that fails, as its trouble.
# A verification of its own names several.
_CHECKLIST: Final = re.compile(r"checklist: (\w+(?:, \w+)*)")
LINES: Final[Mapping[str, str]] = {
    "positions": "Not every open position of the platform is accounted for at its exchange.",
    "heartbeats": "A strategy that should trade sends no heartbeat.",
    "orders": "Orders do not work at an exchange.",
    "signals": "A strategy processes no signals.",
    "log_patterns": "The log of the strategy service holds errors.",
    "alarms": "An alarm is up, or a metric that alarms live on is silent.",
    "incident": "An incident is not documented.",
}
_TROUBLES: Final[Mapping[str, str]] = {
    "positions": "Positions not accounted for",
    "heartbeats": "No heartbeat",
    "orders": "Orders do not work",
    "signals": "No signals processed",
    "log_patterns": "Errors in the log",
    "alarms": "An alarm is up",
    "incident": "An incident is not documented",
}
# What a person gave as a reason (functions/tasks/conclude_stop.py, conclude_resume.py).
_ASKED: Final = (
    (
        re.compile(r"emergency stop by (?P<who>.+?): (?P<why>.+)", re.S),
        'Somebody stopped all trading by hand. The reason given: "{why}" (by {who}, a claim).',
    ),
    (re.compile(r"resume asked for: (?P<why>.+)", re.S), 'Somebody asked for it. The reason given: "{why}".'),
)
_WORD: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")


def trouble_of(cause: str, otherwise: str = "Trouble") -> str:
    """What became an incident of its own, in a few words."""
    line = _CHECKLIST.fullmatch(cause)
    return _TROUBLES.get(line[1], otherwise) if line else otherwise


def cause_told(runbook: str, cause: str) -> tuple[str, ...]:
    """Sentences for what stands in an incident's `cause` or `root_cause`: a word, several with commas, a word with
    its detail behind a colon, or any other text, which stands for itself."""
    if cause in NONE_FOUND:
        return (NOT_FOUND,)
    if line := _CHECKLIST.fullmatch(cause):
        return tuple(LINES.get(one, f"The checklist does not hold: {one}.") for one in line[1].split(", "))
    known = BY_RUNBOOK.get(runbook, {})
    for lead, instead in _ASKED:
        if said := lead.fullmatch(cause):
            return (instead.format(**said.groupdict()),)
    word, colon, detail = cause.partition(": ")
    if colon and word in known:
        return (known[word], detail)
    words = cause.split(", ")
    if all(_WORD.fullmatch(one) for one in words):
        return tuple(known.get(one, f"{one.replace('_', ' ').capitalize()}.") for one in words)
    return (cause,)
