"""`python -m tests.sweep`: all cases on two engines, and docs/sweep.md from what they said.

Verdicts are kept in build/sweep/results.jsonl as they come, so that a sweep that was ended goes on where it was
(`--again` begins anew), with all that was seen, which is judged by the laws of today; `--minutes` ends it in time,
and the report says how much was run. Exit codes: 1 where a case failed, errored or was not struck; 2 where none
did, but not all were run.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from infra import paths
from tests.e2e.lanes import forget
from tests.sweep import plan, report
from tests.sweep.places import places
from tests.sweep.rows import judge, judged_again, key_of, named
from tests.sweep.running import Case
from tests.sweep.working import Row, newest, run_all


def _well(row: Row) -> bool:
    return not row["error"] and bool(row["hit"]) and not row["wrong"]


def _told(row: Row) -> str:
    what = f"{row['machine']}/{row['state']} {row['fault']}:"
    if row["error"]:
        return f"{what} {row['error']}"
    said = "; ".join(row["wrong"]) or ("ok" if row["hit"] else "not struck")
    return f"{what} {row['outcome']} {row['seconds']} s {said}"


def _run(cases: list[Case], given: argparse.Namespace, kept: Path) -> None:
    sent = [(named(case), (case.scenario.name, case.place, case.fault)) for case in cases]
    run_all(judge, sent, given.engines, given.minutes, kept, _told, "sweep")


def code(rows: Sequence[Row], cases: int) -> int:
    """Of the process. `rows`: the newest of each case."""
    if not all(map(_well, rows)):
        return 1
    return 2 if len(rows) < cases else 0


def main() -> int:
    """As `code` says; of `--walks`, 1 where a scenario did not come to its end."""
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
        _run(plan.plain(), given, kept)
        walked = {row["scenario"]: row for row in newest(kept, key_of) if not row["error"]}
        plan.written(walked)
        return 0 if len(walked) == len(plan.plain()) else 1
    kept = folder / "results.jsonl"
    if given.again:
        kept.unlink(missing_ok=True)
        forget("sweep")
    found = plan.walks()
    every = plan.ordered(plan.cases(found))
    names = {key_of(named(case)) for case in every}
    well = {key_of(row) for row in newest(kept, key_of) if not given.failed or _well(judged_again(row))}
    wanted = [case for case in every if key_of(named(case)) not in well]
    if given.machine:
        wanted = [case for case in wanted if case.place is not None and case.place.machine in given.machine]
    if not given.report:
        _run(wanted, given, kept)
    rows = [judged_again(row) for row in newest(kept, key_of) if key_of(row) in names]
    holes = {place: plan.HOLES.get(str(place), "no scenario walks it") for place in plan.holes(found)}
    wanted_by = Counter(case.place.machine for case in every if case.place is not None)
    report.DOCS.write_text(report.text(rows, holes, wanted_by), encoding="utf-8")
    print(f"{len(rows)} of {len(every)} cases of {len(places())} places; see {report.DOCS.name}")
    return code(rows, len(every))


if __name__ == "__main__":
    sys.exit(main())
