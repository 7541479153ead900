"""What is kept of a case: who it is, and what was judged.

In a module of its own: other processes cannot import what stands in the one that was started.
"""

from __future__ import annotations

from pathlib import Path

from infra import paths
from tests.e2e.platform import Platform
from tests.sweep.faults import Fault
from tests.sweep.kept import keep, kept
from tests.sweep.laws import broken_laws
from tests.sweep.places import Place
from tests.sweep.running import Case, judged
from tests.sweep.scenarios import BY_NAME
from tests.sweep.working import Row


def key_of(row: Row) -> tuple[str, str, str, str]:
    return row["machine"], row["state"], row["fault"], row["scenario"]


def named(case: Case) -> Row:
    """The row of a case of which nothing is known yet."""
    machine, state = (case.place.machine, case.place.state) if case.place else ("", "")
    fault = case.fault.name if case.fault else ""
    nothing_yet = {"outcome": "", "hit": False, "wrong": [], "walked": []}
    return {"machine": machine, "state": state, "fault": fault, "scenario": case.scenario.name, **nothing_yet}


def judge(platform: Platform, sent: tuple[str, Place | None, Fault | None]) -> Row:
    """A scenario's functions cannot be sent to another process: its name can."""
    name, place, fault = sent
    case = Case(BY_NAME[name], place, fault)
    verdict = judged(platform, case)
    keep(verdict.seen, file_of(named(case)))
    return {
        "outcome": verdict.outcome,
        "hit": verdict.hit,
        "wrong": list(verdict.wrong),
        "walked": list(verdict.walked),
    }


def file_of(row: Row) -> Path:
    name = ".".join(filter(None, key_of(row))).replace(" ", "-").replace(",", "")
    return paths.build() / "sweep" / "seen" / f"{name}.pickle.gz"


def judged_again(row: Row) -> Row:
    """By the laws of today, where what was seen has been kept; else as it was."""
    seen = None if row["error"] else kept(file_of(row))
    return row if seen is None else {**row, "wrong": broken_laws(seen)}
