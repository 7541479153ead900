"""`python -m tests.grants`: every scenario of the sweep with each grant held back from the call that first uses it,
and docs/grants-shown.md from what was refused.

What was shown is kept in build/grants as it comes, so that a run that was ended goes on where it was (`--again`
begins anew).
"""

from __future__ import annotations

import argparse
import json
import shutil

from infra import paths
from tests.grants.running import engine, rows, walked
from tests.sweep.scenarios import BY_NAME, SCENARIOS


def main() -> int:
    """0: every run came to an end that breaks no law."""
    options = argparse.ArgumentParser(prog="python -m tests.grants", description=__doc__)
    options.add_argument("--again", action="store_true", help="forget what was shown")
    options.add_argument("--scenario", action="append", help="this one only")
    given = options.parse_args()
    folder = paths.build() / "grants"
    if given.again:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [BY_NAME[name] for name in given.scenario or ()] or sorted(SCENARIOS, key=lambda one: one.last)
    bad = 0
    with engine(folder) as platform, (folder / "runs.jsonl").open("a", encoding="utf-8", buffering=1) as runs:
        for scenario in wanted:
            before = len(rows(folder))
            try:
                verdict = walked(platform, folder, scenario)
                ran = {"outcome": verdict.outcome, "wrong": list(verdict.wrong), "seconds": verdict.seconds}
            except AssertionError as error:
                ran = {"outcome": "", "wrong": [str(error)[:500]], "seconds": 0.0}
            bad += bool(ran["wrong"])
            runs.write(json.dumps({"scenario": scenario.name, "shown": len(rows(folder)) - before, **ran}) + "\n")
            print(scenario.name, ran, len(rows(folder)) - before, flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
