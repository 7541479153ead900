"""Two runbooks at once on the same strategy or position: both are started within a moment, in any order."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from random import Random
from typing import Any, Final

from tests.e2e.platform import Platform
from tests.sweep import laws
from tests.sweep.people import People
from tests.sweep.scenarios import BY_NAME, Scenario
from tests.sweep.seen import Seen, look
from tests.sweep.waiting import ended, settled

# One of each that starts by itself or by a person, all of them about momentum-btc or the service that it is in.
NAMES: Final = ("redeploy", "widen", "close", "stop", "resume", "verify")
# Runbooks that a person can start, and that are in no pair: why.
ALONE: Final[Mapping[str, str]] = {
    "close-position": "by itself it needs an approval that was decided in another run, and takes each once; "
    "as stuck-position starts it, it is in every pair of `close`",
}
# What a run left behind is not judged by what another one made of it since.
LAWS: Final = tuple(one for one in laws.LAWS if one is not laws.resolved_is_proven)
BETWEEN_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 240.0


@dataclass(frozen=True)
class Pair:
    """`seed` draws who is first, and by how much."""

    one: Scenario
    other: Scenario
    seed: int

    def __str__(self) -> str:
        return f"{self.one.name} and {self.other.name}, {self.seed}"


def pairs(times: int) -> Iterator[Pair]:
    """Every pair so often, each runbook with itself too."""
    for seed in range(times):
        for one, other in combinations_with_replacement(NAMES, 2):
            yield Pair(BY_NAME[one], BY_NAME[other], seed)


@dataclass(frozen=True)
class Verdict:
    """`seen`: all of what was judged."""

    outcomes: tuple[str, ...]
    wrong: tuple[str, ...]
    seconds: float
    seen: Seen


def judged(platform: Platform, pair: Pair) -> Verdict:
    """Raises AssertionError where the platform does not come to begin, or a run to no end."""
    began, pick = time.monotonic(), Random(str(pair))
    platform.reset()
    platform.silence_the_alarm()
    platform.silence_the_detector()
    given = _prepared(platform, pair)
    platform._before |= {arn for machine in platform.state_machines for arn in platform.new_runs(machine)}
    both = [(pair.one, given[0]), (pair.other, given[1])]
    pick.shuffle(both)
    arns = [platform.start(both[0][0].runbook, both[0][1])]
    time.sleep(pick.uniform(0, BETWEEN_SECONDS) ** 2)
    arns.append(platform.start(both[1][0].runbook, both[1][1]))
    says = tuple(dict.fromkeys((*pair.one.says, *pair.other.says)))
    people = People(platform, says, tuple(dict.fromkeys((*pair.one.people, *pair.other.people))))
    ended(platform, arns, people, LONGEST_SECONDS)
    settled(platform, arns, people)
    seen = look(platform, arns[0])
    outcomes = tuple(_outcome(seen, arn) for arn in arns)
    return Verdict(outcomes, tuple(wrong(seen)), round(time.monotonic() - began, 1), seen)


def wrong(seen: Seen) -> Iterator[str]:
    for law in LAWS:
        yield from (f"{law.__name__}: {told}" for told in law(seen))
    yield from _a_halt_wins(seen)


def _prepared(platform: Platform, pair: Pair) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The inputs. A runbook with itself is started twice for one trouble."""
    if pair.one is pair.other:
        given = pair.one.prepare(platform)
        return given, given
    made = {one.name: one.prepare(platform) for one in sorted((pair.one, pair.other), key=_turn)}
    return made[pair.one.name], made[pair.other.name]


def _turn(scenario: Scenario) -> int:
    """Orders fail only while the service is well, and nothing can be ordered while all is halted."""
    order = ("order-failures", "stuck-position", "verify-trading", "stale-heartbeat", "resume-trading")
    return order.index(scenario.runbook) if scenario.runbook in order else 2


def _outcome(seen: Seen, arn: str) -> str:
    return str(seen.incident(arn).get("outcome"))


def _a_halt_wins(seen: Seen) -> Iterator[str]:
    """While the kill switch is engaged nobody trades, whoever was at work when it was engaged."""
    if seen.switch.get("engaged") is True and not seen.switch.get("strategy_ids"):
        trading = [name for name, status in seen.statuses.items() if status in laws.TRADING]
        if trading:
            yield f"the kill switch is engaged, and these trade: {', '.join(sorted(trading))}"
