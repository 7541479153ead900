"""`make bench`: runs every measurement and writes `benchmarks/results.json` and `docs/benchmarks.md`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import approvals, checklist, classifier, closes, cures, diagnosis, report, startup, stop, table

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
DOCS = HERE.parent / "docs" / "benchmarks.md"
PARTS = {
    "startup": startup.measure,
    "cures": cures.measure_scaled,
    "recovery": cures.measure_real_time,
    "approvals": approvals.measure,
    "stop": stop.measure,
    "closes": closes.measure,
    "report": report.measure,
    "checklist": checklist.measure,
    "classifier": classifier.measure,
    "diagnosis": diagnosis.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=sorted(PARTS), action="append", help="measure this part again")
    wanted = parser.parse_args().only or list(PARTS)
    results: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    for name in wanted:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        results[name] = PARTS[name]()
        results[name]["machine"] = machine()
        RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", "utf-8")
    DOCS.write_text(table.page(results), "utf-8")
    print(f"written: {RESULTS.relative_to(HERE.parent)}, {DOCS.relative_to(HERE.parent)}", file=sys.stderr)
    return 0


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
    }


if __name__ == "__main__":
    sys.exit(main())
