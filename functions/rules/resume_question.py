"""The question whether trading comes back: who stopped it, when and why, who comes back, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.facts import Check, ChecklistItem, Evidence, KillSwitchFact
from functions.rules import kill_switch
from functions.rules.glass import BREAK_GLASS
from functions.rules.halt_watch import may_hold_down
from functions.rules.proposals import names

TRADING: Final = "trading"
MANAGE_ONLY: Final = "manage_only"
REJECT: Final = "reject"


@dataclass(frozen=True, slots=True)
class Asking:
    """`coming` would come back (`waiting` and `managing` by what they do now), `earlier` of them were stopped by a
    halt before this one. `batches` counts the first one too. `exposure`: the open positions, in words. `needed`:
    people for trading. `break_glass_after`: seconds; None: nobody may. `ratify_hours`: within which another person
    must stand by a broken glass."""

    switch: KillSwitchFact
    waiting: tuple[str, ...]
    managing: tuple[str, ...]
    earlier: tuple[str, ...]
    left_out: tuple[str, ...]
    everybody: bool
    whole: bool
    batches: int
    batch_size: int
    checks: tuple[ChecklistItem, ...]
    exposure: str
    reason: str
    requested_by: str
    only_manage: bool
    desk: str
    needed: int
    break_glass_after: int | None
    ratify_hours: int
    again: dict[str, str | tuple[str, ...]]
    evidence: tuple[Evidence, ...] = ()

    @property
    def coming(self) -> tuple[str, ...]:
        return self.exits if self.only_manage else (*self.waiting, *self.managing)

    @property
    def exits(self) -> tuple[str, ...]:
        """Who would manage exits and does not do so now: one that was let to does not where the service is down."""
        return (*self.waiting, *self.managing) if may_hold_down(self.switch) else self.waiting


def question(asking: Asking) -> Question:
    """The number of strategies, or ALL, is the second word of every phrase."""
    number = len(asking.coming)
    what = "Let exits be managed again" if asking.only_manage else "Resume trading"
    return Question(
        kind="resume",
        title=f"{what}: {number} {_strategies(number)} would come back",
        target="ALL" if asking.everybody else str(number),
        facts=tuple(_facts(asking)),
        options=tuple(_options(asking)),
        evidence=asking.evidence,
        desk=asking.desk,
        cause="resume",
        again=asking.again,
    )


def _options(asking: Asking) -> Iterator[Option]:
    number = len(asking.coming)
    back = f"{number} {_strategies(number)}"
    if not asking.only_manage:
        yield Option(
            TRADING,
            "Let them trade again",
            f"{_release(asking)} {back} come back through warmup, {_how(asking)}. They take new positions.",
            Risk.ADDS,
            "RESUME",
            needed=asking.needed,
        )
    if asking.exits and asking.switch.engaged:
        few = len(asking.exits)
        yield Option(
            MANAGE_ONLY,
            "Let them manage their exits only",
            f"The kill switch stays engaged, and the service comes up. {few} {_strategies(few)} manage the "
            "positions that they have; nobody takes a new one.",
            Risk.REDUCES,
            "MANAGE",
        )
    if asking.break_glass_after is not None and not asking.only_manage and asking.needed > 1:
        yield Option(
            BREAK_GLASS,
            "Break the glass: let them trade, decided by you alone",
            "The same as letting them trade, with nobody beside you, because the others are silent. Everybody is "
            f"told at once, and another person has to stand by it within {asking.ratify_hours} hours. Say in the "
            "note why it cannot wait.",
            Risk.ADDS,
            "BREAKGLASS",
            opens_after=asking.break_glass_after,
            note_required=True,
        )
    yield Option(REJECT, *_rejecting(asking), Risk.NONE, "STAY")


def _rejecting(asking: Asking) -> tuple[str, str]:
    """Label and consequence, by what is: who manages exits goes on to."""
    if not asking.managing or may_hold_down(asking.switch):
        stay = "who is stopped stays so, and positions stay as they are, managed by nobody"
        return "Leave everything stopped", f"Nothing is changed: {stay}."
    go_on = _does(len(asking.managing), "goes on to manage the exits that it has", "go on to manage their exits")
    told = f"Nothing is changed: {go_on}; nobody takes a new position."
    if asking.waiting:
        stay = _does(len(asking.waiting), "stays stopped: its", "stay stopped: their")
        told += f" {stay} positions are managed by nobody."
    return "Leave everything as it is", told


def _does(number: int, one: str, more: str) -> str:
    return f"{number} {_strategies(number)} {one if number == 1 else more}"


def _release(asking: Asking) -> str:
    if not asking.switch.engaged:
        return "The kill switch is released already."
    return "The kill switch is released." if asking.whole else "The kill switch is released for these alone."


def _how(asking: Asking) -> str:
    if asking.batches <= 1:
        return "and what fails is stopped again"
    more = asking.batches - 1
    batches = "1 batch" if more == 1 else f"{more} batches"
    return f"one first, then {batches} of up to {asking.batch_size}, each after its heartbeats"


def _facts(asking: Asking) -> Iterator[Line]:
    switch = asking.switch
    told = kill_switch.told(switch) if switch.engaged else "released already, and not all came back"
    yield Line("Kill switch", told)
    if len(switch.stops) > 1:
        yield Line("Stops", f"{len(switch.stops)} emergency stops stand behind it")
    yield Line("Why it may come back", f'"{asking.reason}" (said by {asking.requested_by})')
    # A mail may cut what comes last, so what is not known stands before what passed.
    yield Line("Open positions", asking.exposure)
    yield from (_line(item) for item in asking.checks if item.result is Check.UNKNOWN)
    yield Line("Comes back", names(asking.coming, 10) or "nobody")
    if asking.managing:
        down = may_hold_down(asking.switch)
        head = "Were to manage their exits, and the service is down" if down else "Manage their exits now"
        yield Line(head, names(asking.managing, 10))
    if asking.earlier:
        yield Line("Of them stopped by an earlier halt", names(asking.earlier, 10))
    if asking.left_out:
        yield Line("Does not come back", f"{names(asking.left_out, 10)}: not stopped by a halt that recorded them")
    yield from (_line(item) for item in asking.checks if item.result is not Check.UNKNOWN)


def _line(item: ChecklistItem) -> Line:
    return Line(item.question, f"{_WORDS[item.result]}: {item.value}")


_WORDS: Final = {Check.PASS: "yes", Check.FAIL: "no", Check.UNKNOWN: "not known", Check.SKIPPED: "not asked"}


def _strategies(number: int) -> str:
    return "strategy" if number == 1 else "strategies"
