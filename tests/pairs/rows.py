"""What is kept of a pair's run: who it is, and what was judged.

In a module of its own: other processes cannot import what stands in the one that was started.
"""

from __future__ import annotations

from pathlib import Path

from infra import paths
from tests.e2e.platform import Platform
from tests.pairs.running import Pair, judged, wrong
from tests.sweep.kept import keep, kept
from tests.sweep.scenarios import BY_NAME
from tests.sweep.working import Row


def named(pair: Pair) -> Row:
    """The row of a pair of which nothing is known yet."""
    return {"one": pair.one.name, "other": pair.other.name, "seed": pair.seed, "outcomes": [], "wrong": []}


def key_of(row: Row) -> tuple[str, str, int]:
    return row["one"], row["other"], row["seed"]


def judge(platform: Platform, case: tuple[str, str, int]) -> Row:
    """A scenario's functions cannot be sent to another process: its name can."""
    one, other, seed = case
    pair = Pair(BY_NAME[one], BY_NAME[other], seed)
    verdict = judged(platform, pair)
    keep(verdict.seen, file_of(named(pair)))
    return {"outcomes": list(verdict.outcomes), "wrong": list(verdict.wrong)}


def file_of(row: Row) -> Path:
    name = ".".join(map(str, key_of(row))).replace(" ", "-")
    return paths.build() / "pairs" / "seen" / f"{name}.pickle.gz"


def judged_again(row: Row) -> Row:
    """By the laws of today, where what was seen has been kept; else as it was."""
    seen = None if row["error"] else kept(file_of(row))
    return row if seen is None else {**row, "wrong": list(wrong(seen))}
