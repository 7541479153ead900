"""Findings come from the shape of a result, and a strange result never breaks the view."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functions.tasks
from console.live.meaning import SHAPES, findings, label_of
from console.live.steps import Tone
from functions.contracts import Answer, Run, RunOutput
from functions.facts import ChecklistItem
from functions.proving import Proof
from functions.stages import Effect, GroupResult
from functions.switching import Switched

PLAN = {"proceed": True, "beats": {"all_back": False, "again": True, "looks_left": 3, "missing": ["a"]}}


def texts(given_: Any, output: Any) -> list[str]:
    return [finding.text for finding in findings(given_, output)]


def test_tells_only_what_the_state_has_written() -> None:
    guard = {"owned": True, "guard_id": "service/x", "why": "taken"}
    assert texts({"guard": guard}, {"guard": guard}) == []
    assert texts({}, {"guard": guard}) == ["service/x: taken"]


def test_finds_a_result_that_was_written_into_something_older() -> None:
    beats = {"all_back": True, "again": False, "looks_left": 2, "missing": []}
    assert texts({"plan": PLAN}, {"plan": {**PLAN, "beats": beats}}) == ["all beat again since the remedy"]


def test_unwraps_what_a_child_brought_home() -> None:
    outcome: dict[str, Any] = {
        "group_id": "g", "remedy": "redeploy", "result": "not_done", "why": "the budget is spent",
        "at": None, "strategies": [],
    }  # fmt: skip
    (finding,) = findings({}, {"did": {"outcome": outcome}})
    assert (finding.text, finding.tone) == ("redeploy: the budget is spent", Tone.BAD)


def test_tells_what_a_question_about_an_exchange_came_to() -> None:
    effect = {"strategy_id": "grid-eth", "result": "not_done", "why": "not switched: it has positions", "at": None}
    result = {"group_id": "g", "remedy": "switch_exchange", "result": None, "why": "0 of 1", "strategies": [effect]}
    told: dict[str, Any] = {"keep_waiting": False, "wait": {"over": False, "again": False, "why": "old"},
                            "result": result}  # fmt: skip
    assert texts({}, told) == ["switch exchange: 0 of 1", "grid-eth: not switched: it has positions"]
    assert texts({}, {"asked": {"outcome": told}}) == texts({}, told), "as its parent keeps it"
    longer = {**told, "keep_waiting": True, "wait": {"why": "waiting on until 04:00 UTC"}}
    assert texts({}, longer) == ["waiting on until 04:00 UTC"]


def test_tells_who_can_be_switched_and_who_cannot() -> None:
    plan = {"question": {"title": "t"}, "switches": [{"strategy_id": "a", "fallback": "bybit"}],
            "kept": [{"strategy_id": "b", "why": "it has positions"}], "why": "asked"}  # fmt: skip
    assert texts({}, {"plan": plan}) == ["asks; can be switched: a to bybit", "b cannot: it has positions"]
    assert texts({}, {"plan": {**plan, "question": None, "why": "back"}}) == ["nobody is asked: back"]


def test_an_unreadable_fact_is_unknown_and_never_good() -> None:
    (finding,) = findings({}, {"fact": None, "why": "AccessDenied"})
    assert (finding.text, finding.tone) == ("unknown: AccessDenied", Tone.UNKNOWN)


def test_an_unreadable_kill_switch_is_bad_news() -> None:
    found = {"stale": [], "stale_total": 0, "beating_total": 5, "alarm": None, "kill_switch": None}
    assert ("kill switch unreadable", Tone.BAD) in [(f.text, f.tone) for f in findings({}, {"found": found})]


def test_a_proposal_that_needs_a_person_is_shown_with_the_verdict() -> None:
    group = {
        "group_id": "g", "cause": "memory_exhausted", "venue": None, "strategy_ids": ["a"], "evidence": [],
        "remedy": "redeploy", "needs_person": True, "proposal": "raise the memory",
    }  # fmt: skip
    plan = {"verdict": "act", "reason": "r", "groups": [group], "strategy_ids": ["a"]}
    assert texts({}, {"plan": plan}) == [
        "memory exhausted -> redeploy (1 strategy)", "for a person: raise the memory"
    ]  # fmt: skip


def test_a_failed_watch_is_bad_and_names_who() -> None:
    watch = {"again": False, "looks_done": 3, "looks_left": 7, "worst": 1, "own_failed": ["a"], "others_failed": []}
    (finding,) = findings({}, {"monitor": watch})
    assert (finding.tone, finding.looks, finding.text) == (Tone.BAD, (3, 10), "stale: a")


def test_long_lists_are_cut() -> None:
    groups = [
        {"group_id": str(n), "cause": "deadlock", "venue": None, "strategy_ids": ["a"], "remedy": "restart",
         "needs_person": False, "proposal": "", "evidence": [{"what": "w", "value": str(n)}]}
        for n in range(40)
    ]  # fmt: skip
    found = findings({}, {"plan": {"verdict": "act", "reason": "r", "groups": groups}})
    assert len(found) == 12
    assert found[-1].text == "... and 69 more"


def fields_of(model: Any) -> frozenset[str]:
    """Of a pydantic model or of a dataclass: tasks answer with either."""
    if dataclasses.is_dataclass(model):
        return frozenset(field.name for field in dataclasses.fields(model))
    return frozenset(model.model_fields)


def answers() -> Iterator[tuple[str, frozenset[str]]]:
    """Name and fields of everything that a state can put into an output."""
    for module in pkgutil.iter_modules(functions.tasks.__path__):
        model = getattr(importlib.import_module(f"functions.tasks.{module.name}"), "Response", None)
        if model is not None:
            yield module.name, fields_of(model)
    for model in (RunOutput, Run, GroupResult, Effect, Proof, ChecklistItem, Answer, Switched):
        yield model.__name__, fields_of(model)


@pytest.mark.parametrize("fields", [shape[0] for shape in SHAPES], ids=lambda fields: "+".join(sorted(fields)))
def test_every_shape_is_that_of_an_answer_that_some_task_gives(fields: frozenset[str]) -> None:
    assert [name for name, has in answers() if fields <= has], "the task's answer has changed: so must the shape"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([shape[0] for shape in SHAPES]), st.data())
def test_a_known_shape_with_strange_values_never_breaks_the_view(fields: frozenset[str], data: Any) -> None:
    findings({}, {"x": {name: data.draw(anything) for name in sorted(fields)}})


@given(anything, anything)
def test_any_output_at_all_is_survived(before: Any, after: Any) -> None:
    findings(before, after)
    label_of(before)


@pytest.mark.parametrize(
    ("given_", "label"),
    [
        ({"run": {"strategy_id": None}, "restart": {"strategy_id": "grid-eth"}}, "grid-eth"),
        ({"run": {}, "group": {"group_id": "deadlock"}}, "deadlock"),
        ({"position_id": "pos-1"}, "pos-1"),
        ({"nothing": 1}, None),
        ("text", None),
    ],
)
def test_names_the_round_of_a_map_by_what_it_is_about(given_: Any, label: str | None) -> None:
    assert label_of(given_) == label
