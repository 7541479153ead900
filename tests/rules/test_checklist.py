from __future__ import annotations

from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.facts import Check, ChecklistItem
from functions.rules.checklist import HALTED, LINES, halted, judge_checklist
from tests.rules.facts import NOW
from tests.tasks.rig import SETTINGS

IDS = [line.id for line in LINES]


def item(line_id: str, result: Check = Check.PASS, value: str = "told", concerns: str = "run") -> ChecklistItem:
    return ChecklistItem(line_id, "?", result, value, "somewhere", NOW, concerns)


def answered(**changed: ChecklistItem) -> list[ChecklistItem]:
    return [changed.get(line_id, item(line_id)) for line_id in IDS]


def test_the_checklist_has_the_seven_lines_of_the_manual_runbook() -> None:
    assert IDS == ["positions", "heartbeats", "orders", "signals", "log_patterns", "alarms", "incident"]
    assert [line.question for line in LINES][1] == "Heartbeat updating normally (< 2 minutes old)"


def test_every_line_says_how_it_is_checked_and_by_which_settings() -> None:
    for line in LINES:
        assert line.how
        for _what, attribute in line.limits:
            assert attrgetter(attribute)(SETTINGS) > 0


def test_what_cannot_hold_while_nothing_trades_is_skipped_and_keeps_no_run_from_being_resolved() -> None:
    assert [line.id for line in LINES if halted(line.id)] == ["heartbeats", "orders", "signals"]
    skip = item("heartbeats", Check.SKIPPED, halted("heartbeats") or "")
    answers = judge_checklist(answered(heartbeats=skip))
    assert (answers.blocking, answers.not_proven) == ((), ("heartbeats",))


@pytest.mark.parametrize("line_id", IDS)
def test_what_failed_before_the_run_keeps_it_from_nothing(line_id: str) -> None:
    answers = judge_checklist(answered(**{line_id: item(line_id, Check.FAIL, concerns="before")}))
    assert (answers.others, answers.blocking) == ((line_id,), ())


def test_all_lines_passing_block_nothing_and_leave_nothing_unproven() -> None:
    answers = judge_checklist(answered())
    assert answers.passes == tuple(IDS)
    assert (answers.blocking, answers.not_proven) == ((), ())


@pytest.mark.parametrize("line_id", IDS)
def test_any_line_that_fails_blocks(line_id: str) -> None:
    answers = judge_checklist(answered(**{line_id: item(line_id, Check.FAIL)}))
    assert answers.fails == answers.blocking == (line_id,)


@pytest.mark.parametrize("line_id", IDS)
@pytest.mark.parametrize("result", [Check.UNKNOWN, Check.SKIPPED])
def test_positions_and_heartbeats_must_pass_the_others_may_stay_unproven(line_id: str, result: Check) -> None:
    answers = judge_checklist(answered(**{line_id: item(line_id, result)}))
    assert answers.not_proven == (line_id,)
    assert answers.blocking == ((line_id,) if line_id in ("positions", "heartbeats") else ())


def test_a_line_that_cannot_be_asked_while_halted_is_not_proven_and_blocks_nothing() -> None:
    answers = judge_checklist(answered(positions=item("positions", Check.SKIPPED, HALTED)))
    assert (answers.skipped, answers.blocking) == (("positions",), ())
    unknown = judge_checklist(answered(positions=item("positions", Check.UNKNOWN, HALTED)))
    assert unknown.blocking == ("positions",)


def test_a_line_that_nobody_answered_is_unknown() -> None:
    answers = judge_checklist([])
    assert answers.unknown == tuple(IDS)
    assert answers.blocking == ("positions", "heartbeats")


@pytest.mark.parametrize("result", [Check.FAIL, Check.UNKNOWN])
def test_what_does_not_pass_for_others_only_is_named_apart(result: Check) -> None:
    answers = judge_checklist(answered(heartbeats=item("heartbeats", result, concerns="others")))
    unproven = ("heartbeats",) if result is Check.UNKNOWN else ()
    assert (answers.others, answers.blocking, answers.not_proven) == (("heartbeats",), (), unproven)
    assert "heartbeats" in judge_checklist(answered(heartbeats=item("heartbeats", concerns="others"))).passes


def test_of_two_answers_to_one_line_the_worse_counts() -> None:
    for pair in ((Check.PASS, Check.FAIL), (Check.FAIL, Check.PASS)):
        answers = judge_checklist([*answered(), *(item("signals", result) for result in pair)])
        assert answers.fails == ("signals",)
    for pair in ((Check.SKIPPED, Check.UNKNOWN), (Check.UNKNOWN, Check.SKIPPED)):
        answers = judge_checklist([*(item("signals", result) for result in pair)])
        assert ("signals" in answers.unknown, "signals" in answers.skipped) == (True, False)
    ours, others = item("signals", Check.UNKNOWN), item("signals", Check.FAIL, concerns="others")
    assert judge_checklist([others, ours]).unknown[-1] != "orders"
    assert "signals" in judge_checklist([ours, others]).unknown
    assert judge_checklist([item("signals"), others]).others == ("signals",)


def test_a_line_beside_the_seven_counts_where_it_fails() -> None:
    assert judge_checklist([*answered(), item("extra", Check.FAIL)]).blocking == ("extra",)
    assert judge_checklist([*answered(), item("extra", Check.UNKNOWN)]).blocking == ()


ITEMS = st.builds(
    item,
    st.sampled_from([*IDS, "extra"]),
    st.sampled_from(list(Check)),
    st.sampled_from(["told", HALTED]),
    st.sampled_from(["run", "others"]),
)


@given(st.lists(ITEMS, max_size=10))
def test_every_line_has_one_answer_and_no_unknown_one_passes(items: list[ChecklistItem]) -> None:
    answers = judge_checklist(items)
    every = [*answers.passes, *answers.fails, *answers.unknown, *answers.skipped, *answers.others]
    assert sorted(every) == sorted({*IDS, *(i.id for i in items)})
    for line_id in answers.passes:
        assert {i.result for i in items if i.id == line_id} <= {Check.PASS}
    assert judge_checklist(list(reversed(items))).blocking == answers.blocking
