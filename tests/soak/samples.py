"""What the engine and its Lambda workers hold, looked at every 15 s; and whether it stays flat."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

from tests.processes import family, open_files, pss_kb, threads

EVERY_SECONDS: Final = 15.0
# Functions get their processes, pools their threads: what is held then says nothing of a leak. Later on a worker
# more than a function needs is ended after 5 idle minutes, so their number follows the load.
WARM_UP: Final = 0.2


@dataclass(frozen=True)
class Sample:
    """`at`: seconds since the soak began. Memory in MB (proportional set size). `executions`: that had begun."""

    at: float
    engine_mb: float
    workers_mb: float
    workers: int
    files: int
    threads: int
    executions: int

    @property
    def worker_mb(self) -> float:
        """Of one worker."""
        return self.workers_mb / self.workers if self.workers else 0.0


@dataclass(frozen=True)
class Measure:
    """What must be flat: the mean of the second half after the warm-up may exceed that of the first one by `share`
    and by `more`, whichever allows more."""

    name: str
    of: Callable[[Sample], float]
    share: float
    more: float


MEASURES: Final = (
    Measure("open files of the engine", lambda one: one.files, 0.10, 40),
    Measure("threads of the engine", lambda one: one.threads, 0.10, 20),
    Measure("Lambda workers", lambda one: one.workers, 0.25, 20),
    Measure("MB of one Lambda worker", lambda one: one.worker_mb, 0.15, 1),
)
# The engine keeps what has ended, as AWS does for 90 days: histories with all inputs and outputs, logs, mails.
# Measured 0.2 to 0.9: the way back of 1,000 strategies leaves most.
MOST_MB_AN_EXECUTION: Final = 2.0


def take(pid: int, began: float, executions: int) -> Sample:
    """`began`: of the soak, monotonic."""
    workers = family(pid)[1:]
    return Sample(
        at=round(time.monotonic() - began, 1),
        engine_mb=round(pss_kb(pid) / 1024, 1),
        workers_mb=round(sum(map(pss_kb, workers)) / 1024, 1),
        workers=len(workers),
        files=open_files(pid),
        threads=threads(pid),
        executions=executions,
    )


def warm(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Without the warm-up."""
    return samples[int(len(samples) * WARM_UP) :]


def halves(samples: Sequence[Sample], of: Callable[[Sample], float]) -> tuple[float, float]:
    """Means of the first and the second half after the warm-up. ValueError where there are too few samples."""
    found = [of(one) for one in warm(samples)]
    if len(found) < 2:
        raise ValueError("too few samples")
    middle = len(found) // 2
    return mean(found[:middle]), mean(found[middle:])


def allowed(measure: Measure, first: float) -> float:
    return max(first * (1 + measure.share), first + measure.more)


def growth(samples: Sequence[Sample]) -> float | None:
    """MB of the engine for each execution that began after the warm-up; None: too few to tell."""
    found = warm(samples)
    began = found[-1].executions - found[0].executions if found else 0
    return (found[-1].engine_mb - found[0].engine_mb) / began if began > 0 else None
