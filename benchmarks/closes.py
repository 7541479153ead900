"""A thousand closes under randomised faults over the twins (tests/properties/closes.py), and 300 by the real
adapter over HTTP to the stand-in venue, by that venue's own books (tests/properties/closes_over_http.py).

Every call may fail, be lost or come late, every function may die or go on beside its retry, owners and strategies
move in between. Times are the platform's own, from the start of a close to the moment at which the position was
flat.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from tests.properties.closes import Played, run
from tests.properties.closes_over_http import over_http

SEEDS = range(1_000, 2_000)
HTTP_SEEDS = range(1_000, 1_300)


def measure() -> dict[str, Any]:
    """`broken`: seeds that broke a law, by which; `share`: percent of the recoverable ones that ended proven flat;
    seconds to flat and without protection."""
    with over_http() as there:
        return {**_measured(SEEDS, run), "http": _measured(HTTP_SEEDS, there.run)}


def _measured(seeds: range, play: Callable[[int], Played]) -> dict[str, Any]:
    print(f"  seeds {seeds[0]} to {seeds[-1]} ...", file=sys.stderr, flush=True)
    began = time.monotonic()
    played = [play(seed) for seed in seeds]
    recoverable = [one for one in played if one.recoverable]
    times = sorted(one.seconds for one in played if one.flat and one.seconds is not None)
    bare = [one.bare_seconds for one in played if one.bare_seconds]
    return {
        "seeds": [seeds[0], seeds[-1]],
        "closes": len(played),
        "broken": {str(one.seed): one.violations for one in played if one.violations},
        "faults": sum(_disturbed(one) for one in played),
        "recoverable": len(recoverable),
        "recovered": sum(one.flat for one in recoverable),
        "share": round(100 * sum(one.flat for one in recoverable) / len(recoverable), 1),
        "seconds_to_flat": {
            "median": round(median(times), 1),
            "p95": round(quantiles(times, n=20)[-1], 1),
            "worst": round(times[-1], 1),
        },
        "unprotected": {"closes": len(bare), "worst_seconds": round(max(bare, default=0), 1)},
        "took_seconds": round(time.monotonic() - began),
    }


def _disturbed(one: Played) -> int:
    return sum(what.startswith(("fault", "death", "create")) for what in one.seen)


def part(found: dict[str, Any], foot: str) -> list[str]:
    """Its section of docs/benchmarks.md."""
    both = [("in process, over the twin", found)]
    both += [("by the real adapter over HTTP to the stand-in venue", found["http"])] if "http" in found else []
    lines = [line for over, one in both for line in _table(over, one)]
    return ["## Closes under randomised faults", "", *lines, foot, ""]


def _table(over: str, found: dict[str, Any]) -> list[str]:
    times, bare = found["seconds_to_flat"], found["unprotected"]
    return [
        f"{found['closes']} closes {over} (seeds {found['seeds'][0]} to {found['seeds'][1]}), "
        f"{found['faults']} faults and deaths in them.",
        "Times are the platform's own: most of them is the time until an answer that was lost is certain.",
        "",
        "| | | goal |",
        "|---|---|---|",
        f"| laws broken | {len(found['broken'])} | 0 |",
        f"| recoverable ones that ended proven flat, % | {found['share']} | 95 |",
        f"| seconds to flat, median | {times['median']} | |",
        f"| seconds to flat, 95 of 100 | {times['p95']} | |",
        f"| seconds to flat, worst | {times['worst']} | |",
        f"| closes in which protection was off | {bare['closes']} | |",
        f"| seconds without it, worst | {bare['worst_seconds']} | |",
        "",
    ]
