"""Workers with an engine each, that take cases from one queue."""

from __future__ import annotations

import json
import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty
from typing import Any

from tests.e2e.platform import Platform
from tests.sweep.engines import Pieces, engine

# A case that comes to no end costs its scenario's time; so many in a row are a broken engine.
MOST_ERRORS = 4
# What runs leave behind in it makes an engine slower with every case.
MOST_CASES = 80
ROOT = Path(__file__).resolve().parents[2]
# What the runs are of; tests alone do not change it.
PRODUCT = ("functions", "statemachines", "infra", "local")
UNKNOWN = "unknown"
Row = dict[str, Any]
# A row of one case, which a function of a module makes: it is sent to other processes by name. Whatever it raises
# becomes the row's `error`.
Judge = Callable[[Platform, Any], Mapping[str, Any]]


def code_of(root: Path = ROOT) -> str:
    """The short hash of the tree there, "+" appended where the product has uncommitted changes; `UNKNOWN` where git
    does not answer."""
    try:
        named = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", *PRODUCT)
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN
    return f"{named}+" if changed else named


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout.strip()


def work(judge: Judge, todo: Any, done: Any, until: float, lane: str) -> None:
    """A process with an engine of its own; another one comes where this one seems broken."""
    # Whoever ends a worker ends its engine too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    while not todo.empty() and time.time() < until:
        cases = errors = 0
        with engine(Pieces(lane)) as platform:
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
    lane: str,
) -> None:
    """Appends a row for each case to `kept`, as it ends, and prints what `told` says of it. `at` is its end, UTC in
    ISO 8601; `code` is `code_of` the tree.

    `cases`: what names each in its row, and what `judge` is given; both can be sent to another process.
    `lane`: whose meter it is, a prefix of tests/e2e/lanes.py.
    """
    # Of the tree as it is when the engines start.
    code = code_of()
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    for case in cases:
        todo.put(case)
    until = time.time() + minutes * 60
    given = (judge, todo, done, until, lane)
    workers = [context.Process(target=work, args=given, daemon=True) for _ in range(engines)]
    for worker in workers:
        worker.start()
    with kept.open("a", encoding="utf-8", buffering=1) as lines:
        while any(worker.is_alive() for worker in workers) or not done.empty():
            try:
                row = done.get(timeout=1)
            except Empty:
                continue
            lines.write(json.dumps({**row, "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "code": code}) + "\n")
            print(told(row), flush=True)
    # What nobody took would hold this process up at its end.
    todo.cancel_join_thread()


def newest(kept: Path, key: Callable[[Row], Any]) -> list[Row]:
    """The last row of every case."""
    lines: Iterable[str] = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else ()
    return list({key(row): row for row in map(json.loads, lines)}.values())


def dated(rows: Sequence[Row]) -> str:
    """From when to when they are, of which code, and how many are of another one than the newest."""
    if not rows:
        return "Nothing was run."
    known = sorted((row for row in rows if row.get("at")), key=lambda row: str(row["at"]))
    if not known:
        return f"When they were run, and of which code, is {UNKNOWN}."
    newest_code = str(known[-1].get("code", UNKNOWN))
    others = sum(str(row.get("code", UNKNOWN)) != newest_code for row in rows)
    undated = f" When {len(rows) - len(known)} of them were run is {UNKNOWN}." if len(known) < len(rows) else ""
    return (
        f"They are from {known[0]['at']} to {known[-1]['at']}; the newest is of code {newest_code}, "
        f"{others} of another one.{undated}"
    )
