"""`python -m tests.pairs`: every pair of runbooks, 50 times each, on two engines; writes docs/pairs.md.

Verdicts are kept in build/pairs/results.jsonl as they come, so that it goes on where it was ended (`--again` begins
anew), with all that was seen, which is judged by the laws of today; the page says how often each pair was run.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from infra import paths
from tests.e2e.lanes import forget
from tests.pairs.rows import judge, judged_again, key_of, named
from tests.pairs.running import pairs
from tests.sweep.working import Row, dated, newest, run_all

PAGE = Path(__file__).parents[2] / "docs" / "pairs.md"


def told(row: Row) -> str:
    ended = ", ".join(row["outcomes"]) or "came to no verdict"
    return f"{_name(row)}, {row['seed']}: {ended} {row['seconds']} s {'; '.join(_wrong(row))}"


def page(rows: Sequence[Row]) -> str:
    """Of docs/pairs.md."""
    by_pair: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row["seed"])):
        by_pair[_name(row)].append(row)
    least, most = min(map(len, by_pair.values()), default=0), max(map(len, by_pair.values()), default=0)
    often = f"{most} times" if least == most else f"{least} to {most} times"
    broken = [f"- {_name(row)}, {row['seed']}: {wrong}" for row in rows for wrong in _wrong(row)]
    lines = [
        "# Two runbooks at once",
        "",
        f"Written by `make pairs`: every pair of runbooks on one strategy, position or service, {often},",
        "both started within a second in random order. What must hold of them stands in `tests/sweep/laws`.",
        "",
        f"{len(by_pair)} pairs, {len(rows)} runs of two; laws were broken in "
        f"{sum(bool(_wrong(row)) for row in rows)}. {dated(rows)}",
        "",
        "| pair | runs | laws broken | how they ended |",
        "|---|---|---|---|",
    ]
    for name, own in by_pair.items():
        ends = Counter(" / ".join(sorted(row["outcomes"])) for row in own)
        said = ", ".join(f"{end or 'no verdict'} {count}" for end, count in ends.most_common(6))
        lines.append(f"| {name} | {len(own)} | {sum(bool(_wrong(row)) for row in own)} | {said} |")
    return "\n".join([*lines, *(["", "## Broken", "", *broken] if broken else [])]) + "\n"


def _name(row: Row) -> str:
    return f"{row['one']} and {row['other']}"


def _wrong(row: Row) -> list[str]:
    """A run that came to no verdict has proven nothing."""
    return [*row["wrong"], *([f"it came to no verdict: {row['error']}"] if row["error"] else [])]


def code(rows: Sequence[Row], runs: int) -> int:
    """Of the process: 1 where a law was broken, 2 where none was, but not all were run."""
    if any(map(_wrong, rows)):
        return 1
    return 2 if len(rows) < runs else 0


def main() -> int:
    """As `code` says."""
    options = argparse.ArgumentParser(prog="python -m tests.pairs", description=__doc__)
    options.add_argument("--times", type=int, default=50, help="how often each pair is run")
    options.add_argument("--engines", type=int, default=2)
    options.add_argument("--minutes", type=float, default=24 * 60.0)
    options.add_argument("--again", action="store_true", help="forget earlier verdicts")
    options.add_argument("--failed", action="store_true", help="once more where a law was broken")
    given = options.parse_args()
    kept = paths.build() / "pairs" / "results.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    if given.again:
        kept.unlink(missing_ok=True)
        forget("pairs")
    well = {key_of(row) for row in newest(kept, key_of) if not given.failed or not _wrong(judged_again(row))}
    every = list(pairs(given.times))
    wanted = [one for one in every if key_of(named(one)) not in well]
    sent = [(named(one), (one.one.name, one.other.name, one.seed)) for one in wanted]
    run_all(judge, sent, given.engines, given.minutes, kept, told, "pairs")
    names = {key_of(named(one)) for one in every}
    # Pairs that are none any more, or more of them than were asked for, are not told of.
    rows = [judged_again(row) for row in newest(kept, key_of) if key_of(row) in names]
    PAGE.write_text(page(rows), "utf-8")
    return code(rows, len(every))


if __name__ == "__main__":
    sys.exit(main())
