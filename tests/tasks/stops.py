"""An emergency stop over a world in memory: its job, its segments, and what is needed to look at it."""

from __future__ import annotations

import json
from typing import Any

from functions.adapters.memory import twins
from functions.adapters.memory.world import World
from functions.facts import StoppedRecord
from functions.halting import SEGMENTS, Counts, StopJob
from functions.ids import incident_id_for
from functions.tasks import engage_kill_switch, stop_segment
from tests.tasks.rig import EXECUTION, Rig

STOP = EXECUTION.replace("stale-heartbeat", "emergency-stop")
INCIDENT = incident_id_for(STOP)


def engaged(rig: Rig, execution: str = STOP, **given: Any) -> StopJob:
    """What Engage hands on."""
    answer = rig.work(engage_kill_switch, given=given, execution_arn=execution, started_at=rig.now)
    return StopJob(**answer.model_dump(exclude={"segments"}))


def not_engaged(rig: Rig, **given: Any) -> StopJob:
    """What the machine hands on where Engage could not run."""
    return StopJob(
        order=given,
        execution_arn=STOP,
        started_at=rig.now,
        halt_id=None,
        latched=False,
        latch_why="Broken it broke",
    )


def call(rig: Rig, job: StopJob, segment: int, **turn: Any) -> stop_segment.Response:
    """One call of one segment."""
    given = {"start_key": None, "looks_left": stop_segment.CALLS, "counts": Counts(), "items": (), **turn}
    answer: stop_segment.Response = rig.work(stop_segment, job=job, segment=segment, **given)
    return answer


def to_the_end(rig: Rig, job: StopJob, segment: int) -> list[stop_segment.Response]:
    """Every call of one segment, as the machine's Choice makes them."""
    answers = [call(rig, job, segment)]
    while answers[-1].again:
        last = answers[-1].model_dump(include={"start_key", "looks_left", "counts", "items"})
        answers.append(call(rig, job, segment, **last))
    return answers


def all_stopped(rig: Rig, job: StopJob) -> list[stop_segment.Response]:
    """The last answer of each segment."""
    return [to_the_end(rig, job, segment)[-1] for segment in range(SEGMENTS)]


def counted(answers: list[stop_segment.Response]) -> Counts:
    names = Counts.model_fields
    return Counts(**{name: sum(getattr(one.counts, name) for one in answers) for name in names})


def told(answers: list[stop_segment.Response]) -> list[str]:
    return [item for one in answers for item in one.items]


def statuses(world: World) -> dict[str, str]:
    return {item["strategy_id"]: item["status"] for item in world.items("trading_state")}


def records(world: World, halt_id: str = INCIDENT) -> dict[str, StoppedRecord]:
    return {one.strategy_id: one for one in twins(world).halts.records(halt_id)}


def rows(world: World) -> dict[str, dict[str, Any]]:
    """What the objects of the segments say, by strategy; the last word of each."""
    lines = [
        line for key, (body, _) in world.objects.items() if "/stop/segment-" in key for line in body.splitlines()
    ]
    return {row["strategy_id"]: row for row in map(json.loads, lines)}
