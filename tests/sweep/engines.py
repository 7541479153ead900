"""An engine with the whole stack for the sweep, as the end-to-end tests start it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console import local_stack
from console.pieces import RealPieces
from tests.e2e.platform import Platform
from tests.synthesis import alone

SCALE = 0.01
FOLDER = "TRADAI_LOCAL_DIR"


class Pieces(RealPieces):
    """One synthesis at a time for all workers."""

    def synthesize(self) -> Path:
        with alone("local"):
            return super().synthesize()


@contextmanager
def engine() -> Iterator[Platform]:
    """Policies are enforced. Nothing starts a run but the sweep: its own laws say who may be at work."""
    before = os.environ.get(FOLDER)
    with tempfile.TemporaryDirectory(prefix="tradai-sweep-") as folder:
        os.environ[FOLDER] = folder
        try:
            stack = local_stack.up(Pieces(), lambda _text: None, time_scale=SCALE, iam=True)
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
