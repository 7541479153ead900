"""How a resume ends, by what it collected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.facts import Outcome, Result
from functions.rules.pieces import Ending
from functions.rules.resume_end import Planned, ResumePieces, Row, Said, end_of
from functions.rules.resume_rows import row_of, rows_of
from functions.rules.resume_scope import One, Stands
from tests.rules.facts import NOW, ago, state

PLANNED = Planned("ask", "asked", not_proven=("positions", "account"))
BACK = Row("a", Result.DONE, "running", "running", "beats")


def end(**more: Any) -> Ending:
    given: dict[str, Any] = {
        "planned": PLANNED, "said": Said("trading", ("ana", "ben")), "let_go": "released for all", "rows": (BACK,),
        **more,
    }  # fmt: skip
    return end_of(ResumePieces(**given))


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({}, Outcome.RESOLVED),
        ({"why_not": "off"}, Outcome.NOTHING_TO_DO),
        ({"held_by": "inc-1"}, Outcome.DUPLICATE),
        ({"planned": None, "error": "Broken: x"}, Outcome.ESCALATED),
        ({"planned": Planned("nothing_to_do", "released")}, Outcome.NOTHING_TO_DO),
        ({"planned": Planned("escalate", "one fails", failing=("x",))}, Outcome.ESCALATED),
        ({"planned": Planned("dry_run", "would ask")}, Outcome.DRY_RUN),
        ({"said": Said("reject", ("ana",))}, Outcome.DECLINED),
        ({"said": Said("lapsed")}, Outcome.ESCALATED),
        ({"said": Said("unreached", why_nobody="no mail")}, Outcome.ESCALATED),
        ({"said": None}, Outcome.ESCALATED),
        ({"let_go": None, "error": "Refused: stopped again"}, Outcome.ESCALATED),
        ({"stopped": "stopped again meanwhile by dora"}, Outcome.ESCALATED),
        ({"halted": "everything was halted again"}, Outcome.ESCALATED),
        ({"service_down": "0 of 1 tasks run"}, Outcome.ESCALATED),
        ({"failed": ("b",), "failed_total": 1}, Outcome.ESCALATED),
        ({"error": "Broken: x"}, Outcome.ESCALATED),
        ({"rows": None}, Outcome.ESCALATED),
        ({"acts": ("scale the service back: unknown",)}, Outcome.ESCALATED),
        ({"troubles": ("auto-scaling: denied",)}, Outcome.ESCALATED),
        ({"rows": (BACK, Row("b", Result.NOT_DONE, "running", "stopped", "is still stopped"))}, Outcome.ESCALATED),
        ({"rows": (BACK, Row("b", Result.UNKNOWN, "running", "running", "no beat"))}, Outcome.ESCALATED),
        ({"rows": (BACK, Row("b", Result.NOT_DONE, "running", "failed", "x", others=True))}, Outcome.RESOLVED),
        ({"said": Said("break_glass", ("ana",))}, Outcome.RESOLVED),
        ({"planned": replace(PLANNED, forgotten=("z: nobody knows",))}, Outcome.ESCALATED),
        ({"planned": replace(PLANNED, total=2), "rows": ()}, Outcome.ESCALATED),
        ({"planned": replace(PLANNED, total=2)}, Outcome.RESOLVED),
        ({"planned": PLANNED, "rows": ()}, Outcome.RESOLVED),
    ],
)
def test_ends(given: dict[str, Any], outcome: Outcome) -> None:
    assert end(**given).outcome is outcome


@pytest.mark.parametrize(("decision", "ratified", "open_"), [
    ("trading", False, False), ("break_glass", False, True), ("break_glass", True, False), ("lapsed", False, True),
])  # fmt: skip
def test_stays_open_until_a_broken_glass_is_ratified_or_somebody_answers(
    decision: str, ratified: bool, open_: bool
) -> None:
    ending = end(said=Said(decision, ("ana",)), ratified=ratified)
    assert ending.stays_open is open_
    assert ("ratification" in ending.not_proven) is (decision == "break_glass" and not ratified)


@pytest.mark.parametrize(("given", "gap"), [
    ({"silent_total": 1}, "signals"), ({"signals_unread": "throttled"}, "signals"),
    ({"managing": True}, "exits managed"),
])  # fmt: skip
def test_what_was_not_seen_is_not_proven(given: dict[str, Any], gap: str) -> None:
    assert end(**given).not_proven == ("positions", "account", gap)
    assert end(**given).summary.endswith(f"; not proven: positions, account, {gap}")


@pytest.mark.parametrize(
    ("stands", "status", "age", "managing", "result"),
    [
        (Stands.BACK, "running", 1, False, Result.DONE),
        (Stands.BACK, "running", 60, False, Result.UNKNOWN),
        (Stands.BACK, "running", -3_600, False, Result.UNKNOWN),
        (Stands.BACK, "running", None, False, Result.UNKNOWN),
        (Stands.BACK, "warmup", 1, False, Result.NOT_DONE),
        (Stands.BACK, "running", 1, True, Result.UNKNOWN),
        (Stands.WAITING, "stopped", 1, False, Result.NOT_DONE),
        (Stands.MANAGING, "paused", 1, False, Result.NOT_DONE),
        (Stands.MANAGING, "paused", None, True, Result.DONE),
        (Stands.CHANGED, "failed", 1, False, Result.NOT_DONE),
    ],
)
def test_only_what_beats_since_is_proven_to_trade(
    stands: Stands, status: str, age: float | None, managing: bool, result: Result
) -> None:
    one = One("a", stands, ("h1",), "running", state("a", age=age, status=status))
    row = row_of(one, since=ago(30), now=NOW, managing=managing)
    assert row.result is result
    assert row.others is (stands is Stands.CHANGED)


def test_who_came_back_before_or_by_somebody_else_is_no_row_of_this_run() -> None:
    def back(name: str, age: float, marks: tuple[str, ...] = ("h1",)) -> One:
        seen = state(name, age=1, started_by="h1", started_at=ago(age))
        return One(name, Stands.BACK, marks, "running", seen)

    ones = [back("a", 20), back("b", 3_600), back("c", 20, ()), One("d", Stands.GONE, (), "running", None)]
    rows = rows_of(ones, since=ago(30), now=NOW, managing=False)
    assert [(row.strategy_id, row.others) for row in rows] == [("a", False), ("d", True)]


def test_one_that_failed_since_it_was_brought_back_did_not_come_back() -> None:
    seen = state("a", status="failed", started_by="h1", started_at=ago(20))
    row = row_of(One("a", Stands.CHANGED, ("h1",), "running", seen), since=ago(30), now=NOW, managing=False)
    assert (row.result, row.others) == (Result.NOT_DONE, False)
