"""The question whether trading comes back, and whether it is put at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.approvals import Question, Risk
from functions.facts import Check, ChecklistItem, KillSwitchFact
from functions.rules.asking.sound import faults
from functions.rules.resume_plan import way
from functions.rules.resume_question import Asking, question
from tests.rules.facts import ENGAGED, NOW, RELEASED

SWITCH = replace(ENGAGED, halt_id="h1", stops=("s1", "s2"))
ITEM = ChecklistItem("positions", "Do the positions agree?", Check.UNKNOWN, "nobody asked", "none", NOW)


def asked(**more: Any) -> Question:
    given: dict[str, Any] = {
        "switch": SWITCH, "waiting": ("a", "b"), "managing": (), "earlier": (), "left_out": (), "everybody": True,
        "whole": True, "batches": 2, "batch_size": 5, "checks": (ITEM,),
        "exposure": "none in the table", "reason": "fixed", "requested_by": "ben",
        "only_manage": False, "desk": "default", "needed": 2, "break_glass_after": 1_800, "ratify_hours": 24,
        "again": {"reason": "fixed"}, **more,
    }  # fmt: skip
    return question(Asking(**given))


def test_two_people_let_trade_one_lets_exits_be_managed_and_one_alone_breaks_the_glass() -> None:
    options = {one.id: one for one in asked().options}
    assert {name: (one.risk, one.act, one.needed) for name, one in options.items()} == {
        "trading": (Risk.ADDS, "RESUME", 2),
        "manage_only": (Risk.REDUCES, "MANAGE", 1),
        "break_glass": (Risk.ADDS, "BREAKGLASS", 1),
        "reject": (Risk.NONE, "STAY", 1),
    }
    assert options["break_glass"].opens_after == 1_800
    assert options["break_glass"].note_required


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"break_glass_after": None}, ["trading", "manage_only", "reject"]),
        ({"needed": 1}, ["trading", "manage_only", "reject"]),
        ({"only_manage": True}, ["manage_only", "reject"]),
        ({"switch": RELEASED}, ["trading", "break_glass", "reject"]),
        (
            {"waiting": (), "managing": ("a",), "switch": replace(SWITCH, manage_only=True, service_up=True)},
            ["trading", "break_glass", "reject"],
        ),
    ],
)
def test_offers_only_what_can_be_done(given: dict[str, Any], ids: list[str]) -> None:
    assert [one.id for one in asked(**given).options] == ids


def test_exits_may_be_managed_again_where_a_stop_since_has_taken_the_service_down() -> None:
    put = asked(waiting=(), managing=("a", "b"))
    [manage] = [one for one in put.options if one.id == "manage_only"]
    assert "2 strategies manage the positions" in manage.consequence
    assert "the service is down: a, b" in " ".join(f"{line.name}: {line.value}" for line in put.facts)
    assert asked(waiting=(), managing=("a", "b"), only_manage=True).target == "ALL"


@pytest.mark.parametrize(("everybody", "target"), [(True, "ALL"), (False, "2")])
def test_says_how_many_by_the_phrase_itself(everybody: bool, target: str) -> None:
    put = asked(everybody=everybody)
    assert put.target == target
    assert faults(put, people=2) == ()


def test_says_who_stopped_it_who_comes_back_who_does_not_and_what_nobody_knows() -> None:
    put = asked(managing=("c",), earlier=("b",), left_out=("z",))
    told = " ".join(f"{line.name}: {line.value}" for line in put.facts)
    wanteds = (
        "by ana",
        "drill",
        "a, b, c",
        "Of them stopped by an earlier halt: b",
        "z: not stopped by a halt",
        "Do the positions agree?: not known: nobody asked",
        "2 emergency stops",
    )
    for wanted in wanteds:
        assert wanted in told
    assert "one first, then 1 batch of up to 5" in put.options[0].consequence


LISTED = KillSwitchFact(engaged=True, halt_id="h1", strategy_ids=("a", "b"))


@pytest.mark.parametrize(
    ("switch", "ids", "coming", "only", "nothing", "blocked", "whole"),
    [
        (RELEASED, None, [], False, True, False, True),
        (RELEASED, None, ["a"], False, False, False, True),
        (RELEASED, None, ["a"], True, True, False, True),
        (LISTED, ["z"], [], False, True, False, False),
        (LISTED, ["a"], ["a"], False, False, False, False),
        (LISTED, ["a", "b"], ["a"], False, False, False, True),
        (LISTED, None, ["a"], False, False, False, True),
        (SWITCH, None, [], False, False, False, True),
        (SWITCH, None, [], True, True, False, False),
        (SWITCH, ["a"], ["a"], False, False, False, False),
        (ENGAGED, None, ["a"], False, False, True, False),
    ],
)
def test_whether_it_may_be_asked(
    switch: KillSwitchFact, ids: Any, coming: list[str], only: bool, nothing: bool, blocked: bool, whole: bool
) -> None:
    found = way(switch, strategy_ids=ids, coming=coming, only_manage=only)
    assert (found.nothing is not None, found.blocked is not None, found.whole) == (nothing, blocked, whole)


MANAGING = replace(SWITCH, manage_only=True, service_up=True)


def rejecting(**more: Any) -> tuple[str, str]:
    (found,) = (one for one in asked(**more).options if one.id == "reject")
    return found.label, found.consequence


def test_saying_no_leaves_everything_stopped_only_where_everything_is() -> None:
    assert rejecting() == (
        "Leave everything stopped",
        "Nothing is changed: who is stopped stays so, and positions stay as they are, managed by nobody.",
    )


def test_saying_no_where_exits_are_managed_says_that_they_go_on_to_be() -> None:
    label, told = rejecting(waiting=(), managing=("a", "b"), switch=MANAGING)
    assert label == "Leave everything as it is"
    assert "2 strategies go on to manage their exits" in told
    assert "nobody takes a new position" in told
    assert "managed by nobody" not in told


def test_saying_no_tells_those_who_manage_from_those_whose_positions_nobody_manages() -> None:
    _, told = rejecting(waiting=("c",), managing=("a", "b"), switch=MANAGING)
    assert "2 strategies go on to manage their exits" in told
    assert "1 strategy stays stopped: its positions are managed by nobody" in told


def test_nobody_manages_anything_where_a_stop_since_has_taken_the_service_down() -> None:
    down = replace(SWITCH, manage_only=True, service_up=False)
    assert rejecting(waiting=(), managing=("a",), switch=down)[0] == "Leave everything stopped"


def test_the_open_positions_and_what_is_not_known_come_before_what_passed_so_that_no_mail_cuts_them() -> None:
    passed = replace(ITEM, id="venues", question="Do the exchanges answer?", result=Check.PASS, value="all")
    lines = asked(checks=(passed, ITEM), exposure="3 in the table, 1 bare").facts
    heads = [line.name for line in lines]
    assert heads.index("Open positions") < heads.index(ITEM.question) < heads.index("Comes back")
    assert heads.index("Comes back") < heads.index(passed.question)
    assert sorted(heads) == sorted(set(heads))
    assert next(line.value for line in lines if line.name == "Open positions") == "3 in the table, 1 bare"
