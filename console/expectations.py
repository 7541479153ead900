"""How a demo of each fault has to end: by the outcome of the run, and by what the stand-in counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """`outcomes`: any of them is right. `cured`: the fault must be gone and every strategy beat."""

    outcomes: frozenset[str]
    cured: bool
    why: str


def _resolved(why: str) -> Expected:
    return Expected(frozenset({"resolved"}), True, why)


def _escalated(why: str) -> Expected:
    return Expected(frozenset({"escalated"}), False, why)


DEMOS: dict[str, dict[str, Expected]] = {
    "stale-heartbeat": {
        "service-crashed": _resolved("no task runs: redeployed, unasked"),
        "deadlock": _resolved("no strategy of the service beats: redeployed, unasked"),
        "rate-limited": _resolved("the venue's Retry-After is obeyed and entries are slowed down"),
        "exchange-down": _escalated("waited for it, bounded; switching the exchange is a person's decision"),
        "out-of-memory": _escalated("one redeploy, and the next size is proposed: capacity is a person's decision"),
        "database-down": _escalated("nothing is restarted: a bot that cannot write its heartbeat may trade well"),
        "network-down": _escalated("nothing is restarted: it would not help"),
        "detector-dead": _escalated("the alarm is up and every strategy beats: the detector is broken"),
    },
}


def default_fault(runbook: str) -> str:
    return next(iter(DEMOS[runbook]))


def faults_found_in(
    expected: Expected, outcome: str, stats: Mapping[str, Any], active: list[str], stale: list[str]
) -> list[str]:
    """What is wrong with how the demo ended; empty where all is as it should be.

    Args:
        outcome: of the run.
        stats: of the stand-in, counted by itself.
        active: names of the faults that are still active.
        stale: strategies whose heartbeat is older than the limit.
    """
    wrong: list[str] = []
    if outcome not in expected.outcomes:
        wrong.append(f"the run ended {outcome}, expected was {' or '.join(sorted(expected.outcomes))}")
    if twice := stats.get("moments_with_two_copies"):
        wrong.append(f"two copies of a strategy traded at the same time ({twice} moments)")
    harmful = [str(one.get("remedy")) for one in stats.get("wrong_remedies", ()) if one.get("harm")]
    if harmful:
        wrong.append(f"a remedy did harm: {', '.join(harmful)}")
    if expected.cured and active:
        wrong.append(f"still broken: {', '.join(active)}")
    if expected.cured and stale:
        wrong.append(f"still without a heartbeat: {', '.join(stale)}")
    return wrong
