"""What one lane walked, or walked long ago, is never told as another one's. Needs no engine."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.e2e.coverage import write_report
from tests.e2e.lanes import END_TO_END, LANES, MOCKED, SINGLE_FAULTS, forget

POINT = {"machine": "tradai-local-verify-trading", "kind": "state", "index": None, "mocked": False}


def walked(folder: Path, file: str, state: str, mocked: bool = False) -> None:
    line = json.dumps({**POINT, "state": state, "mocked": mocked})
    (folder / file).write_text(line + "\n", "utf-8")


def test_each_lane_reads_its_own_files(tmp_path: Path) -> None:
    for file in ("e2e-gw0", "sweep-12", "pairs-3", "sample-4", "some-pairs-5", "paths", "other-6"):
        walked(tmp_path, f"{file}.jsonl", "S")
    names = {lane: [path.stem for path in lane.files(tmp_path)] for lane in LANES}
    assert names == {
        END_TO_END: ["e2e-gw0"],
        SINGLE_FAULTS: ["sweep-12", "pairs-3", "sample-4", "some-pairs-5"],
        MOCKED: ["paths"],
    }


def test_a_lane_that_begins_anew_forgets_its_own_files_alone(tmp_path: Path) -> None:
    for file in ("pairs-1", "some-pairs-2", "sample-3"):
        walked(tmp_path, f"{file}.jsonl", "S")
    forget("pairs", tmp_path)
    assert [path.stem for path in SINGLE_FAULTS.files(tmp_path)] == ["sample-3", "some-pairs-2"]


def test_what_a_sweep_walked_is_not_told_as_walked_end_to_end(tmp_path: Path) -> None:
    walked(tmp_path, "sweep-1.jsonl", "LastWord")
    os.utime(tmp_path / "sweep-1.jsonl", (0, 0))
    line = write_report(metered=tmp_path)
    page = (tmp_path / "report.md").read_text("utf-8")
    assert line is not None
    assert "definitions walked: 0% end to end" in line
    assert "| single faults, nothing mocked | 1970-01-01 00:00 UTC |" in page
    assert "| end to end | never |" in page
    [states] = [line for line in page.splitlines() if line.startswith("| state |")]
    assert states.startswith("| state | 0.0% | 0.3% | 0.3% |")


def test_without_a_meter_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert write_report(metered=tmp_path) is None
