"""Workers with an engine each, that take cases from one queue."""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from queue import Empty
from typing import Any

from tests.e2e.platform import Platform
from tests.sweep.engines import engine

# A case that comes to no end costs its scenario's time; so many in a row are a broken engine.
MOST_ERRORS = 4
# What runs leave behind in it makes an engine slower with every case.
MOST_CASES = 80
Row = dict[str, Any]
# A row of one case, which a function of a module makes: it is sent to other processes by name. Whatever it raises
# becomes the row's `error`.
Judge = Callable[[Platform, Any], Mapping[str, Any]]


def work(judge: Judge, todo: Any, done: Any, until: float) -> None:
    """A process with an engine of its own; another one comes where this one seems broken."""
    # Whoever ends a worker ends its engine too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    while not todo.empty() and time.time() < until:
        cases = errors = 0
        with engine() as platform:
            while time.time() < until and errors < MOST_ERRORS and cases < MOST_CASES:
                cases += 1
                try:
                    named, case = todo.get(timeout=1)
                except Empty:
                    return
                began = time.monotonic()
                try:
                    ran = {**judge(platform, case), "error": ""}
                    errors = 0
                except Exception as error:
                    ran = {"error": repr(error)[:500]}
                    errors += 1
                done.put({**named, **ran, "seconds": round(time.monotonic() - began, 1)})


def run_all(
    judge: Judge,
    cases: Sequence[tuple[Mapping[str, Any], Any]],
    engines: int,
    minutes: float,
    kept: Path,
    told: Callable[[Row], str],
) -> None:
    """Appends a row for each case to `kept`, as it ends, and prints what `told` says of it.

    `cases`: what names each in its row, and what `judge` is given; both can be sent to another process.
    """
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    for case in cases:
        todo.put(case)
    until = time.time() + minutes * 60
    workers = [context.Process(target=work, args=(judge, todo, done, until), daemon=True) for _ in range(engines)]
    for worker in workers:
        worker.start()
    with kept.open("a", encoding="utf-8", buffering=1) as lines:
        while any(worker.is_alive() for worker in workers) or not done.empty():
            try:
                row = done.get(timeout=1)
            except Empty:
                continue
            lines.write(json.dumps(row) + "\n")
            print(told(row), flush=True)
    # What nobody took would hold this process up at its end.
    todo.cancel_join_thread()


def newest(kept: Path, key: Callable[[Row], Any]) -> list[Row]:
    """The last row of every case."""
    lines: Iterable[str] = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else ()
    return list({key(row): row for row in map(json.loads, lines)}.values())
