"""An engine for the soak: policies enforced, everything that starts runs by itself switched on, many strategies."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ReadTimeoutError

from console import local_stack
from console.pieces import RealPieces
from local.engine.process import Engine
from tests.e2e.platform import STATE, Platform
from tests.synthesis import alone

FOLDER = "TRADAI_LOCAL_DIR"
# Clients are made before there are several threads: boto3 makes them in one thread only, and serves them to all.
SERVICES = (
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "ecs",
    "events",
    "iam",
    "lambda",
    "logs",
    "sns",
    "sqs",
    "stepfunctions",
    "application-autoscaling",
)
HEALTHY_SECONDS = 300.0
WARMED_BY = 5
UNDISTURBED_SECONDS = 30.0


class Pieces(RealPieces):
    """One synthesis at a time for all that run beside it; a machine that is busy already may take its time."""

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> Any:
        return Engine.start(port or None, time_scale, iam, None, detach, state_dir=folder, timeout=HEALTHY_SECONDS)

    def synthesize(self) -> Path:
        with alone("local"):
            return super().synthesize()


@contextmanager
def engine(scale: float) -> Iterator[tuple[Platform, int]]:
    """The platform as it was seeded, and the engine's process id."""
    before = os.environ.get(FOLDER)
    with tempfile.TemporaryDirectory(prefix="tradai-soak-") as folder:
        os.environ[FOLDER] = folder
        try:
            stack = local_stack.up(Pieces(), lambda _text: None, time_scale=scale, iam=True)
            try:
                platform = Platform.of(stack.state, scale)
                for service in SERVICES:
                    platform.client(service)
                yield platform, int(stack.state.pid)
            finally:
                stack.close()
        finally:
            os.environ.pop(FOLDER)
            if before is not None:
                os.environ[FOLDER] = before


def fill(platform: Platform, strategies: int) -> None:
    """So many strategies in all, each of them beating. AssertionError where the machine cannot bear them."""
    _warm(platform)
    platform.remember()
    if strategies > (had := len(platform.strategy_ids())):
        platform.more_strategies(strategies - had)
    platform.until(lambda: not platform.stale(), f"{strategies} strategies beat", HEALTHY_SECONDS)


def _warm(platform: Platform) -> None:
    """A machine that is busy may take longer for a first process than a call waits; the next call finds it."""
    for _ in range(WARMED_BY):
        with suppress(ReadTimeoutError):
            platform.warm()
            return
    raise AssertionError("the functions do not begin")


def undisturbed(platform: Platform, seconds: float = UNDISTURBED_SECONDS) -> float:
    """Before any trouble: the oldest heartbeat in so many seconds. AssertionError where the alarm is up."""
    oldest, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        now = datetime.now(UTC)
        beats = [datetime.fromisoformat(str(one["last_heartbeat"])) for one in platform.items(STATE)]
        oldest = max(oldest, *((now - one).total_seconds() for one in beats))
        time.sleep(1)
    assert platform.alarm()["StateValue"] == "OK", "the alarm is up, and nothing is broken yet"
    return oldest
