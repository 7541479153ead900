"""`make pairs`: every pair of runbooks, 50 times each; writes docs/pairs.md."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

from tests.e2e.platform import Platform
from tests.pairs.running import Pair, Verdict, judged, pairs
from tests.sweep.engines import engine

PAGE = Path(__file__).parents[2] / "docs" / "pairs.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pairs", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="how often each pair is run")
    times = parser.parse_args().times
    found: dict[str, list[Verdict]] = defaultdict(list)
    failed: list[str] = []
    with engine() as platform:
        for pair in pairs(times):
            name = f"{pair.one.name} and {pair.other.name}"
            verdict = _one(platform, pair)
            found[name].append(verdict)
            failed += [f"{pair}: {wrong}" for wrong in verdict.wrong]
            print(f"{pair}: {', '.join(verdict.outcomes)} {'; '.join(verdict.wrong)}", file=sys.stderr, flush=True)
    PAGE.write_text(page(found, failed, times), "utf-8")
    return 1 if failed else 0


def _one(platform: Platform, pair: Pair) -> Verdict:
    try:
        return judged(platform, pair)
    except AssertionError as error:
        return Verdict((), (f"it came to no verdict: {error}"[:300],), 0.0)


def page(found: dict[str, list[Verdict]], failed: list[str], times: int) -> str:
    """Of docs/pairs.md."""
    lines = [
        "# Two runbooks at once",
        "",
        f"Written by `make pairs`: every pair of runbooks on one strategy, position or service, {times} times,",
        "both started within a second in random order. What must hold of them stands in `tests/sweep/laws.py`.",
        "",
        "| pair | runs | laws broken | how they ended |",
        "|---|---|---|---|",
    ]
    for name, verdicts in found.items():
        ends = Counter(" / ".join(sorted(one.outcomes)) for one in verdicts)
        told = ", ".join(f"{end} {count}" for end, count in ends.most_common(6))
        lines.append(f"| {name} | {len(verdicts)} | {sum(bool(one.wrong) for one in verdicts)} | {told} |")
    if failed:
        lines += ["", "## Broken", "", *(f"- {one}" for one in failed)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
