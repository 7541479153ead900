"""What is kept of a case: who it is, and what was judged.

In a module of its own: other processes cannot import what stands in the one that was started.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from infra import paths
from tests.e2e.platform import Platform
from tests.sweep import plan
from tests.sweep.faults import Fault, faults_of
from tests.sweep.kept import keep, kept
from tests.sweep.laws import broken_laws
from tests.sweep.places import Place, places
from tests.sweep.running import Case, judged
from tests.sweep.scenarios import BY_NAME
from tests.sweep.wanted import otherwise, wanted
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
        "wrong": [*verdict.wrong, *not_as_wanted(case, verdict.outcome)],
        "walked": list(verdict.walked),
    }


def not_as_wanted(case: Case, outcome: str) -> list[str]:
    """What is wrong with the outcome itself."""
    plain = _walks().get(case.scenario.name, {}).get("outcome")
    return otherwise(outcome, wanted(case.place, case.fault, plain))


@cache
def _walks() -> dict[str, dict[str, Any]]:
    return plan.walks()


@cache
def _cases() -> dict[tuple[str, str, str], tuple[Place, Fault]]:
    return {(one.machine, one.state, fault.name): (one, fault) for one in places() for fault in faults_of(one)}


def file_of(row: Row) -> Path:
    name = ".".join(filter(None, key_of(row))).replace(" ", "-").replace(",", "")
    return paths.build() / "sweep" / "seen" / f"{name}.pickle.gz"


def judged_again(row: Row) -> Row:
    """By the laws of today, where what was seen has been kept; else as it was."""
    seen = None if row["error"] else kept(file_of(row))
    if seen is None:
        return row
    place, fault = _cases().get(key_of(row)[:3], (None, None))
    case = Case(BY_NAME[row["scenario"]], place, fault)
    return {**row, "wrong": [*broken_laws(seen), *not_as_wanted(case, row["outcome"])]}
