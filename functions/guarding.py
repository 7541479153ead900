"""Reads the kill switch. What cannot be read never counts as released: rules and acts fail closed on it."""

from __future__ import annotations

from functions.errors import Refused, RunbookError
from functions.facts import KillSwitchFact
from functions.ports import Ports
from functions.rules.kill_switch import why_not_redeploy


def kill_switch_or_none(ports: Ports) -> KillSwitchFact | None:
    """For a decision: None where it cannot be read."""
    try:
        return ports.guards.kill_switch()
    except RunbookError:
        return None


def must_be_released(ports: Ports) -> None:
    """For an act on the whole service, in the moment of acting: `Refused` unless it is plainly released."""
    refusal = why_not_redeploy(kill_switch_or_none(ports))
    if refusal:
        raise Refused(refusal)


NEEDS = ("guards.kill_switch",)
