"""Closes under faults, by seed: `run(seed)` plays one whole close and says what became of it and of the law."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from pydantic import TypeAdapter

from functions.adapters.memory import twins
from functions.errors import RunbookError
from functions.ports.exchange import CloseResult
from tests.properties.asl import Do, Ended, Engine, Rest, Walk, walk
from tests.properties.close_law import judge
from tests.properties.close_world import OWN, CloseWorld
from tests.tasks.close_rig import INPUT, POSITION, close_position
from tests.tasks.rig import INCIDENT

NUMBERS = {"cycle": 60}


@dataclass
class Played:
    """`seconds`: from the start until the position was proven flat; None: it was not. `violations`: laws broken."""

    seed: int
    ended: Ended | None
    result: CloseResult | None
    recoverable: bool
    seconds: float | None
    seen: list[str]
    violations: list[str]
    bare_seconds: float

    @property
    def flat(self) -> bool:
        return self.result is not None and self.result.how == "flat"


@dataclass
class One:
    """A walk on its way: what it does next, from when on."""

    walk: Walk
    at: datetime
    step: Do | Rest | None = None
    ended: Ended | None = None


def run(seed: int, *, zombie_at: str | None = None) -> Played:
    world = CloseWorld(seed, zombie_at=zombie_at)
    began = world.now
    first = _start(world)
    runs = [first]
    # A second execution of the same close, as a parent that asks twice would start it.
    twice = world.rnd.random() < 0.1
    flat_at: float | None = None
    for number in range(3_000):
        open_ones = [one for one in runs if one.ended is None]
        if not open_ones:
            break
        one = min(open_ones, key=lambda it: it.at)
        if twice and number == 4:
            world.seen.append("started twice")
            runs.append(_start(world))
        if one.at > world.now:
            _advance(world, one.at)
        _turn(world, one)
        if flat_at is None and world.truth[OWN] <= 0:
            flat_at = (world.now - began).total_seconds()
    world.world.advance(seconds=70)
    world.release(everybody=True)
    world.world.advance(seconds=70)
    world.due()
    world.watch()
    result = twins(world.world).closes.result(POSITION, INCIDENT)
    ended = first.ended
    judge(world, [one.ended for one in runs if one.ended], result)
    bare = sum((until - since).total_seconds() for since, until in world.bare)
    return Played(seed, ended, result, world.recoverable, flat_at, list(world.seen), list(world.violations), bare)


def _start(world: CloseWorld) -> One:
    context = {"Execution": {"Id": f"arn:close:{id(world)}", "StartTime": world.now.isoformat()}}
    one = One(walk(close_position(), NUMBERS, dict(INPUT), context), world.now)
    one.step = next(one.walk)
    return one


def _advance(world: CloseWorld, to: datetime) -> None:
    """Whatever is due on the way happens in its order."""
    while True:
        moments = [at for at, _ in world.pending] + [who.until for who in world.zombies if who.until]
        due = [at for at in moments if at <= to]
        if not due:
            break
        world.world.now = max(world.now, min(due))
        world.due()
        world.release()
    world.world.now = max(world.now, to)


def _turn(world: CloseWorld, one: One) -> None:
    step = one.step
    assert step is not None
    if isinstance(step, Rest):
        one.at = max(one.at, world.now) + timedelta(seconds=step.seconds)
        _goes(one, lambda: one.walk.send(None))
        return
    world.between()
    world.due()
    module = importlib.import_module(f"functions.tasks.{step.task}")
    try:
        answer = world.invoke(step.task, lambda: world.work(module, **step.request))
    except (RunbookError, Engine) as error:
        lost = error
        _goes(one, lambda: one.walk.throw(lost))
    else:
        told = json.loads(TypeAdapter(type(answer)).dump_json(answer))
        _goes(one, lambda: one.walk.send(told))
    one.at = world.now + timedelta(seconds=0.2)


def _goes(one: One, resume: Any) -> None:
    try:
        one.step = resume()
    except StopIteration as end:
        one.ended, one.step = end.value, None


def search(seeds: Sequence[int], *, zombie_at: str | None = None) -> tuple[list[Played], str]:
    """Every run, and what they say together."""
    played = [run(seed, zombie_at=zombie_at) for seed in seeds]
    recoverable = [one for one in played if one.recoverable]
    flat = [one for one in recoverable if one.flat]
    times = sorted(one.seconds for one in played if one.flat and one.seconds is not None)
    share = 100 * len(flat) / max(1, len(recoverable))
    told = (
        f"{len(played)} closes (seeds {seeds[0]} to {seeds[-1]}): {len(recoverable)} recoverable, "
        f"{len(flat)} of them proven flat ({share:.1f} %); to flat: median {median(times):.1f} s, "
        f"worst {times[-1]:.1f} s; {sum(len(one.violations) for one in played)} violations"
    )
    return played, told


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    found, summary = search(range(first, first + count))
    for one in found:
        if one.violations or (one.recoverable and not one.flat) or "-v" in sys.argv:
            how = one.result.how if one.result else one.ended and one.ended.error
            print(
                one.seed,
                how,
                one.result and one.result.why,
                one.seen,
                one.violations,
                one.ended and one.ended.cause,
            )
    print(Counter(what for one in found for what in one.seen).most_common())
    print(summary)
