"""An environment is synthesized once for all workers: who comes second finds what the first has made."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from infra import paths


@contextmanager
def alone(env: str) -> Iterator[None]:
    """Nobody else synthesizes this environment meanwhile."""
    paths.build().mkdir(parents=True, exist_ok=True)
    with (paths.build() / f"synthesis-{env}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
