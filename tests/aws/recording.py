"""The questions to AWS, recorded from the cases of tests/paths on the embedded engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from local.engine.process import Engine
from tests.aws.state_cases import StateCase, distinct, of_run
from tests.containers.lane import Cases, job_of, load, run
from tests.containers.runs import Runner, client

SCALE = 0.01


def recorded(folder: Path, machines: Sequence[str] | None = None) -> tuple[Cases, list[StateCase]]:
    """The cases, with the definitions that were run, and each question once. `folder`: for scratch files."""
    given = load(machines)
    mocked = folder / "cases.json"
    mocked.write_text(json.dumps(given.mock_file), encoding="utf-8")
    with Engine.start(time_scale=SCALE, platform=False, env={"SFN_MOCK_CONFIG": str(mocked)}) as engine:
        ran = run(Runner(client(engine.endpoint_url)), given)
    found = [
        question
        for case in given.cases
        for question in of_run(case.machine, given.machines[case.machine], case.answers, ran[job_of(case)].history)
    ]
    return given, distinct(found)
