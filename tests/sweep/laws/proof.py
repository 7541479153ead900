"""`resolved` is a word for what was verified: by the checklist, and by the platform itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tests.sweep.seen import Execution, Seen, unified

LINES: Final = frozenset({"positions", "heartbeats", "orders", "signals", "log_patterns", "alarms", "incident"})
MUST_PASS: Final = ("positions", "heartbeats")
TRADING: Final = frozenset({"running", "warmup"})
OWED: Final = "no heartbeat is owed"
# A stop is resolved when all stands still; its checklist comes after it.
WITHOUT_A_CHECKLIST: Final = frozenset({"emergency-stop"})


def resolved_is_checked(seen: Seen) -> Iterator[str]:
    """Positions and heartbeats pass, no other line fails, and what is not known stands in `not_proven`."""
    for run, incident in _resolved(seen):
        if run.machine not in WITHOUT_A_CHECKLIST:
            yield from (f"{run.machine} is resolved, and {wrong}" for wrong in _checked(incident))


def resolved_is_proven(seen: Seen) -> Iterator[str]:
    """What the run is about is well at the platform."""
    for run, _ in _resolved(seen):
        yield from (f"{run.machine} is resolved, and {wrong}" for wrong in WELL[run.machine](seen))


def _resolved(seen: Seen) -> Iterator[tuple[Execution, Mapping[str, Any]]]:
    for run in seen.tops:
        incident = seen.incident(run.arn)
        if "resolved" in (run.output.get("outcome"), incident.get("outcome")):
            yield run, incident


def _checked(incident: Mapping[str, Any]) -> Iterator[str]:
    lines = {str(line["id"]): line for line in incident.get("checklist") or ()}
    if missing := LINES - set(lines):
        yield f"its checklist has no {', '.join(sorted(missing))}"
    for name, line in lines.items():
        result, others = line["result"], line.get("concerns") == "others"
        if result == "fail" and not others:
            yield f"its checklist fails: {name}"
        elif name in MUST_PASS and result != "pass" and not others and not _owes_nothing(line):
            yield f"{name} is {result}"
        if name in LINES and result in ("unknown", "skipped") and name not in (incident.get("not_proven") or ()):
            yield f"{name} is {result}, and is not told as not proven"


def _owes_nothing(line: Mapping[str, Any]) -> bool:
    """Who was stopped, or only manages exits, writes no heartbeat: it was known, and not left out."""
    return line["result"] == "skipped" and OWED in str(line.get("value"))


def _beats(seen: Seen) -> Iterator[str]:
    if seen.stale:
        yield f"stale: {', '.join(seen.stale)}"


def _is_flat(seen: Seen) -> Iterator[str]:
    for one in seen.positions:
        if one["status"] != "closed":
            yield f"{one['position_id']} is {one['status']}"
        for symbol, amount in seen.held.items():
            if amount and unified(symbol) == one["symbol"]:
                yield f"{amount} {symbol} are open at the venue"


def _stands_still(seen: Seen) -> Iterator[str]:
    yield from (f"{name} is {status}" for name, status in seen.statuses.items() if status in TRADING)
    if seen.desired:
        yield f"{seen.desired} tasks are wanted"
    if seen.switch.get("engaged") is not True:
        yield "the kill switch is not engaged"


def _trades(seen: Seen) -> Iterator[str]:
    """Or only manages exits, where that was asked for: the kill switch says so itself, and stays engaged."""
    wanted, engaged = ("paused", True) if seen.switch.get("manage_only") else ("running", False)
    yield from (f"{name} is {status}" for name, status in seen.statuses.items() if status != wanted)
    if seen.switch.get("engaged") is not engaged:
        yield "the kill switch is not as it was wanted"
    if not seen.desired:
        yield "no task is wanted"


WELL: Final[Mapping[str, Callable[[Seen], Iterator[str]]]] = {
    "stale-heartbeat": _beats,
    "order-failures": _beats,
    "stuck-position": _is_flat,
    "close-position": _is_flat,
    "emergency-stop": _stands_still,
    "resume-trading": _trades,
    "verify-trading": _beats,
}
