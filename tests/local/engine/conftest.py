"""One mended engine for a module, and unmended ones for the tests that show why a fix is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.engine.process import Engine
from tests.local.engine.lab import Lab

SCALE = 0.02


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """An engine with every fix."""
    with Engine.start(time_scale=SCALE, platform=False) as engine:
        yield Lab(engine)


@pytest.fixture(scope="module")
def lab_without() -> Iterator[Callable[[str], Lab]]:
    """Engines that leave out one fix each."""
    started: dict[str, Engine] = {}

    def start(fix: str) -> Lab:
        if fix not in started:
            started[fix] = Engine.start(time_scale=SCALE, platform=False, without=[fix])
        return Lab(started[fix])

    yield start
    for engine in started.values():
        engine.stop()
