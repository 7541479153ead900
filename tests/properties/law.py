"""What must hold whatever the runbooks do, judged around every single call of a port and around every step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from functions.adapters import items
from functions.adapters.memory.world import World
from functions.facts import KillSwitchFact
from functions.rules.kill_switch import halts, halts_everything

TRADES: Final = frozenset({"running", "warmup"})
# Whoever the kill switch is engaged for when it is engaged for all.
ANYBODY: Final = "somebody-else"
LETS_GO: Final = {"trading": "release_kill_switch", "manage_only": "allow_managing"}


class Violation(AssertionError):
    """A law of the halt was broken."""


@dataclass(frozen=True)
class Sight:
    """The platform at one moment."""

    items: dict[str, dict[str, Any]]
    switch: KillSwitchFact
    desired: int
    records: dict[str, str]

    def status(self, name: str) -> str | None:
        status: str | None = self.items.get(name, {}).get("status")
        return status


@dataclass
class Who:
    """The run at work: the name of its step, and what it was asked and answered."""

    step: str
    answer: str | None = None
    asked_stops: frozenset[str] | None = None


@dataclass
class Law:
    """`halted`: whom a halt has stopped out of a status that trades, and nobody else since. `first`: what may be
    remembered of each that its halt stopped first: its status then, what it was before the resume that was
    bringing it back, or what it was when its record was written, should it have moved since. `recorded` those whose
    record stood by then. `had`: every status that each has had. `raced`: somebody stopped trading within the step
    at work."""

    world: World
    seen: Counter[str]
    halted: set[str] = field(default_factory=set)
    first: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    recorded: set[tuple[str, str]] = field(default_factory=set)
    had: dict[str, set[str]] = field(default_factory=dict)
    raced: bool = False

    def sight(self) -> Sight:
        tables, service = self.world.tables, self.world.service
        assert service is not None
        return Sight(
            {key: dict(item) for (key,), item in tables["trading_state"].items()},
            items.kill_switch_of(self.world.item("guards", items.KILL_SWITCH)),
            service.desired,
            {key: item["status"] for (key,), item in tables["guards"].items() if "/strategy/" in key},
        )

    def called(self, who: Who, what: str, before: Sight, after: Sight) -> None:
        """One call of a port, which is one write."""
        for name in before.items:
            self.had.setdefault(name, set()).add(str(before.status(name)))
        for name in after.items:
            if before.status(name) != after.status(name):
                self._changed(who, what, name, before, after)
        self._switch(who, what, before, after)
        down = halts_everything(before.switch) and not before.switch.service_up
        if after.desired > before.desired and down and not self.raced:
            raise Violation(f"{who.step}: the service is scaled up while the kill switch is engaged for all")
        for key, status in before.records.items():
            if after.records.get(key) != status:
                raise Violation(f"{who.step}: the record {key} is not what it was")
        self._remembered(who, after)

    def by_hand(self, name: str) -> None:
        """Somebody wrote its status: a halt's stop it is no more, unless its mark still stands there."""
        if "stopped_by" not in (self.world.item("trading_state", name) or {}):
            self.halted.discard(name)

    def _changed(self, who: Who, what: str, name: str, before: Sight, after: Sight) -> None:
        now, switch = after.status(name), before.switch
        if now in TRADES:
            self.seen[f"started by {what}"] += 1
            if halts(switch, name):
                raise Violation(f"{who.step} starts {name} ({now}) while the kill switch is engaged for it")
            if what == "trading_state.bring_back" and name not in self.halted:
                raise Violation(f"{who.step} resumes {name}, which did not trade before the halt")
        elif now != "stopped" and halts(switch, name) and not (now == "paused" and switch.manage_only):
            raise Violation(f"{who.step} sets {name} to {now} while the kill switch is engaged for it")
        if what == "trading_state.stop_many":
            was, mark = before.items[name]["status"], after.items[name]["stopped_by"]
            self.seen["stopped by a halt"] += 1
            self.seen["stopped again"] += (mark, name) in self.first
            self.halted.add(name)
            if (mark, name) not in self.first and f"halt/{mark}/strategy/{name}" in before.records:
                self.recorded.add((mark, name))
            known = {was, *_before_the_way(name, before), *self._recorded_as(mark, name, before)}
            self.first.setdefault((mark, name), known)
        elif what == "trading_state.stop":
            self.halted.discard(name)

    def _recorded_as(self, mark: str, name: str, before: Sight) -> set[str]:
        """Its record is written before it is stopped, and a bot may move in between."""
        return {str(before.records.get(f"halt/{mark}/strategy/{name}"))} & self.had.get(name, set())

    def _switch(self, who: Who, what: str, before: Sight, after: Sight) -> None:
        old, new = before.switch, after.switch
        freed = [one for one in (*after.items, ANYBODY) if halts(old, one) and not halts(new, one)]
        allowed = (new.manage_only and not old.manage_only) or (new.service_up and not old.service_up)
        if freed or (allowed and who.step != "restore_service"):
            answer = "trading" if freed else "manage_only"
            self.seen["released" if freed else "managing allowed"] += 1
            if who.answer != answer or who.step != LETS_GO[answer]:
                raise Violation(f"{who.step} ({what}) lets go of the kill switch after the answer {who.answer}")
            if who.asked_stops != frozenset(old.stops):
                raise Violation(f"{who.step} lets go of a kill switch that a stop was added to since the question")
        elif allowed and who.answer not in LETS_GO:
            raise Violation(f"{who.step} lets the service run, and nobody said so")

    def _remembered(self, who: Who, after: Sight) -> None:
        """What a halt's stop found is still known, as long as the strategy stands stopped by it."""
        for (mark, name), was in self.first.items():
            item = after.items.get(name, {})
            if item.get("stopped_by") != mark or item.get("status") != "stopped":
                continue
            known = after.records.get(f"halt/{mark}/strategy/{name}", item.get("status_before"))
            # Without a record, what a bot came back as is all that a later stop sees.
            allowed = was if (mark, name) in self.recorded else TRADES
            if known not in allowed:
                told = " or ".join(sorted(was))
                raise Violation(f"{who.step}: {name} was {told} when it was stopped, and {known} is remembered")


def _before_the_way(name: str, before: Sight) -> tuple[str, ...]:
    """What the halt says that a resume was ending, of one that this resume had got into warmup."""
    item = before.items[name]
    if item["status"] != "warmup" or item.get("started_as") != "warmup":
        return ()
    known = before.records.get(f"halt/{item.get('started_by')}/strategy/{name}")
    return (known,) if known else ()
