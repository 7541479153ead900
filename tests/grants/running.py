"""Scenarios of the sweep, once each, on an engine that holds grants back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from local.engine.process import Engine
from tests.e2e.platform import Platform
from tests.grants.engine import FOLDER
from tests.grants.hooks import NOW, RESULTS
from tests.sweep import engines
from tests.sweep.running import Case, Verdict, judged
from tests.sweep.scenarios import Scenario

# Every call may be made ten times over.
MOST_SECONDS: Final = 900.0


class Pieces(engines.Pieces):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, port: int, time_scale: float, iam: bool, detach: bool, folder: Path) -> Any:
        env = {FOLDER: str(self._folder.resolve())}
        return Engine.start(
            port or None, time_scale, iam, None, detach, state_dir=folder, env=env, module="tests.grants.engine"
        )


@contextmanager
def engine(folder: Path) -> Iterator[Platform]:
    """`folder`: as tests/grants/engine.py has it; nothing is held back until a scenario is run."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOW).unlink(missing_ok=True)
    with engines.engine(Pieces(folder)) as platform:
        yield platform


@contextmanager
def held(folder: Path, name: str) -> Iterator[None]:
    """Grants that were not shown yet are held back from the calls that first use them."""
    (folder / NOW).write_text(name, "utf-8")
    try:
        yield
    finally:
        (folder / NOW).unlink()


def walked(platform: Platform, folder: Path, scenario: Scenario) -> Verdict:
    """Grants are held back from what leads to the run, too: detectors and alarms are at work there. Raises
    AssertionError where the scenario does not come to begin, or to an end."""
    with held(folder, scenario.name):
        return judged(platform, _case(scenario))


def run_alone(platform: Platform, folder: Path, scenario: Scenario) -> Verdict:
    """The same for the run alone: whatever is refused there, the platform comes to begin."""
    return judged(platform, _case(scenario), held(folder, scenario.name))


def _case(scenario: Scenario) -> Case:
    return Case(replace(scenario, seconds=MOST_SECONDS))


def rows(folder: Path) -> list[dict[str, Any]]:
    """What was held back, in that order."""
    results = folder / RESULTS
    found = results.read_text("utf-8").splitlines() if results.exists() else []
    return [json.loads(line) for line in found]
