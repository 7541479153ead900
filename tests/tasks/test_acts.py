"""An act is done once: intent first, its own effect looked for on a retry, and a result in every case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest

from functions import acts, tasks
from functions.adapters.memory import twins
from functions.contracts import Run
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.ports import Incidents
from functions.runtime import restrict
from tests.tasks.rig import GUARD, INCIDENT, Rig

ACT = acts.Act("act/1", "turn the valve", "valve 1", before="open")


@dataclass
class Valve:
    """What is acted on: `does` what the world says to the next turn, `stands` what can be seen of it."""

    does: Callable[[], str | None] = lambda: "closed"
    stands: str | None = None
    turned: int = 0
    asked: list[datetime] = field(default_factory=list)

    def turn(self) -> str | None:
        self.turned += 1
        return self.does()

    def seen(self, began: datetime) -> str | None:
        self.asked.append(began)
        return self.stands


class Blind:
    """Incidents of which an intent stands that no reader gets."""

    def intend(self, *_: object, **__: object) -> str:
        return "again"

    def get(self, _: str) -> None:
        return None


def fails(word: RunbookError) -> Callable[[], str | None]:
    def turn() -> str | None:
        raise word

    return turn


def perform(rig: Rig, run: Run, valve: Valve) -> acts.Done:
    ports = restrict(twins(rig.world), acts.NEEDS)
    return acts.perform(ports, run, GUARD, ACT, do=valve.turn, seen=valve.seen)


def result(rig: Rig) -> tuple[str | None, str | None]:
    intent = rig.intents()["act/1"]
    return intent.get("result"), intent.get("after")


def test_an_act_is_done_once_and_its_result_stands_in_the_incident(rig: Rig) -> None:
    valve, run = Valve(), rig.opened()
    done = perform(rig, run, valve)
    assert (done.after, done.began, valve.turned, valve.asked) == ("closed", rig.now, 1, [])
    intent = rig.intents()["act/1"]
    assert (intent["action"], intent["target"], intent["before"], intent["by"]) == (
        "turn the valve",
        "valve 1",
        "open",
        run.execution_arn,
    )
    assert result(rig) == ("done", "closed")


def test_the_intent_is_written_before_the_act(rig: Rig) -> None:
    valve, run = Valve(does=fails(Broken("a grant is missing"))), rig.opened()
    with pytest.raises(Broken):
        perform(rig, run, valve)
    assert result(rig) == (None, None)


def test_nobody_may_take_the_guard_over_while_an_act_may_still_run(rig: Rig) -> None:
    perform(rig, rig.opened(), Valve())
    held = twins(rig.world).guards.held(GUARD)
    assert held is not None
    assert held.act_until == rig.now + acts.LONGEST_ACT


def test_an_act_that_stands_settled_is_not_repeated(rig: Rig) -> None:
    valve, run = Valve(), rig.opened()
    first = perform(rig, run, valve)
    rig.world.advance(seconds=10)
    assert perform(rig, run, valve) == first
    assert valve.turned == 1


def test_a_retry_looks_for_its_own_effect_since_its_intent_and_settles_it(rig: Rig) -> None:
    valve, run, began = Valve(does=fails(Transient("throttled"))), rig.opened(), rig.now
    with pytest.raises(Transient):
        perform(rig, run, valve)
    valve.stands = "closed already"
    rig.world.advance(seconds=10)
    done = perform(rig, run, valve)
    assert (done.after, done.began, valve.turned, valve.asked) == ("closed already", began, 1, [began])
    assert result(rig) == ("done", "closed already")


def test_a_retry_that_finds_no_effect_acts(rig: Rig) -> None:
    valve, run, began = Valve(does=fails(Transient("throttled"))), rig.opened(), rig.now
    with pytest.raises(Transient):
        perform(rig, run, valve)
    valve.does = lambda: "closed"
    rig.world.advance(seconds=10)
    assert perform(rig, run, valve) == acts.Done("closed", began)
    assert valve.turned == 2


def test_a_run_that_lost_its_guard_is_refused_and_calls_nothing(rig: Rig) -> None:
    valve, run = Valve(), rig.opened()
    rig.lock("arn:of-another", "inc-of-another")
    with pytest.raises(Refused, match=f"turn the valve valve 1: this run no longer owns the guard {GUARD}"):
        perform(rig, run, valve)
    assert valve.turned == 0
    assert not rig.intents()


def test_a_run_whose_incident_was_closed_from_outside_is_refused(rig: Rig) -> None:
    valve, run = Valve(), rig.opened()
    twins(rig.world).incidents.close(run.incident_id, {"outcome": "aborted"})
    with pytest.raises(Refused, match="no longer owns the guard"):
        perform(rig, run, valve)
    assert valve.turned == 0


def test_a_dry_run_says_what_it_would_do_and_calls_nothing(rig: Rig) -> None:
    valve, run = Valve(), rig.opened(dry_run=True)
    assert perform(rig, run, valve) == acts.Done(None, None)
    assert valve.turned == 0
    assert rig.evidence() == [("would turn the valve", "open")]
    assert not rig.intents()


def test_a_dry_run_of_an_act_without_a_before_says_that_nothing_changed(rig: Rig) -> None:
    ports = restrict(twins(rig.world), acts.NEEDS)
    act, valve = acts.Act("act/2", "turn", "valve 2"), Valve()
    acts.perform(ports, rig.opened(dry_run=True), GUARD, act, do=valve.turn, seen=valve.seen)
    assert rig.evidence() == [("would turn", "nothing changed: dry run")]


def test_what_the_world_refused_is_not_done_and_stays_so(rig: Rig) -> None:
    valve, run = Valve(does=fails(Refused("it is locked"))), rig.opened()
    for _ in range(2):
        with pytest.raises(Refused, match="it is locked"):
            perform(rig, run, valve)
    assert valve.turned == 1
    assert result(rig) == ("not_done", "it is locked")


def test_what_is_uncertain_is_unknown_and_never_repeated(rig: Rig) -> None:
    valve, run = Valve(does=fails(Uncertain("read timeout")), stands="closed"), rig.opened()
    for _ in range(2):
        with pytest.raises(Uncertain, match="read timeout"):
            perform(rig, run, valve)
    assert (valve.turned, valve.asked) == (1, [])
    assert result(rig) == ("unknown", "read timeout")


def test_what_is_uncertain_stays_so_although_its_result_cannot_be_written(rig: Rig) -> None:
    valve, run = Valve(does=fails(Uncertain("read timeout"))), rig.opened()
    rig.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Uncertain, match="read timeout"):
        perform(rig, run, valve)
    assert result(rig) == (None, None)


def test_an_intent_that_cannot_be_read_again_is_our_fault_and_nothing_is_called(rig: Rig) -> None:
    valve, run = Valve(does=fails(Transient("throttled"))), rig.opened()
    with pytest.raises(Transient):
        perform(rig, run, valve)
    blind = replace(twins(rig.world), incidents=cast(Incidents, Blind()))
    with pytest.raises(Broken, match="stands and cannot be read"):
        acts.perform(blind, run, GUARD, ACT, do=valve.turn, seen=valve.seen)
    assert valve.turned == 1


@pytest.mark.parametrize(("word", "settled"), [("done", None), ("not_done", "refused before"), ("unknown", "unc")])
def test_a_settled_act_without_words_is_told_all_the_same(rig: Rig, word: str, settled: str | None) -> None:
    valve, run = Valve(does=fails(Transient("throttled"))), rig.opened()
    with pytest.raises(Transient):
        perform(rig, run, valve)
    item = rig.world.item("incidents", INCIDENT) or {}
    item["intents"]["act/1"] |= {"result": word, "after": None}
    rig.world.put("incidents", item)
    if settled is None:
        assert perform(rig, run, valve).after is None
    else:
        with pytest.raises((Refused, Uncertain), match=settled):
            perform(rig, run, valve)
    assert valve.turned == 1


def test_the_longest_act_is_as_long_as_the_longest_acting_function() -> None:
    names = [path.stem for path in Path(tasks.__path__[0]).glob("*.py") if not path.stem.startswith("_")]
    modules = [import_module(f"functions.tasks.{name}") for name in names]
    longest = max(module.TIMEOUT_SECONDS for module in modules if "incidents.intend" in module.handler.needs)
    assert acts.LONGEST_ACT.total_seconds() >= longest
