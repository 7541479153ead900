"""A thousand closes under randomised faults, in process over the twins (tests/properties/closes.py).

Every call may fail, be lost or come late, every function may die or go on beside its retry, owners and strategies
move in between. Times are the platform's own, from the start of a close to the moment at which the position was
flat.
"""

from __future__ import annotations

import sys
import time
from statistics import median, quantiles
from typing import Any

from tests.properties.closes import Played, run

SEEDS = range(1_000, 2_000)


def measure() -> dict[str, Any]:
    """`broken`: seeds that broke a law, by which; `share`: percent of the recoverable ones that ended proven flat;
    seconds to flat and without protection."""
    print(f"  seeds {SEEDS[0]} to {SEEDS[-1]} ...", file=sys.stderr, flush=True)
    began = time.monotonic()
    played = [run(seed) for seed in SEEDS]
    recoverable = [one for one in played if one.recoverable]
    times = sorted(one.seconds for one in played if one.flat and one.seconds is not None)
    bare = [one.bare_seconds for one in played if one.bare_seconds]
    return {
        "seeds": [SEEDS[0], SEEDS[-1]],
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
    times, bare = found["seconds_to_flat"], found["unprotected"]
    return [
        "## Closes under randomised faults",
        "",
        f"{found['closes']} closes in process (seeds {found['seeds'][0]} to {found['seeds'][1]}), "
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
        foot,
        "",
    ]
