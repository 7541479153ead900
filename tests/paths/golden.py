"""The ways through every definition, written down: a change of a definition shows as a change of these files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from infra.asl import Definition, discover
from tests.paths.cases import Case, cases_of
from tests.paths.engine import rendered

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path(__file__).parent / "golden"
HEAD: Final = (
    "# Written by `make paths`. The point, the way to an end ([inside Parallel and Map, sorted]), and the end.\n"
    "# After #: a fingerprint of what is given, answered, asked of the tasks, carried to the end, and handed on."
)


def definitions() -> dict[str, Definition]:
    """By folder."""
    return {one.name: one for one in discover(ROOT / "statemachines")}


def machines() -> dict[str, dict[str, Any]]:
    """By folder, as deployed."""
    return {name: rendered(one) for name, one in definitions().items()}


def text_of(cases: Iterable[Case]) -> str:
    """The file of one machine."""
    return "\n".join([HEAD, *map(line_of, cases)]) + "\n"


def line_of(case: Case) -> str:
    inside = "" if case.inner is None else f" [{' '.join(case.inner)}]" if case.inner else ""
    torn = " [torn]" if case.inner is None else ""
    point = case.goal.partition(": ")[2]
    return f"{point}: {' '.join(case.outer)}{inside}{torn} -> {case.error or 'succeeds'} #{fingerprint(case)}"


def fingerprint(case: Case) -> str:
    """Other errors before a retrier gives up, or another field that a task is given, leave the way as it is."""
    values = json.dumps([case.given, case.answers, case.asked, case.carried, case.output], sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()[:8]


def every_case(whole: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Case]]:
    return {name: cases_of(name, machine)[0] for name, machine in whole.items()}


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, cases in every_case(machines()).items():
        (FOLDER / f"{name}.txt").write_text(text_of(cases), "utf-8")
