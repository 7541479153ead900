"""An engine with the whole stack for the sweep, as the end-to-end tests start it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from console import local_stack
from console.pieces import RealPieces
from local.engine.process import Engine
from tests.e2e.lanes import METERED
from tests.e2e.platform import Platform
from tests.synthesis import alone

SCALE = 0.01
FOLDER = "TRADAI_LOCAL_DIR"


class Pieces(RealPieces):
    """As `local up`, with a meter of its own, and one synthesis at a time for all workers. `lane`: whose meter it
    is, a prefix of tests/e2e/lanes.py."""

    def __init__(self, lane: str = "sweep") -> None:
        self._lane = lane

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> Any:
        METERED.mkdir(parents=True, exist_ok=True)
        meter = METERED / f"{self._lane}-{os.getpid()}.jsonl"
        return Engine.start(port or None, time_scale, iam, meter, detach, state_dir=folder)

    def synthesize(self) -> Path:
        with alone("local"):
            return super().synthesize()


@contextmanager
def engine(pieces: RealPieces | None = None) -> Iterator[Platform]:
    """Policies are enforced. Nothing starts a run but the sweep: its own laws say who may be at work."""
    before = os.environ.get(FOLDER)
    with tempfile.TemporaryDirectory(prefix="tradai-sweep-") as folder:
        os.environ[FOLDER] = folder
        try:
            stack = local_stack.up(pieces or Pieces(), lambda _text: None, time_scale=SCALE, iam=True)
            try:
                platform = Platform.of(stack.state, SCALE)
                for rule in platform._rules_calling("rb-watcher"):
                    platform.client("events").disable_rule(Name=rule)
                platform.warm()
                platform.remember()
                yield platform
            finally:
                stack.close()
        finally:
            os.environ.pop(FOLDER)
            if before is not None:
                os.environ[FOLDER] = before
