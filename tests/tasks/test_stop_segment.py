"""Every strategy of a segment is stopped, page by page, whatever fails beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from functions.adapters.memory import twins
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.halting import MOST_CHARACTERS, MOST_NAMED, SEGMENTS, Counts
from functions.rules.stop_order import read
from functions.settings import Settings
from functions.stop_pages import Stopper
from functions.tasks import stop_segment
from tests.tasks.rig import SETTINGS, Rig
from tests.tasks.stops import (
    INCIDENT,
    STOP,
    all_stopped,
    call,
    counted,
    engaged,
    not_engaged,
    records,
    rows,
    statuses,
    to_the_end,
    told,
)

WRITE = "trading_state.stop_many"


@pytest.fixture
def quick() -> Rig:
    """A call works one second."""
    return Rig(_with_seconds(1))


def _with_seconds(works: int) -> Settings:
    limits = SETTINGS.limits.model_copy(update={"stop_segment_works": works})
    return SETTINGS.model_copy(update={"limits": limits})


def many(rig: Rig, count: int, **more: Any) -> list[str]:
    ids = [f"s{number:05}" for number in range(count)]
    for one in ids:
        rig.strategy(one, **more)
    return ids


def each_time(rig: Rig, method: str, what: Callable[[], None]) -> None:
    """Does it before every call of the method, not only before the next one."""

    def again() -> None:
        what()
        rig.world.meanwhile[method] = again

    rig.world.meanwhile[method] = again


def later(rig: Rig, seconds: float) -> Callable[[], None]:
    def pass_by() -> None:
        rig.world.advance(seconds=seconds)

    return pass_by


def test_every_strategy_that_trades_is_stopped_and_counted_once(rig: Rig) -> None:
    ids = many(rig, 700)
    rig.strategy("w", status="warmup")
    rig.world.page = 20
    answers = all_stopped(rig, engaged(rig))
    assert set(statuses(rig.world).values()) == {"stopped"}
    assert counted(answers) == Counts(seen=701, done=701)
    assert set(rows(rig.world)) == {*ids, "w"}
    assert {row["result"] for row in rows(rig.world).values()} == {"done"}
    assert [(one.segment, one.again, one.unread) for one in answers] == [(n, False, None) for n in range(SEGMENTS)]


def test_what_is_stopped_carries_the_mark_of_the_halt_and_what_it_was(rig: Rig) -> None:
    rig.strategy("s1", status="warmup")
    all_stopped(rig, engaged(rig))
    item = rig.world.item("trading_state", "s1") or {}
    assert (item["stopped_by"], item["status_before"]) == (INCIDENT, "warmup")
    assert records(rig.world)["s1"].status == "warmup"


def test_whoever_was_stopped_for_a_restart_when_the_halt_came_is_recorded_and_named(rig: Rig) -> None:
    rig.strategy("s1")
    state = twins(rig.world).trading_state
    assert state.stop("s1", expected_status="running", stopped_by="inc-restart")
    answers = all_stopped(rig, engaged(rig))
    assert records(rig.world)["s1"].status == "running"
    assert counted(answers) == Counts(seen=1, already=1)
    assert rows(rig.world)["s1"]["before"] == "running"
    (named,) = told(answers)
    assert named.startswith("s1 was running until inc-restart stopped it")
    item = rig.world.item("trading_state", "s1") or {}
    assert (item["status"], item["stopped_by"]) == ("stopped", "inc-restart")


def test_whom_a_person_stopped_before_the_halt_is_not_recorded(rig: Rig) -> None:
    rig.strategy("s1", status="stopped")
    answers = all_stopped(rig, engaged(rig))
    assert (records(rig.world), told(answers)) == ({}, [])


def test_the_record_of_before_is_written_before_the_stop(rig: Rig) -> None:
    rig.strategy("s1")
    seen: list[str] = []
    rig.world.meanwhile[WRITE] = lambda: seen.extend(records(rig.world))
    all_stopped(rig, engaged(rig))
    assert seen == ["s1"]


def test_a_record_that_stands_is_never_written_over(rig: Rig) -> None:
    rig.strategy("s1", status="warmup")
    job = engaged(rig)
    all_stopped(rig, job)
    rig.strategy("s1", status="running")
    assert counted(all_stopped(rig, job)) == Counts(seen=1, done=1)
    assert records(rig.world)["s1"].status == "warmup"


@pytest.mark.parametrize("status", ["stopped", "paused", "failed", "terminated"])
def test_whatever_does_not_trade_is_left_as_it_is(status: str, rig: Rig) -> None:
    rig.strategy("s1", status=status)
    assert counted(all_stopped(rig, engaged(rig))) == Counts(seen=1)
    assert rig.world.item("trading_state", "s1")["status"] == status  # type: ignore[index] # it stands there
    assert rig.called(WRITE, "halts.record") == []


@pytest.mark.parametrize("status", ["sleeping", "", "RUNNING"])
def test_a_status_that_nobody_knows_is_unknown_and_never_guessed(status: str, rig: Rig) -> None:
    rig.strategy("s1", status=status)
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=1, unknown=1)
    assert statuses(rig.world) == {"s1": status}
    assert told(answers) == [f"s1: unknown, nobody knows what the status {status!r} means"]


def test_a_part_is_stopped_and_nobody_else(rig: Rig) -> None:
    many(rig, 50)
    answers = all_stopped(rig, engaged(rig, strategy_ids=["s00007", "s00031", "nobody"]))
    assert counted(answers) == Counts(seen=2, done=2)
    assert {one for one, status in statuses(rig.world).items() if status == "stopped"} == {"s00007", "s00031"}


def test_a_dry_run_counts_what_it_would_stop_and_writes_nothing(rig: Rig) -> None:
    many(rig, 5)
    rig.strategy("p", status="paused")
    answers = all_stopped(rig, engaged(rig, dry_run=True))
    assert counted(answers) == Counts(seen=6, not_done=5)
    assert set(statuses(rig.world).values()) == {"running", "paused"}
    assert sorted(told(answers))[0] == "s00000: not_done, dry run: would be stopped"
    assert rig.called(WRITE, "halts.record", "halts.engage", "reports.put") == []


def test_a_dry_run_that_is_no_boolean_is_refused_here_too(rig: Rig) -> None:
    rig.strategy("s1")
    with pytest.raises(Refused, match="dry_run"):
        call(rig, not_engaged(rig, dry_run="yes"), 0)
    assert statuses(rig.world) == {"s1": "running"}


def test_stops_all_the_same_where_the_kill_switch_could_not_be_engaged(rig: Rig) -> None:
    many(rig, 30)
    rig.world.trouble["halts.engage"] = Transient("the table is down")
    job = engaged(rig)
    assert counted(all_stopped(rig, job)) == Counts(seen=30, done=30)
    assert set(records(rig.world, job.incident_id)) == set(statuses(rig.world))


def test_a_guards_table_that_is_down_is_asked_once_a_call_and_keeps_nobody_trading(rig: Rig) -> None:
    many(rig, 400)
    rig.world.page = 10
    job = engaged(rig)
    rig.world.trouble["halts.record"] = Uncertain("read timeout")
    answers = all_stopped(rig, job)
    assert counted(answers) == Counts(seen=400, done=400)
    assert len(rig.called("halts.record")) == SEGMENTS
    assert any(
        "10 were stopped without a record of before in the guards table (Uncertain: read" in i
        for i in told(answers)
    )


def test_one_record_that_is_refused_is_told_and_its_strategy_stopped(rig: Rig) -> None:
    many(rig, 9)
    rig.world.item_trouble["halts.record", "s00004"] = Transient("throttled")
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=9, done=9)
    expected = "1 were stopped without a record of before in the guards table (throttled); their own items keep it"
    assert told(answers) == [expected]
    assert "s00004" not in records(rig.world)


def test_one_item_that_is_refused_stops_no_other_and_is_named(rig: Rig) -> None:
    many(rig, 60)
    rig.world.item_trouble[WRITE, "s00007"] = Refused("AccessDenied on this item")
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=60, done=59, not_done=1)
    assert told(answers) == ["s00007: not_done, AccessDenied on this item"]
    assert rows(rig.world)["s00007"]["result"] == "not_done"


def test_a_write_that_may_have_happened_is_looked_at_before_it_is_believed(rig: Rig) -> None:
    rig.strategy("s1")
    rig.world.item_trouble[WRITE, "s1"] = Uncertain("no answer")
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=1, unknown=1)
    assert told(answers) == ["s1: unknown, still running after 3 tries (no answer)"]
    assert len(rig.called(WRITE)) == 3


def test_a_write_that_did_happen_is_done_once_it_is_seen(rig: Rig) -> None:
    rig.strategy("s1")
    rig.world.item_trouble[WRITE, "s1"] = Uncertain("no answer")
    job = engaged(rig)
    rig.world.meanwhile["trading_state.get"] = lambda: rig.strategy("s1", status="stopped", stopped_by=job.mark)
    assert counted(all_stopped(rig, job)) == Counts(seen=1, done=1)


def test_one_that_changes_meanwhile_is_stopped_from_what_it_is_now(rig: Rig) -> None:
    rig.strategy("s1", status="warmup")
    rig.world.meanwhile[WRITE] = lambda: rig.strategy("s1", status="running")
    assert counted(all_stopped(rig, engaged(rig))) == Counts(seen=1, done=1)
    assert rig.world.item("trading_state", "s1")["status_before"] == "running"  # type: ignore[index] # it stands there


def test_one_that_always_changes_is_unknown_after_three_rounds(rig: Rig) -> None:
    flips = iter(["warmup", "running"] * 10)
    rig.strategy("s1", status="running")
    each_time(rig, WRITE, lambda: rig.strategy("s1", status=next(flips)))
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=1, unknown=1)
    assert len(rig.called(WRITE)) == 3
    assert "after 3 tries" in told(answers)[0]


@pytest.mark.parametrize(
    ("meanwhile", "counts", "says"),
    [
        ({"status": "stopped"}, Counts(seen=1, already=1), "is stopped by somebody else meanwhile"),
        ({"status": "paused"}, Counts(seen=1, already=1), "is paused by somebody else meanwhile"),
        ({"status": "odd"}, Counts(seen=1, unknown=1), "nobody knows what the status 'odd' means"),
        (None, Counts(seen=1, already=1), "is gone from the trading state"),
    ],
)
def test_one_that_does_not_trade_any_more_is_told_as_it_was_found(
    meanwhile: dict[str, Any] | None, counts: Counts, says: str, rig: Rig
) -> None:
    def change() -> None:
        del rig.world.tables["trading_state"][("s1",)]
        if meanwhile is not None:
            rig.strategy("s1", **meanwhile)

    rig.strategy("s1")
    rig.world.meanwhile[WRITE] = change
    assert counted(all_stopped(rig, engaged(rig))) == counts
    assert rows(rig.world)["s1"]["why"] == says


def test_one_that_cannot_be_looked_at_again_is_unknown(rig: Rig) -> None:
    rig.strategy("s1", status="warmup")
    rig.world.meanwhile[WRITE] = lambda: rig.strategy("s1", status="running")
    rig.world.item_trouble["trading_state.get", "s1"] = Refused("no permission")
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=1, unknown=1)
    assert told(answers) == ["s1: unknown, cannot be looked at: Refused: no permission"]


@pytest.mark.parametrize("word", [Transient("throttled"), Refused("no permission"), Broken("ours")])
def test_a_table_that_takes_no_write_at_all_leaves_everybody_not_done(word: RunbookError, rig: Rig) -> None:
    many(rig, 40)
    rig.world.trouble[WRITE] = word
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=40, not_done=40)
    assert set(statuses(rig.world).values()) == {"running"}


def test_one_percent_of_the_writes_fails_and_nothing_that_runs_counts_as_stopped(rig: Rig) -> None:
    ids = many(rig, 2_000)
    for number, one in enumerate(ids[::100]):
        word = Uncertain("lost") if number % 2 else Refused("no")
        rig.world.item_trouble[WRITE, one] = word
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=2_000, done=1_980, not_done=10, unknown=10)
    running = {one for one, status in statuses(rig.world).items() if status == "running"}
    assert running == {one for one, row in rows(rig.world).items() if row["result"] != "done"}


def test_one_that_this_halt_stopped_before_counts_as_already_stopped(rig: Rig) -> None:
    many(rig, 20)
    job = engaged(rig)
    all_stopped(rig, job)
    rig.strategy("new")
    assert counted(all_stopped(rig, job)) == Counts(seen=21, done=1, already=20)


def test_a_second_stop_of_the_same_halt_sees_what_the_first_one_did(rig: Rig) -> None:
    many(rig, 20)
    all_stopped(rig, engaged(rig))
    second = engaged(rig, execution=f"{STOP}-second")
    assert second.halt_id == INCIDENT
    assert counted(all_stopped(rig, second)) == Counts(seen=20, already=20)


def test_a_call_that_is_short_of_time_hands_on_its_key_and_goes_on_there(quick: Rig) -> None:
    many(quick, 400)
    quick.world.page = 10
    job = engaged(quick)
    each_time(quick, "trading_state.segment", later(quick, 0.6))
    calls = [to_the_end(quick, job, segment) for segment in range(SEGMENTS)]
    assert all(2 <= len(of_segment) <= stop_segment.CALLS for of_segment in calls)
    assert all(one.start_key is not None for of_segment in calls for one in of_segment[:-1])
    assert counted([of_segment[-1] for of_segment in calls]) == Counts(seen=400, done=400)
    assert len(rows(quick.world)) == 400


def test_a_segment_that_its_calls_do_not_end_is_named_and_never_called_complete(quick: Rig) -> None:
    many(quick, 400)
    quick.world.page = 1
    each_time(quick, "trading_state.segment", later(quick, 2))
    answers = to_the_end(quick, engaged(quick), 3)
    last = answers[-1]
    assert (len(answers), last.again, last.looks_left) == (stop_segment.CALLS, False, 0)
    assert last.unread == "segment 3 was not read to its end in 6 calls"
    assert last.counts == Counts(seen=6, done=6)


def test_a_page_that_the_time_cut_short_is_stopped_again_from_its_beginning_and_counted_once(quick: Rig) -> None:
    many(quick, 80)
    job = engaged(quick)
    quick.world.trouble[WRITE] = Transient("throttled until the time was over")
    quick.world.meanwhile[WRITE] = later(quick, 2)
    first = call(quick, job, 0)
    assert (first.again, first.start_key, first.counts) == (True, None, Counts())
    quick.world.trouble.clear()
    last = call(quick, job, 0, **first.model_dump(include={"start_key", "looks_left", "counts", "items"}))
    assert (last.again, last.counts.done, last.counts.not_done) == (False, last.counts.seen, 0)


def test_a_page_that_is_cut_short_in_the_last_call_is_counted_as_it_stands(quick: Rig) -> None:
    many(quick, 80)
    quick.world.trouble[WRITE] = Transient("throttled")
    quick.world.meanwhile[WRITE] = later(quick, 2)
    last = call(quick, engaged(quick), 0, looks_left=1)
    assert (last.again, last.counts.done) == (False, 0)
    assert last.counts.not_done == last.counts.seen > 0


def test_nothing_is_looked_at_again_once_the_time_is_over(quick: Rig) -> None:
    many(quick, 80)
    each_time(quick, WRITE, later(quick, 2))
    for one in statuses(quick.world):
        quick.world.item_trouble[WRITE, one] = Uncertain("lost")
    answer = call(quick, engaged(quick), 0)
    assert (answer.again, quick.called("trading_state.get")) == (True, [])


def test_a_page_that_cannot_be_read_later_on_is_where_the_next_call_begins(rig: Rig) -> None:
    many(rig, 400)
    rig.world.page = 10
    job = engaged(rig)
    reads = iter(range(100))

    def fail_at_the_second() -> None:
        if next(reads) == 1:
            rig.world.trouble["trading_state.segment"] = Transient("throttled")

    each_time(rig, "trading_state.segment", fail_at_the_second)
    first = call(rig, job, 0)
    assert (first.again, first.counts) == (True, Counts(seen=10, done=10))
    assert first.items == ("segment 0: a page is read again: Transient: throttled",)
    rig.world.trouble.clear()
    last = call(rig, job, 0, **first.model_dump(include={"start_key", "looks_left", "counts", "items"}))
    assert last.counts.done == last.counts.seen > 10
    assert last.again is False


@pytest.mark.parametrize("word", [Transient("throttled"), Refused("no permission")])
def test_a_first_page_that_cannot_be_read_is_the_machines_to_try_again(word: RunbookError, rig: Rig) -> None:
    rig.world.trouble["trading_state.segment"] = word
    with pytest.raises(type(word)):
        call(rig, engaged(rig), 0)


def test_a_bucket_that_is_down_stops_nothing_less_and_is_told(rig: Rig) -> None:
    many(rig, 30)
    rig.world.trouble["reports.put"] = Transient("down")
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=30, done=30)
    assert all("are not stored: Transient: down" in item for item in told(answers))


def test_an_incident_that_cannot_be_written_stops_nothing_less(rig: Rig) -> None:
    many(rig, 30)
    rig.world.trouble["incidents.open"] = rig.world.trouble["incidents.note"] = Transient("down")
    assert counted(all_stopped(rig, engaged(rig))) == Counts(seen=30, done=30)


def test_a_call_keeps_a_bounded_number_of_rows_in_memory(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_segment, "MOST_ROWS", 20)
    many(rig, 800)
    rig.world.page = 10
    calls = to_the_end(rig, engaged(rig), 0)
    assert len(calls) > 3
    assert max(len(body.splitlines()) for body, _ in rig.world.objects.values()) == 20


def test_what_is_named_in_the_state_is_bounded_and_counted(rig: Rig) -> None:
    many(rig, 4_000, status="odd")
    answers = all_stopped(rig, engaged(rig))
    assert counted(answers) == Counts(seen=4_000, unknown=4_000)
    assert all(len(one.items) == MOST_NAMED for one in answers)
    assert answers[0].items[-1] == f"and {answers[0].counts.seen - MOST_NAMED + 1} more"


def test_each_segment_leaves_a_line_in_the_incident(rig: Rig) -> None:
    many(rig, 4)
    all_stopped(rig, engaged(rig))
    lines = dict(rig.evidence(INCIDENT))
    assert set(lines) == {f"strategies, segment {number}" for number in range(SEGMENTS)}
    assert all(line.startswith("done: of ") for line in lines.values())


def test_a_record_is_waited_for_no_longer_than_a_moment(rig: Rig) -> None:
    rig.strategy("s1")
    asked: list[Any] = []

    class Slow:
        def record(self, halt_id: str, given: Any, *, until: Any) -> dict[str, str]:
            asked.append(until - rig.now)
            return {}

    ports = twins(rig.world)
    slow = replace(ports, halts=cast(Any, Slow()))
    stopper = Stopper(slow, SETTINGS, engaged(rig), read({}), rig.now + timedelta(seconds=40))
    stopper.page(ports.trading_state.all())
    assert asked == [timedelta(seconds=1.5)]
    assert statuses(rig.world) == {"s1": "stopped"}


def test_strange_names_and_statuses_make_no_answer_that_a_state_cannot_hold(rig: Rig) -> None:
    for number in range(60):
        rig.strategy(f"s{number}-{'n' * 2000}", status="?" * 20_000)
    answers = all_stopped(rig, engaged(rig))
    size = sum(len(one.model_dump_json()) for one in answers)
    assert size < 100_000
    assert all(len(item) <= MOST_CHARACTERS for item in told(answers))
    assert counted(answers).unknown == 60
