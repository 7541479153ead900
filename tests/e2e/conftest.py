"""One embedded AWS with the synthesized stack for every worker, reset between tests.

The fixtures start what `runbooks local up` starts, by the same pieces; the tests themselves know nothing but
boto3 and HTTP (tests/e2e/platform.py).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from console import local_stack
from console.pieces import RealPieces
from tests.e2e.claims import every_history_is_sound
from tests.e2e.coverage import write_report
from tests.e2e.lanes import METERED, forget
from tests.e2e.platform import Platform
from tests.synthesis import alone

SCALE = 0.01
# An end by memory stands in ECS's list of stopped tasks for an hour and explains what follows, so it comes last.
LAST = ("test_out_of_memory", "test_raise_memory")
# The longest, so that none of them runs alone at the end: a minute of the alarm's age is a real minute, a function
# that hangs does so to its real end, and one test stops fourteen stops.
FIRST = ("test_sweep", "test_stop_killed", "test_stop_troubles", "a_thousand_take")


class MeteredPieces(RealPieces):
    """As `local up`, with a meter, and one synthesis at a time for all workers."""

    def __init__(self, worker: str) -> None:
        METERED.mkdir(parents=True, exist_ok=True)
        self._meter = METERED / f"e2e-{worker}.jsonl"

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> Any:
        from local.engine.process import Engine

        return Engine.start(port or None, time_scale, iam, self._meter, detach, state_dir=folder)

    def synthesize(self) -> Path:
        with alone("local"):
            return super().synthesize()


@pytest.fixture(scope="session")
def iam() -> bool:
    """Policies are enforced unless `TRADAI_E2E_IAM=0`."""
    return os.environ.get("TRADAI_E2E_IAM", "1") != "0"


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, worker: str, iam: bool) -> Iterator[Platform]:
    """The platform as it was seeded, and the end of it with the session."""
    before = os.environ.get("TRADAI_LOCAL_DIR")
    os.environ["TRADAI_LOCAL_DIR"] = str(tmp_path_factory.mktemp("local"))
    try:
        stack = local_stack.up(MeteredPieces(worker), lambda _text: None, time_scale=SCALE, iam=iam)
        try:
            platform = Platform.of(stack.state, SCALE)
            platform.warm()
            platform.remember()
            yield platform
        finally:
            began = time.monotonic()
            stack.close()
            print(f"engine ended in {time.monotonic() - began:.1f} s", file=sys.stderr)
    finally:
        if before is None:
            del os.environ["TRADAI_LOCAL_DIR"]
        else:
            os.environ["TRADAI_LOCAL_DIR"] = before


@pytest.fixture(scope="session")
def worker() -> str:
    """`gw0`, `gw1`, ... under pytest-xdist, else `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def platform(engine: Platform) -> Iterator[Platform]:
    """A healthy platform; at the end nobody may ever have seen two copies of a strategy trade."""
    began = time.monotonic()
    engine.reset()
    ready = time.monotonic()
    yield engine
    stats = engine.stats()
    every_history_is_sound(engine)
    print(f"reset {ready - began:.1f} s, test {time.monotonic() - ready:.1f} s", file=sys.stderr)
    assert stats["moments_with_two_copies"] == 0, stats
    assert stats["copies_trading_max"] <= 1, stats


@pytest.fixture(scope="module")
def settled(engine: Platform) -> Platform:
    """A healthy platform, reset once for a file whose tests change nothing of it."""
    engine.reset()
    return engine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One engine a worker: the slowest tests come first, and what cannot be reset comes last."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    ours.sort(key=lambda item: _named(item, LAST) - _named(item, FIRST))
    others = [item for item in items if item not in set(ours)]
    items[:] = [*others, *ours]


def _named(item: pytest.Item, names: Sequence[str]) -> bool:
    return any(name in item.nodeid for name in names)


def pytest_sessionstart(session: pytest.Session) -> None:
    """The meter's files are those of this session, unless it runs nothing."""
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        forget("e2e")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What of the definitions the runs of this session walked."""
    if hasattr(terminalreporter.config, "workerinput"):
        return
    line = write_report()
    if line is not None:
        terminalreporter.write_line(line)
