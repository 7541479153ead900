"""The question whether the service's task may get more memory: what a person must know to answer it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.facts import Evidence, TaskDefinitionFact
from functions.rules.fargate import Size
from functions.rules.plan import Cause
from functions.rules.proposals import names
from functions.rules.raise_memory import Price, monthly_cost, short, told

RAISE: Final = "raise"
REJECT: Final = "reject"


@dataclass(frozen=True, slots=True)
class Asking:
    """`restarts` are all strategies of the service that trade, `beating` those of them that beat now (none where
    no task runs). `died`: see `raise_memory.deaths`. `redeploys`: it is redeployed as it is meanwhile."""

    service: str
    present: TaskDefinitionFact
    new: Size
    restarts: tuple[str, ...]
    beating: tuple[str, ...]
    died: int
    died_last: datetime | None
    redeploys: bool
    evidence: tuple[Evidence, ...]
    desk: str
    needed: int
    price: Price | None = None


def question(asking: Asking) -> Question:
    """The size is the second word of every phrase, so that nobody agrees to another one than he read."""
    present, new = asking.present, asking.new
    return Question(
        kind="change",
        title=f"Memory ran out: give {asking.service} {new.memory_mb} MiB instead of {present.memory_mb}",
        target=str(new.memory_mb),
        facts=tuple(_facts(asking)),
        options=(
            Option(
                RAISE,
                f"Give it {new.memory_mb} MiB",
                f"A new revision of {present.family} with {_size(new)} is registered and the service is redeployed "
                f"with it, never with two copies at once. {_whom(asking)}",
                Risk.ADDS,
                "RAISE",
                needed=asking.needed,
            ),
            Option(
                REJECT,
                "Leave it as it is",
                "Task definition and service stay as they are; memory may run out again.",
                Risk.NONE,
                "LEAVE",
            ),
        ),
        evidence=asking.evidence,
        desk=asking.desk,
        cause=Cause.MEMORY_EXHAUSTED,
    )


def undone_by(present: TaskDefinitionFact, new: Size) -> str:
    """The platform's own definition still says the old size."""
    return (
        f"the platform's next deployment of {present.family} undoes the larger size; change it there: "
        f'in the source of task definition {present.family} set "cpu": "{new.cpu}" and "memory": '
        f'"{new.memory_mb}" (now {present.cpu} and {present.memory_mb})'
    )


def _facts(asking: Asking) -> Iterator[Line]:
    present, new = asking.present, asking.new
    yield Line("Died for want of memory", _died(asking))
    yield Line("Present size", f"{told(present)} ({short(present.arn)})")
    yield Line("New size", f"{_size(new)}, the next valid Fargate size")
    if asking.price is not None:
        more = monthly_cost(Size(present.cpu or 0, present.memory_mb or 0), new, asking.price)
        yield Line("Cost", f"{more} {asking.price.currency} more a month for each task ({asking.price.source})")
    yield Line("Interrupted", _whom(asking))
    yield Line("Image", f"unchanged: {present.image or 'unknown'}")
    yield Line("Until you answer", _meanwhile(asking))
    yield Line("Afterwards", f"Of use until {undone_by(present, new)}.")


def _whom(asking: Asking) -> str:
    """A yes comes minutes later: who has come back by then is interrupted as well, but nobody beyond these."""
    beating = asking.beating
    healthy = f"{len(beating)} healthy strategies are interrupted: {names(beating)}." if beating else ""
    return (
        f"{healthy or 'No strategy beats now.'} All {len(asking.restarts)} strategies of the service start again, "
        "and those that beat by the time you answer are interrupted."
    )


def _died(asking: Asking) -> str:
    if not asking.died:
        return "the log says so; no task that ended so is among those that ECS lists (one hour)"
    last = f", last at {asking.died_last:%H:%M:%S} UTC" if asking.died_last else ""
    return f"{asking.died} time{'s' if asking.died > 1 else ''} within the hour that ECS lists{last}"


def _meanwhile(asking: Asking) -> str:
    if asking.redeploys:
        return "it is redeployed once at its present size, unasked: no strategy of the service beats"
    return "nothing is restarted"


def _size(size: Size) -> str:
    return f"{size.cpu} CPU units and {size.memory_mb} MiB"
