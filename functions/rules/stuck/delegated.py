"""How a run ends that started one of its own for every stuck position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from functions.facts import Outcome
from functions.rules.pieces import Ending
from functions.rules.proposals import names


@dataclass(frozen=True, slots=True)
class Delegated:
    """`started`: position ids with the names of their executions. `running`: those of which a run exists already
    under that name. `left`: those that a person leaves for now. `failed`: not started, each with the reason.
    `unknown`: those of which nobody can tell. `alarm_up`: the alarm that started it is still up; None: none did, or
    not readable."""

    started: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    alarm_up: bool | None = None
    dry_run: bool = False


def end_of_all(found: Delegated) -> Ending:
    """One execution for each; the parent knows no more of them than that they were started."""
    done = tuple(f"started {one}" for one in found.started)
    known = (
        *((one if found.dry_run else f"a run of its own exists: {one}") for one in found.running),
        *(f"left open by a person for now: {one}" for one in found.left),
    )
    unknown = tuple(f"whether it is stuck: {one}" for one in found.unknown)

    def ending(outcome: Outcome, summary: str, severity: str) -> Ending:
        return Ending(
            outcome,
            summary,
            severity,
            known=known,
            done=done,
            not_done=found.failed,
            unknown=unknown,
            not_proven=("positions",) if unknown else (),
        )

    number = len(found.started) + len(found.running) + len(found.left)
    if found.failed:
        summary = f"A person must act now: {len(found.failed)} stuck positions have no run: {found.failed[0]}"
        return ending(Outcome.ESCALATED, summary, "critical")
    if found.dry_run and number:
        return ending(Outcome.DRY_RUN, f"Dry run, nothing was started for {number} stuck positions", "low")
    if number:
        summary = f"{_positions(number)} stuck: {'; '.join(_parts(found))}"
        if found.unknown:
            # No run of their own asks for them: whoever reads this is the only one who is told.
            told = f"{summary}. Of {_others(len(found.unknown))} nobody can tell: {names(found.unknown, 3)}"
            return ending(Outcome.DELEGATED, told, "high")
        return ending(Outcome.DELEGATED, summary, "medium")
    if found.unknown:
        summary = f"A person must act now: of {_positions(len(found.unknown))} nobody can tell whether it is stuck"
        return ending(Outcome.ESCALATED, summary, "critical")
    if found.alarm_up:
        summary = (
            "A person must act now: the alarm is up and no position is stuck; its detector or metric is broken"
        )
        return ending(Outcome.ESCALATED, summary, "critical")
    return ending(Outcome.NOTHING_TO_DO, "Nothing to do: no position is stuck", "low")


def _parts(found: Delegated) -> Iterator[str]:
    """Which runs, by name: the first few here, all of them in the lists."""
    said = (
        (found.started, "started, each asks for itself", "run"),
        (found.running, "there already", "run"),
        (found.left, "left open by a person for now", "position"),
    )
    for some, what, noun in said:
        if some:
            yield f"{len(some)} {noun}{'' if len(some) == 1 else 's'} {what} ({names(some, 3)})"


def _others(number: int) -> str:
    return "1 other" if number == 1 else f"{number} others"


def _positions(number: int) -> str:
    return "1 position is" if number == 1 else f"{number} positions are"
