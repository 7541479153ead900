"""How a demo of each fault has to end: by the outcome of the run, and by what the stand-in counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """`outcomes`: any of them is right; with more than one, whoever watches may answer the question that is asked.
    `cause`: what the incident must name.
    `cured`: the fault must be gone and every strategy beat. `count`: what the fault is injected with."""

    outcomes: frozenset[str]
    cause: str
    cured: bool
    why: str
    count: int | None = None

    @property
    def asks(self) -> bool:
        return len(self.outcomes) > 1


def _resolved(cause: str, why: str) -> Expected:
    return Expected(frozenset({"resolved"}), cause, True, why)


def _escalated(cause: str, why: str) -> Expected:
    return Expected(frozenset({"escalated"}), cause, False, why)


def _outlasts_patience(cause: str, why: str) -> Expected:
    """A fault that would end by itself is kept until it is cleared: the bounded wait must run out."""
    return replace(_escalated(cause, why), count=0)


DEMOS: dict[str, dict[str, Expected]] = {
    "stale-heartbeat": {
        "service-crashed": _resolved("service_crashed", "no task runs: redeployed, unasked"),
        "deadlock": _resolved("deadlock", "no strategy of the service beats: redeployed, unasked"),
        "rate-limited": _resolved("rate_limited", "the venue's Retry-After is obeyed and entries are slowed down"),
        "exchange-down": replace(
            _outlasts_patience(
                "exchange_down",
                "waited for it, bounded; then a person is asked to wait on, to switch or to leave it",
            ),
            # Escalated where nobody answers; whoever watches the demo may.
            outcomes=frozenset({"escalated", "left_open", "resolved"}),
        ),
        "out-of-memory": replace(
            _escalated(
                "memory_exhausted",
                "a person is asked for the next size; meanwhile one redeploy at the present one, unasked",
            ),
            # Escalated where nobody answers; whoever watches the demo may.
            outcomes=frozenset({"escalated", "declined", "resolved"}),
        ),
        "database-down": _outlasts_patience(
            "database_unreachable", "nothing is restarted: a bot that cannot write its heartbeat may trade well"
        ),
        "network-down": _outlasts_patience("network_unreachable", "nothing is restarted: it would not help"),
        "detector-dead": _escalated(
            "detector_broken", "the alarm is up and every strategy beats: the detector is broken"
        ),
    },
}


def default_fault(runbook: str) -> str:
    return next(iter(DEMOS[runbook]))


def faults_found_in(
    expected: Expected,
    *,
    outcome: str,
    cause: str,
    stats: Mapping[str, Any],
    active: list[str],
    stale: list[str],
    only: str | None = None,
) -> list[str]:
    """What is wrong with how the demo ended; empty where all is as it should be.

    Args:
        outcome: of the run.
        cause: that its incident names.
        stats: of the stand-in, counted by itself.
        active: names of the faults that are still active.
        stale: strategies whose heartbeat is older than the limit.
        only: the one strategy that was broken; no other one may have been interrupted.
    """
    wrong: list[str] = []
    if outcome not in expected.outcomes:
        wrong.append(f"the run ended {outcome}, expected was {' or '.join(sorted(expected.outcomes))}")
    if cause != expected.cause:
        wrong.append(f"the incident names {cause or 'no cause'}, expected was {expected.cause}")
    if twice := stats.get("moments_with_two_copies"):
        wrong.append(f"two copies of a strategy traded at the same time ({twice} moments)")
    harmful = [str(one.get("remedy")) for one in stats.get("wrong_remedies", ()) if one.get("harm")]
    if harmful:
        wrong.append(f"a remedy did harm: {', '.join(harmful)}")
    others = [name for name, times in stats.get("interruptions", {}).items() if times and name != only]
    if only and others:
        wrong.append(f"healthy strategies were interrupted: {', '.join(sorted(others))}")
    if expected.cured and active:
        wrong.append(f"still broken: {', '.join(active)}")
    if expected.cured and stale:
        wrong.append(f"still without a heartbeat: {', '.join(stale)}")
    return wrong
