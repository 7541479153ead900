"""`python -m tests.sweep`: all cases on two engines, and docs/sweep.md from what they said.

Verdicts are kept in build/sweep/results.jsonl as they come, so that a sweep that was ended goes on where it was
(`--again` begins anew); `--minutes` ends it in time, and the report says how much was run.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra import paths
from tests.sweep import plan, report
from tests.sweep.places import places
from tests.sweep.working import key_of, row_of, run_all


def rows_of(kept: Path) -> list[dict[str, Any]]:
    """The newest line of every case."""
    lines: Iterable[str] = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else ()
    newest = {key_of(row): row for row in map(json.loads, lines)}
    return list(newest.values())


def _well(row: dict[str, Any]) -> bool:
    return bool(row["hit"] and not row["wrong"] and not row["error"])


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.sweep", description=__doc__)
    options.add_argument("--walks", action="store_true", help="run the scenarios alone, and write what they walk")
    options.add_argument("--engines", type=int, default=2)
    options.add_argument("--minutes", type=float, default=24 * 60.0)
    options.add_argument("--again", action="store_true", help="forget earlier verdicts")
    options.add_argument("--failed", action="store_true", help="once more what failed or was not struck")
    options.add_argument("--machine", action="append", help="of these machines only")
    options.add_argument("--report", action="store_true", help="only write the report")
    given = options.parse_args()
    folder = paths.build() / "sweep"
    folder.mkdir(parents=True, exist_ok=True)
    if given.walks:
        kept = folder / "walks.jsonl"
        kept.unlink(missing_ok=True)
        run_all(plan.plain(), given.engines, given.minutes, kept)
        lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
        plan.written({row["scenario"]: row for row in lines if not row["error"]})
        return
    kept = folder / "results.jsonl"
    if given.again:
        kept.unlink(missing_ok=True)
    found = plan.walks()
    every = plan.ordered(plan.cases(found))
    names = {key_of(row_of(case, {})) for case in every}
    rows = [row for row in rows_of(kept) if key_of(row) in names]
    well = {key_of(row) for row in rows if not given.failed or _well(row)}
    wanted = [case for case in every if key_of(row_of(case, {})) not in well]
    if given.machine:
        wanted = [case for case in wanted if case.place is not None and case.place.machine in given.machine]
    if not given.report:
        run_all(wanted, given.engines, given.minutes, kept)
    rows = [row for row in rows_of(kept) if key_of(row) in names]
    holes = {place: plan.HOLES.get(str(place), "no scenario walks it") for place in plan.holes(found)}
    wanted_by = Counter(case.place.machine for case in every if case.place is not None)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores"
    report.DOCS.write_text(report.text(rows, holes, wanted_by, when), encoding="utf-8")
    print(f"{len(rows)} of {len(every)} cases of {len(places())} places; see {report.DOCS.name}")


if __name__ == "__main__":
    main()
