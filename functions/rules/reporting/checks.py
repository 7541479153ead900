"""The lines of a checklist in a word or two, for whoever has a minute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from functions.rules.reporting.incident import Incident, told

CHECKS: Final[Mapping[str, str]] = {
    "positions": "positions accounted for",
    "heartbeats": "fresh heartbeats",
    "orders": "order execution",
    "signals": "signals processed",
    "log_patterns": "clean log",
    "alarms": "quiet alarms",
    "incident": "documented",
    "accounts": "what was open before is accounted for",
    "stops_over": "stops over",
    "all_stopped": "nobody traded before",
    "entry_orders": "no entry order left",
    "venues": "exchanges answer",
    "service": "service can come back",
    "scaling": "auto-scaling known",
    "risk_alarms": "quiet risk alarms",
    "cause": "reason given",
    "account": "accounts may trade",
}


# "what else fails (the log could not be read: ...)": why stands in the row of what is not proven.
_WHY: Final = re.compile(r" \(.{24,}\)$", re.DOTALL)


def not_proven(it: Incident) -> tuple[str, ...]:
    """Each in a few words, as a title has room for."""
    return tuple(dict.fromkeys(_WHY.sub("", CHECKS.get(one, one)) for one in it.texts("not_proven")))


def check_of(line: Mapping[str, Any]) -> str:
    """A line of the checklist in a word or two."""
    return CHECKS.get(str(line.get("id")), told(line.get("id") or line.get("question"))).replace("_", " ")
