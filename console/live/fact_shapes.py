"""The facts of a diagnosis in words: service, logs, probes, exposure; each may be unknown instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from console.live.marks import lasted
from console.live.shapes import RESULT_TONES, Found, count, names, words
from console.live.steps import Finding, Tone
from functions.rules.log_patterns import TROUBLE

ERRORS = frozenset(pattern.name for pattern in TROUBLE)


def fact(it: Found) -> Iterator[Finding]:
    value = it["fact"]
    if value is None:
        yield Finding(f"unknown: {it['why']}", Tone.UNKNOWN)
    elif "running" in value and "desired" in value:
        yield from _service(value)
    elif "counts" in value:
        yield from _logs(value)
    elif "reading" in value:
        yield _probe(value)
    elif "positions" in value:
        yield from _exposure(value)
    else:
        for venue, probe in value.items():
            if isinstance(probe, dict) and "reading" in probe:
                yield _probe(probe, f"{venue}: ")


def _service(it: Found) -> Iterator[Finding]:
    running, desired = it["running"], it["desired"]
    pending = f", {it['pending']} pending" if it.get("pending") else ""
    yield Finding(f"{running} of {desired} tasks running{pending}", Tone.GOOD if running >= desired else Tone.BAD)
    stopped = [t for t in it.get("tasks", ()) if t.get("stopped_reason")]
    if stopped and running < desired:
        last = max(stopped, key=lambda task: str(task.get("stopped_at") or ""))
        inner = f" ({last['container_reason']})" if last.get("container_reason") else ""
        yield Finding(f"last stopped: {last['stopped_reason']}{inner}", Tone.EVIDENCE)
    moving = [d for d in it.get("deployments", ()) if d.get("rollout") not in (None, "COMPLETED")]
    if moving:
        yield Finding(f"deployment {moving[0]['rollout']}", Tone.UNKNOWN)


def _logs(it: Found) -> Iterator[Finding]:
    hits = {name: number for name, number in it["counts"].items() if number and name in ERRORS}
    told = ", ".join(f"{words(name)} {number}" for name, number in sorted(hits.items(), key=lambda x: -x[1]))
    yield Finding(told or "no error patterns", Tone.BAD if hits else Tone.GOOD)
    yield Finding(f"last line {_before(it['last_line_at'], it['window_end'])}", Tone.EVIDENCE)


def _before(at: str | None, end: str) -> str:
    if at is None:
        return "none in the window"
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(at)).total_seconds()
    return f"{lasted(seconds)} before"


def _probe(it: Found, who: str = "") -> Finding:
    told = str(it.get("detail") or it["reading"])
    status = it.get("http_status")
    if status and str(status) not in told:
        told += f" (HTTP {status})"
    if it.get("retry_after_seconds"):
        told += f", Retry-After {it['retry_after_seconds']} s"
    return Finding(who + told, RESULT_TONES.get(it["reading"], Tone.UNKNOWN))


def _exposure(it: Found) -> Iterator[Finding]:
    if it.get("unreadable"):
        yield Finding(f"unknown: {names(it['unreadable'])} cannot be read", Tone.UNKNOWN)
    orders = it.get("orders", ())
    protective = sum(1 for order in orders if order.get("protective"))
    exits = len(it.get("exits_in_flight", ()))
    yield Finding(f"{count(len(it['positions']), 'open position')}, {count(len(orders), 'working order')} "
                  f"({protective} protective), {count(exits, 'exit')} in flight")  # fmt: skip
