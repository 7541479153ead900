"""Reads the kill switch for a decision: what cannot be read is None, and every rule fails closed on it."""

from __future__ import annotations

from functions.errors import RunbookError
from functions.facts import KillSwitchFact
from functions.ports import Ports


def kill_switch_or_none(ports: Ports) -> KillSwitchFact | None:
    try:
        return ports.guards.kill_switch()
    except RunbookError:
        return None


NEEDS = ("guards.kill_switch",)
