"""`python -m tests.grants`: every scenario of the sweep with each grant held back from the call that first uses it,
and docs/grants-shown.md from what was refused.

What was shown is kept in build/grants as it comes, so that a run that was ended goes on where it was (`--again`
begins anew).
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from infra import paths
from tests.e2e.platform import Platform
from tests.grants import more, record, report
from tests.grants.lines import every
from tests.grants.running import engine, held, rows, walked
from tests.sweep import plan
from tests.sweep.scenarios import BY_NAME, SCENARIOS, Scenario

# Each time less is new to be refused, and the run gets further.
MOST_TIMES: Final = 4


def ordered(walks: Mapping[str, Mapping[str, Any]]) -> list[Scenario]:
    """First the one that walks most states, then the one that adds most to it: a run that is ended early has shown
    most of what it can. What no reset takes away comes last."""
    found: list[Scenario] = []
    seen: set[str] = set()
    left = list(SCENARIOS)

    def walked_by(one: Scenario) -> set[str]:
        # A new scenario was not walked yet.
        return set(walks.get(one.name, {}).get("walked", ()))

    while left:
        best = max(left, key=lambda one: (not one.last, len(walked_by(one) - seen)))
        seen |= walked_by(best)
        left.remove(best)
        found.append(best)
    return found


def main() -> int:
    """0: every run came to an end that breaks no law, and every end-to-end test passes at last."""
    options = argparse.ArgumentParser(prog="python -m tests.grants", description=__doc__)
    options.add_argument("--again", action="store_true", help="forget what was shown")
    options.add_argument("--scenario", action="append", help="this one only")
    options.add_argument("--test", action="append", help="this end-to-end test only")
    options.add_argument("--report", action="store_true", help="only write what was shown, and the page")
    given = options.parse_args()
    folder = paths.build() / "grants"
    if given.again:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    only = bool(given.scenario or given.test or given.report)
    scenarios = [BY_NAME[name] for name in given.scenario or ()] if only else ordered(plan.walks())
    tests = given.test or (() if only else more.TESTS)
    bad = 0
    if not given.report:
        with engine(folder) as platform:
            bad += sum(not _well(platform, folder, scenario) for scenario in scenarios if not scenario.last)
            bad += sum(not _passes(platform, folder, test) for test in tests)
            bad += sum(not _well(platform, folder, scenario) for scenario in scenarios if scenario.last)
    record.write(rows(folder), every())
    report.DOCS.write_text(report.text(), encoding="utf-8")
    return int(bad > 0)


def _well(platform: Platform, folder: Path, scenario: Scenario) -> bool:
    """Whether its run comes to an end that breaks no law."""

    def once() -> tuple[str, Sequence[str]]:
        verdict = walked(platform, folder, scenario)
        return verdict.outcome, verdict.wrong

    return _until_it_is_well(folder, scenario.name, once)


def _passes(platform: Platform, folder: Path, test: str) -> bool:
    """Whether it passes once nothing new is refused in it."""

    def once() -> tuple[str, Sequence[str]]:
        with held(folder, test):
            more.run(platform, test)
        return "passed", ()

    return _until_it_is_well(folder, test, once)


def _until_it_is_well(folder: Path, name: str, once: Callable[[], tuple[str, Sequence[str]]]) -> bool:
    """What goes wrong counts only where nothing was refused: a refusal is a trouble of its own. Each run is a line
    of `runs.jsonl`."""
    for _ in range(MOST_TIMES):
        before, began = len(rows(folder)), time.monotonic()
        try:
            outcome, wrong = once()
        except Exception as error:
            outcome, wrong = "", [repr(error)[:500]]
        refused = len(rows(folder)) - before
        seconds = round(time.monotonic() - began, 1)
        ran = {"name": name, "refused": refused, "outcome": outcome, "wrong": list(wrong), "seconds": seconds}
        with (folder / "runs.jsonl").open("a", encoding="utf-8") as runs:
            runs.write(json.dumps(ran) + "\n")
        print(ran, flush=True)
        if not wrong or refused == 0:
            break
    return not wrong


if __name__ == "__main__":
    raise SystemExit(main())
