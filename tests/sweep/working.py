"""Workers with an engine each, that take cases from one queue."""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

from tests.sweep.engines import engine
from tests.sweep.running import Case, judged
from tests.sweep.scenarios import BY_NAME

# A case that comes to no end costs its scenario's time; so many in a row are a broken engine.
MOST_ERRORS = 4


def row_of(case: Case, ran: dict[str, Any]) -> dict[str, Any]:
    machine, state = (case.place.machine, case.place.state) if case.place else ("", "")
    fault = case.fault.name if case.fault else ""
    return {"machine": machine, "state": state, "fault": fault, "scenario": case.scenario.name, **ran}


def key_of(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return row["machine"], row["state"], row["fault"], row["scenario"]


def work(todo: Any, done: Any, until: float) -> None:
    """A process with an engine of its own; another one comes where this one seems broken."""
    # Whoever ends a worker ends its engine too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    errors = 0
    while not todo.empty() and time.time() < until:
        with engine() as platform:
            while time.time() < until and errors < MOST_ERRORS:
                try:
                    name, place, fault = todo.get(timeout=1)
                except Empty:
                    return
                case = Case(BY_NAME[name], place, fault)
                began = time.monotonic()
                try:
                    verdict = judged(platform, case)
                    ran: dict[str, Any] = {
                        "outcome": verdict.outcome,
                        "hit": verdict.hit,
                        "wrong": list(verdict.wrong),
                        "error": "",
                        "walked": list(verdict.walked),
                    }
                    errors = 0
                except Exception as error:
                    ran = {"outcome": "", "hit": False, "wrong": [], "walked": [], "error": repr(error)[:500]}
                    errors += 1
                done.put(row_of(case, {**ran, "seconds": round(time.monotonic() - began, 1)}))
        errors = 0


def run_all(cases: list[Case], engines: int, minutes: float, kept: Path) -> None:
    """Appends a line for each case to `kept`, as it ends."""
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    for case in cases:
        # A scenario's functions cannot be sent to another process: its name can.
        todo.put((case.scenario.name, case.place, case.fault))
    until = time.time() + minutes * 60
    workers = [context.Process(target=work, args=(todo, done, until), daemon=True) for _ in range(engines)]
    for worker in workers:
        worker.start()
    with kept.open("a", encoding="utf-8", buffering=1) as lines:
        while any(worker.is_alive() for worker in workers) or not done.empty():
            try:
                row = done.get(timeout=1)
            except Empty:
                continue
            lines.write(json.dumps(row) + "\n")
            told = row["error"] or "; ".join(row["wrong"]) or ("ok" if row["hit"] else "not struck")
            print(
                f"{row['machine']}/{row['state']} {row['fault']}: {row['outcome']} {row['seconds']} s {told}",
                flush=True,
            )
    # What nobody took would hold this process up at its end.
    todo.cancel_join_thread()
