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


@pytest.fixture
def lab_without() -> Iterator[Callable[[str], Lab]]:
    """Engines that leave out one fix each, ended with the test."""
    yield from _without(iam=False)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Lab]:
    """An engine that enforces policies, with every fix."""
    with Engine.start(time_scale=SCALE, platform=False, iam=True) as engine:
        yield Lab(engine)


@pytest.fixture
def guarded_without() -> Iterator[Callable[[str], Lab]]:
    """Engines that enforce policies and leave out one fix each."""
    yield from _without(iam=True)


def _without(iam: bool) -> Iterator[Callable[[str], Lab]]:
    started: list[Engine] = []

    def start(fix: str) -> Lab:
        started.append(Engine.start(time_scale=SCALE, platform=False, iam=iam, without=[fix]))
        return Lab(started[-1])

    yield start
    for engine in started:
        engine.stop()
