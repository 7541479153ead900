"""The question what to do while an exchange stays down: keep waiting, switch what may be switched, or leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.facts import Evidence, ExposureFact
from functions.rules.plan import Cause
from functions.rules.proposals import names
from functions.rules.switch_exchange import LEAVE_AT_MOST_MINUTES, NOT_ASKED, Kept, Switch

KEEP_WAITING: Final = "keep_waiting"
SWITCH: Final = "switch"
LEAVE: Final = "leave"
MOST_KEPT: Final = 10
# A phrase is typed on a phone.
LONGEST_TARGET: Final = 20


@dataclass(frozen=True, slots=True)
class Asking:
    """`round` counts from 1. `waited` says since when and how often the venue was looked at. `needed`: how many
    people a switch needs, because it adds risk. `itself`: how far the venue itself could be asked."""

    venue: str
    switches: tuple[Switch, ...]
    kept: tuple[Kept, ...]
    exposure: ExposureFact | None
    waited: str
    round: int
    rounds: int
    keep_waiting_minutes: int
    desk: str
    needed: int
    evidence: tuple[Evidence, ...]
    itself: str = NOT_ASKED


def question(asking: Asking) -> Question:
    """Options from the harmless to the one that adds risk; without a strategy that may be switched, there is none
    to switch."""
    where = _fallbacks(asking.switches)
    moved = [one.strategy_id for one in asking.switches]
    title = (
        f"{asking.venue} is down: switch {names(moved, 3)} to {' and '.join(where)}, keep waiting, or leave it"
        if moved
        else f"{asking.venue} is down and nothing can be switched: keep waiting, or leave it"
    )
    return Question(
        kind="change",
        title=title,
        target=_target(asking.venue),
        facts=tuple(_facts(asking)),
        options=tuple(_options(asking, moved, where)),
        evidence=asking.evidence,
        desk=asking.desk,
        cause=Cause.EXCHANGE_DOWN,
        venue=asking.venue,
    )


def _options(asking: Asking, moved: Sequence[str], where: Sequence[str]) -> Iterator[Option]:
    yield Option(
        KEEP_WAITING,
        f"Keep waiting for {asking.venue}",
        "Nothing is changed. It is looked at again until then; as soon as it answers the run goes on, and if it "
        f"does not, you are asked again (this is question {asking.round} of at most {asking.rounds}).",
        Risk.NONE,
        "WAIT",
        until_at_most_minutes=asking.keep_waiting_minutes,
    )
    if moved:
        left = f" {names([k.strategy_id for k in asking.kept])} stay as they are." if asking.kept else ""
        yield Option(
            SWITCH,
            f"Switch {'1 strategy' if len(moved) == 1 else f'{len(moved)} strategies'} to {' and '.join(where)}",
            f"The config of {names(moved)} names {' and '.join(where)} from then on, and they open new positions "
            f"there.{left} It stays so until somebody switches back: the incident says how.",
            Risk.ADDS,
            "FLAT",
            needed=asking.needed,
            statement=f"no position or order of these strategies is open at {asking.venue}",
        )
    yield Option(
        LEAVE,
        "Leave it as it is",
        "Nothing is changed and nobody looks until then. What is open at the venue stays open and unwatched by "
        "its strategies.",
        Risk.NONE,
        "LEAVE",
        until_at_most_minutes=LEAVE_AT_MOST_MINUTES,
    )


def _facts(asking: Asking) -> Iterator[Line]:
    yield Line("Exchange", f"{asking.venue} does not answer; {asking.waited}")
    yield Line("Open there", _open(asking.exposure, asking.itself))
    if asking.switches:
        told = [f"{one.strategy_id} to {one.fallback}" for one in asking.switches]
        yield Line("Can be switched", f"{names(told, 10)}; each fallback was reached just now")
    for kept in asking.kept[:MOST_KEPT]:
        yield Line(f"Cannot be switched: {kept.strategy_id}", kept.why)
    if len(asking.kept) > MOST_KEPT:
        yield Line("Cannot be switched", f"{len(asking.kept) - MOST_KEPT} more, named in the incident")


def _open(exposure: ExposureFact | None, itself: str) -> str:
    """By the tables, and how far the venue itself could be asked."""
    if exposure is None or exposure.unreadable:
        return f"not known: positions and orders could not be read; {itself}"
    return f"positions: {len(exposure.positions)}, working orders: {len(exposure.orders)}, by the tables; {itself}"


def _fallbacks(switches: Sequence[Switch]) -> list[str]:
    return sorted({one.fallback for one in switches})


def _target(venue: str) -> str:
    """The venue that is down: who switches types that the strategies are flat there (`statement`)."""
    letters = "".join(sign for sign in venue.upper() if sign.isascii() and sign.isalnum())
    return letters[:LONGEST_TARGET] or "VENUE"
