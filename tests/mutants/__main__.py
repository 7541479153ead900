"""`python -m tests.mutants`: every mutant, and docs/mutants.md from what saw them.

Results are kept in build/mutants/results.jsonl as they come, so that a run that was ended goes on where it was
(`--again` begins anew). Ends with 1 where one has survived of which nobody says why, or was not judged.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from infra import paths
from tests.mutants import code, report, written
from tests.mutants.definitions import Mutant, mutants_of
from tests.mutants.hunting import hunt
from tests.mutants.report import DEFINITIONS, SAFETY
from tests.mutants.safety import EDITS
from tests.paths import engine, golden

PARTS: Final = (SAFETY, DEFINITIONS)
# Mutants that one engine runs: it forgets no run, and 2,000 mutants are four gigabytes of them.
AN_ENGINE: Final = 200
Row = Mapping[str, Any]


def kept_in(file: Path) -> dict[str, Row]:
    """The newest line of every mutant that there still is; `at`: when the run began that judged it, in UTC."""
    lines: Iterable[str] = file.read_text(encoding="utf-8").splitlines() if file.exists() else ()
    there = {f"{SAFETY} {edit}" for edit in EDITS} | {f"{DEFINITIONS} {mutant}" for mutant in every_mutant()}
    rows = {key_of(row): row for row in map(json.loads, lines)}
    return {key: row for key, row in rows.items() if key in there}


def key_of(row: Row) -> str:
    return f"{row['part']} {row['name']}"


def every_mutant() -> list[Mutant]:
    return [one for name, it in golden.definitions().items() for one in mutants_of(name, it.machine)]


def _safety(known: Mapping[str, Row], at_once: int) -> Iterator[Row]:
    left = [edit for edit in EDITS if f"{SAFETY} {edit}" not in known]
    code.sound(left)
    for edit, seen in ((sight.edit, sight.seen) for sight in code.run(left, at_once)):
        yield {
            "part": SAFETY, "name": str(edit), "kind": str(edit.kind), "mistake": edit.what, "file": edit.file,
            "seen": seen,
        }  # fmt: skip


def _definitions(known: Mapping[str, Row]) -> Iterator[Row]:
    left = [mutant for mutant in every_mutant() if f"{DEFINITIONS} {mutant}" not in known]
    definitions, cases = golden.definitions(), golden.every_case(golden.machines())
    for first in range(0, len(left), AN_ENGINE):
        with engine.engine() as lab:
            for mutant, seen in hunt(lab, left[first : first + AN_ENGINE], definitions, cases):
                yield {
                    "part": DEFINITIONS, "name": str(mutant), "kind": mutant.folder, "mistake": mutant.mistake,
                    "seen": None if seen is None else seen[:200],
                    "written": written.sees(mutant, definitions[mutant.folder]),
                }  # fmt: skip


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    options.add_argument("--only", choices=PARTS, help="run this part alone")
    options.add_argument("--at-once", type=int, default=2, help="safety mutants that are run at once")
    options.add_argument("--again", action="store_true", help="forget earlier results of what is run")
    options.add_argument("--survivors", action="store_true", help="once more what has survived")
    options.add_argument("--report", action="store_true", help="only write the report")
    given = options.parse_args()
    begun = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    file = paths.build() / "mutants" / "results.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    known = kept_in(file)
    parts = () if given.report else (given.only,) if given.only else PARTS
    if given.again:
        known = {key: row for key, row in known.items() if row["part"] not in parts}
    if given.survivors:
        known = {key: row for key, row in known.items() if row["seen"] is not None}
    file.write_text("".join(json.dumps(row) + "\n" for row in known.values()), encoding="utf-8")
    running = {SAFETY: lambda: _safety(known, given.at_once), DEFINITIONS: lambda: _definitions(known)}
    with file.open("a", encoding="utf-8") as kept:
        for row in (row for part in parts for row in running[part]()):
            kept.write(json.dumps({**row, "at": begun}) + "\n")
            kept.flush()
            if row["seen"] is None:
                print(f"survived: {row['name']}", flush=True)
    rows = list(kept_in(file).values())
    wanted = {SAFETY: len(EDITS), DEFINITIONS: len(every_mutant())}
    report.DOCS.write_text(report.text(rows, wanted), encoding="utf-8")
    left = report.survived(rows)
    print(f"{len(rows)} of {sum(wanted.values())} mutants run, {len(left)} survived; see {report.DOCS}")
    judged = Counter(row["part"] for row in rows)
    return bool(left) or any(judged[part] < wanted[part] for part in parts)


if __name__ == "__main__":
    sys.exit(main())
