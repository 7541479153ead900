"""Closes under faults, by seed: `run(seed)` plays one whole close and says what became of it and of the law."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
    trace: list[str] = field(default_factory=list, repr=False)

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


def run(seed: int, kind: type[CloseWorld] = CloseWorld, *, zombie_at: str | None = None) -> Played:
    """Over the twin."""
    return play(seed, kind(seed, zombie_at=zombie_at))


def play(seed: int, world: CloseWorld) -> Played:
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
    told = result.how if result else ended and ended.error
    world.note(f"== {told}: {result.why if result else ended and ended.cause}")
    return Played(
        seed,
        ended,
        result,
        world.recoverable,
        flat_at,
        list(world.seen),
        list(world.violations),
        bare,
        world.trace,
    )


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
        world.note(f"{step.state}: {type(error).__name__} {error}"[:160])
        _goes(one, lambda: one.walk.throw(lost))
    else:
        told = json.loads(TypeAdapter(type(answer)).dump_json(answer))
        world.note(step.state)
        _goes(one, lambda: one.walk.send(told))
    one.at = world.now + timedelta(seconds=0.2)


def _goes(one: One, resume: Any) -> None:
    try:
        one.step = resume()
    except StopIteration as end:
        one.ended, one.step = end.value, None


def search(
    seeds: Sequence[int], kind: type[CloseWorld] = CloseWorld, *, zombie_at: str | None = None
) -> tuple[list[Played], str]:
    """Every run over the twin, and what they say together."""
    played = [run(seed, kind, zombie_at=zombie_at) for seed in seeds]
    return played, summary(played)


def summary(played: Sequence[Played], over: str = "the twin") -> str:
    recoverable = [one for one in played if one.recoverable]
    flat = [one for one in recoverable if one.flat]
    times = sorted(one.seconds for one in played if one.flat and one.seconds is not None) or [0.0]
    share = 100 * len(flat) / max(1, len(recoverable))
    return (
        f"{len(played)} closes over {over} (seeds {played[0].seed} to {played[-1].seed}): "
        f"{len(recoverable)} recoverable, {len(flat)} of them proven flat ({share:.1f} %); "
        f"to flat: median {median(times):.1f} s, worst {times[-1]:.1f} s; "
        f"{sum(len(one.violations) for one in played)} violations"
    )


def tell(asked: Sequence[str], play_one: Callable[[int], Played], over: str) -> None:
    """The command line: first seed, how many, `-v` for the trace of every one and not only of the broken ones."""
    first, count = int(asked[0]), int(asked[1]) if len(asked) > 1 else 1
    found = [play_one(seed) for seed in range(first, first + count)]
    for one in found:
        lost = one.recoverable and not one.flat
        if one.violations or lost or "-v" in asked:
            how = one.result.how if one.result else one.ended and one.ended.error
            print(f"seed {one.seed}: {how}; {one.seen}; violations {one.violations}")
        if one.violations or "-v" in asked:
            print("\n".join(one.trace))
    print(Counter(what for one in found for what in one.seen).most_common())
    print(summary(found, over))


if __name__ == "__main__":
    tell(sys.argv[1:], run, "the twin")
