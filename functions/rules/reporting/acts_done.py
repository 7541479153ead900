"""What was done, in words, and until when it lasts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from functions.rules.reporting.incident import told

MOST_NAMES: Final = 3
# functions/orders/applying.py: "order_cooldown_seconds 60, until 2026-11-23 15:53 UTC".
_UNTIL: Final = re.compile(r", until (\d{4}-\d\d-\d\d \d\d:\d\d UTC)$")


def done_in_words(acts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Acts of one kind together: `switch to bybit (5: a, b, c and 2 more)`; with their end, where they have one."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for act in _done(acts):
        kinds.setdefault((told(act.get("action")), until_of(act)), []).append(told(act.get("target")))
    for (action, until), targets in kinds.items():
        names = list(dict.fromkeys(targets))
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        again = f"{len(targets)} times, " if len(targets) > len(names) else ""
        number = f"{len(names)}: " if len(names) > 1 else ""
        ends = f", until {until}" if until else ""
        yield f"{action} ({again}{number}{', '.join(names[:MOST_NAMES])}{more}){ends}"


def until_of(act: Mapping[str, Any]) -> str:
    """When what an act changed is put back by itself; empty where it lasts."""
    found = _UNTIL.search(told(act.get("after")))
    return found[1] if found else ""


def put_back(acts: Sequence[Mapping[str, Any]]) -> str:
    """When the last of all that was changed is put back by itself; empty where something lasts."""
    found = [until_of(act) for act in _done(acts)]
    return max(found) if found and all(found) else ""


def _done(acts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (act for act in acts if act.get("result") == "done")
