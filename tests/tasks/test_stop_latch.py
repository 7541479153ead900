"""The first act, the same once more, and the stop that is refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.adapters.memory.halts import MemoryHalts
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import KillSwitchFact, Result
from functions.halting import SEGMENTS
from functions.tasks import engage_kill_switch, latch_again, refuse_stop
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, STOP, engaged, not_engaged

WORDS = [Transient("throttled"), Uncertain("read timeout"), Refused("no permission"), Broken("ours")]


def switch(rig: Rig) -> Any:
    return twins(rig.world).guards.kill_switch()


def test_the_first_act_is_to_engage_and_nothing_is_read_before(rig: Rig) -> None:
    job = engaged(rig, reason="prices are wrong", requested_by="ana")
    assert [call for call in rig.world.calls if call != "clock.now"] == ["halts.engage", "incidents.open"]
    assert (job.latched, job.latch_why, job.halt_id, job.mark) == (True, None, INCIDENT, INCIDENT)
    stands = switch(rig)
    assert (stands.engaged, stands.reason, stands.engaged_by) == (True, "prices are wrong", "ana")
    assert stands.strategy_ids is None


def test_every_segment_is_handed_on(rig: Rig) -> None:
    answer = rig.work(engage_kill_switch, given={}, execution_arn=STOP, started_at=rig.now)
    assert answer.segments == tuple(range(SEGMENTS))


@pytest.mark.parametrize("given", [None, [], "stop", 5, {"what": 1}, {"strategy_ids": "s1"}])
def test_an_input_that_cannot_be_read_engages_for_all(given: Any, rig: Rig) -> None:
    answer = rig.work(engage_kill_switch, given=given, execution_arn=STOP, started_at=rig.now)
    assert answer.latched
    assert answer.order["unread"]
    assert switch(rig).strategy_ids is None


@pytest.mark.parametrize("word", WORDS)
def test_a_kill_switch_that_cannot_be_written_is_told_and_stops_nothing_less(word: RunbookError, rig: Rig) -> None:
    rig.world.trouble["halts.engage"] = word
    job = engaged(rig)
    assert (job.latched, job.halt_id, job.mark) == (False, None, INCIDENT)
    assert job.latch_why == f"{type(word).__name__}: {word}"
    assert rig.called("incidents.open") == []


def test_an_incident_that_cannot_be_written_takes_nothing_from_the_latch(rig: Rig) -> None:
    rig.world.trouble["incidents.open"] = Transient("down")
    assert engaged(rig).latched


def test_an_incident_that_hangs_is_waited_for_after_the_latch_and_only_once(rig: Rig) -> None:
    job = engaged(rig)
    rig.world.calls.clear()
    rig.world.trouble["incidents.open"] = Transient("no answer")
    assert rig.work(latch_again, job=job).result is Result.DONE
    assert [call for call in rig.world.calls if call != "clock.now"] == ["halts.engage", "incidents.open"]


def test_a_dry_run_engages_nothing_and_opens_its_incident(rig: Rig) -> None:
    job = engaged(rig, dry_run=True)
    assert (job.latched, job.latch_why) == (False, "dry run: nothing was changed")
    assert not switch(rig).engaged
    assert rig.item(INCIDENT)["dry_run"] is True
    assert rig.work(latch_again, job=job).result is Result.NOT_DONE
    assert rig.called("halts.engage") == []


def test_a_dry_run_that_is_no_boolean_is_refused_before_anything_is_written(rig: Rig) -> None:
    with pytest.raises(Refused, match="dry_run: must be true or false, is 'true'"):
        engaged(rig, dry_run="true")
    assert rig.world.calls == []
    with pytest.raises(Refused, match="dry_run"):
        rig.work(latch_again, job=not_engaged(rig, dry_run="true"))
    assert rig.world.calls == []


def test_a_second_stop_keeps_the_halt_of_the_first_and_takes_its_mark(rig: Rig) -> None:
    engaged(rig, strategy_ids=["s1"], reason="first")
    second = engaged(rig, execution=f"{STOP}-second", reason="second")
    assert second.mark == INCIDENT != second.incident_id
    assert (switch(rig).reason, switch(rig).strategy_ids) == ("first", None)
    assert set(switch(rig).stops) == {STOP, f"{STOP}-second"}


def test_engages_once_more_where_the_first_write_failed_and_opens_the_incident(rig: Rig) -> None:
    rig.world.trouble["halts.engage"] = Uncertain("read timeout")
    job = engaged(rig)
    rig.world.trouble.clear()
    part = rig.work(latch_again, job=job)
    assert (part.result, part.items) == (Result.DONE, ())
    assert part.why.startswith("the kill switch is engaged by nobody named")
    assert switch(rig).engaged
    assert rig.item(INCIDENT)["runbook"] == "emergency-stop"
    assert dict(rig.evidence(INCIDENT))["kill switch"].startswith("done: the kill switch is engaged")


def test_says_where_the_marks_of_this_run_are_not_those_of_the_halt(rig: Rig) -> None:
    engaged(rig, execution=f"{STOP}-first")
    part = rig.work(latch_again, job=not_engaged(rig))
    assert part.result is Result.DONE
    assert f"what this run stopped is marked {INCIDENT}" in part.items[0]


def test_what_was_written_and_does_not_stand_engaged_is_not_called_engaged(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever undid it in that very moment."""
    job = engaged(rig)
    monkeypatch.setattr(MemoryHalts, "engage", lambda *_: KillSwitchFact(engaged=False))
    with pytest.raises(Transient, match="does not stand engaged"):
        rig.work(latch_again, job=job)
    assert not engaged(rig, execution=f"{STOP}-second").latched


@pytest.mark.parametrize("word", [Transient("throttled"), Uncertain("read timeout"), Broken("ours")])
def test_what_is_not_surely_engaged_is_the_machines_to_try_again(word: RunbookError, rig: Rig) -> None:
    job = engaged(rig)
    rig.world.trouble["halts.engage"] = word
    with pytest.raises(Transient, match="not surely engaged"):
        rig.work(latch_again, job=job)


def test_a_latch_that_is_refused_is_not_done_and_says_why(rig: Rig) -> None:
    job = engaged(rig)
    rig.world.trouble["halts.engage"] = Refused("no permission")
    part = rig.work(latch_again, job=job)
    assert (part.result, part.why) == (Result.NOT_DONE, "Refused: no permission")


@pytest.mark.parametrize("page", [None, Transient("SNS is down")])
def test_a_refused_stop_pages_that_nothing_was_stopped(page: RunbookError | None, rig: Rig) -> None:
    if page:
        rig.world.trouble["notifier.page"] = page
    cause = '{"errorMessage": "dry_run: must be true or false, is 1", "errorType": "Refused"}'
    answer = rig.work(refuse_stop, execution_arn=STOP, started_at=rig.now, refusal=cause)
    assert (answer.incident_id, answer.cause) == (INCIDENT, "dry_run: must be true or false, is 1")
    assert len(rig.world.paged) == (0 if page else 1)
    assert all("EMERGENCY STOP REFUSED" in head and "NOTHING WAS STOPPED" in body for head, body in rig.world.paged)
    item = rig.item(INCIDENT)
    assert (item["outcome"], item["severity"]) == ("invalid_input", "critical")
    assert "NOTHING WAS STOPPED" in rig.world.sent[0][1]
    assert ("the page: Transient" in rig.world.sent[0][1]) is bool(page)
    assert not switch(rig).engaged
