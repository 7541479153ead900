"""The watcher: overrides come back, a sweep starts while the alarm is up, three do not help: one page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from functions import leaving, left
from functions.adapters.memory import twins
from functions.contracts import Run
from functions.errors import Broken, Refused, RunbookError, Transient
from functions.facts import AlarmFact, Evidence
from functions.rules.sweep import SweepVerdict
from functions.settings import RunbookMode
from functions.tasks import watcher
from tests.tasks.rig import ALARM, EXECUTION, GUARD, INCIDENT, SETTINGS, Rig


def minute(rig: Rig) -> watcher.Response:
    """One run of the schedule; the next one is a minute later."""
    answer: watcher.Response = rig.work(watcher)
    rig.world.advance(seconds=60)
    return answer


def subjects(rig: Rig) -> list[str]:
    return [subject for subject, _ in rig.world.sent]


def slowed(rig: Rig, strategy_id: str = "s1", *, expires_in: float = 60) -> None:
    """A cooldown of 30 that an incident raised to 60."""
    rig.world.put("strategy_config", {"strategy_id": strategy_id, "order_cooldown_seconds": Decimal(30)})
    assert twins(rig.world).strategy_config.override(
        strategy_id,
        "order_cooldown_seconds",
        expected=Decimal(30),
        value=Decimal(60),
        incident_id=INCIDENT,
        expires_at=rig.now + timedelta(seconds=expires_in),
    )


def cooldown(rig: Rig, strategy_id: str = "s1") -> object:
    return (rig.world.item("strategy_config", strategy_id) or {}).get("order_cooldown_seconds")


@pytest.fixture
def up(rig: Rig) -> Rig:
    """The alarm is up and one strategy really stale."""
    rig.alarm()
    rig.strategy("s1", age=3600)
    return rig


def test_starts_the_runbook_again_while_the_alarm_is_up_and_nobody_cures_it(up: Rig) -> None:
    since = up.now - timedelta(seconds=300)
    answer = minute(up)
    assert (answer.action, answer.reason) == ("start", "the alarm is up, nobody is curing s1")
    [started] = up.world.executions.values()
    assert (started.runbook, started.name) == ("stale-heartbeat", answer.started)
    assert dict(started.payload) == {
        "alarm_name": ALARM,
        "alarm_at": since.isoformat(),
        "requested_by": "watcher, sweep 1",
    }


def test_two_watchers_of_one_minute_start_one_run(up: Rig) -> None:
    first, second = up.work(watcher), up.work(watcher)
    assert first.started == second.started
    assert len(up.world.executions) == 1


def test_a_name_that_has_run_already_is_not_said_to_be_started(up: Rig) -> None:
    name = up.work(watcher).started
    [arn] = up.world.executions
    up.execution(arn, "SUCCEEDED")
    again = up.work(watcher)
    assert name is not None
    assert again.started is None


def test_every_sweep_of_one_alarm_has_a_name_of_its_own(up: Rig) -> None:
    names = {minute(up).started for _ in range(3)}
    assert None not in names
    assert len(names) == 3


def test_three_sweeps_that_do_not_help_become_one_page_and_no_fourth_run(up: Rig) -> None:
    answers = [minute(up) for _ in range(8)]
    assert [answer.started is not None for answer in answers] == [True] * 3 + [False] * 5
    assert subjects(up) == [f"[tradai local] PAGE {ALARM} is still up after 3 runs"]
    assert "Stale: s1" in up.world.sent[0][1]


def test_a_strategy_that_goes_stale_after_the_page_of_another_is_swept_and_paged_for_itself(up: Rig) -> None:
    for _ in range(6):
        minute(up)
    up.strategy("s2", age=3600)
    answers = [minute(up) for _ in range(5)]
    assert [answer.started is not None for answer in answers] == [True] * 3 + [False] * 2
    assert len(subjects(up)) == 2
    assert "Stale: s1, s2" in up.world.sent[1][1]


def test_a_strategy_that_comes_and_goes_is_not_counted_anew_each_time(up: Rig) -> None:
    up.strategy("s2", age=3600)
    for n in range(12):
        up.strategy("s2", age=3600 if n % 2 else 10)
        minute(up)
    assert len(up.world.executions) == 4
    assert len(subjects(up)) == 1


def test_a_page_that_could_not_be_sent_is_sent_a_minute_later(up: Rig) -> None:
    for _ in range(3):
        minute(up)
    up.world.trouble["notifier.publish"] = Transient("throttled")
    for _ in range(2):
        with pytest.raises(Transient):
            minute(up)
        up.world.advance(seconds=60)
    del up.world.trouble["notifier.publish"]
    for _ in range(3):
        minute(up)
    assert len(subjects(up)) == 1


def test_a_new_transition_of_the_alarm_is_counted_from_the_beginning(up: Rig) -> None:
    for _ in range(5):
        minute(up)
    up.alarm(since=50)
    up.strategy("s1")
    assert minute(up).started is not None
    assert len(subjects(up)) == 1


def test_an_alarm_that_does_not_say_since_when_is_swept_all_the_same(up: Rig) -> None:
    up.alarm(since=None)
    answer = minute(up)
    [started] = up.world.executions.values()
    assert answer.started is not None
    assert started.payload["alarm_at"] == (up.now - timedelta(seconds=60)).isoformat()


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", None])
def test_starts_nothing_while_the_alarm_is_not_up_or_cannot_be_read(rig: Rig, state: str | None) -> None:
    rig.strategy("s1", age=3600)
    rig.alarm(state)
    assert minute(rig).action == "none"
    assert not rig.world.executions


def test_an_alarm_that_does_not_exist_is_unreadable(rig: Rig) -> None:
    rig.strategy("s1", age=3600)
    assert minute(rig).reason == "the alarm is unreadable"


def test_an_alarm_that_cannot_be_asked_fails_the_minute_with_its_word_and_loses_no_override(up: Rig) -> None:
    slowed(up, expires_in=0)
    up.world.trouble["alarms.state"] = Transient("throttled")
    with pytest.raises(Transient):
        minute(up)
    assert cooldown(up) == 30


def test_starts_nothing_where_no_heartbeat_is_stale(rig: Rig) -> None:
    rig.alarm()
    rig.strategy("s1", age=30)
    assert minute(rig).reason == "the alarm is up, and no heartbeat is stale"


def test_leaves_the_first_run_to_the_alarms_own_event(up: Rig) -> None:
    up.alarm(since=10)
    assert minute(up).started is None


def test_starts_nothing_while_the_runbook_is_switched_off(up: Rig) -> None:
    up.settings = SETTINGS.model_copy(update={"modes": {"stale-heartbeat": RunbookMode.OFF}})
    assert minute(up).reason == "the runbook is switched off"


def test_starts_nothing_while_the_kill_switch_is_engaged(up: Rig) -> None:
    up.engage()
    assert "the kill switch is engaged by ana" in minute(up).reason
    assert not up.world.executions


def test_a_kill_switch_that_cannot_be_read_is_left_to_the_run_which_fails_closed(up: Rig) -> None:
    up.world.trouble["guards.kill_switch"] = Transient("throttled")
    assert minute(up).started is not None


def looked(rig: Rig) -> Run:
    """A run at work that has looked at the heartbeats already."""
    run = rig.opened()
    seen = Evidence("stale heartbeats", "trading state", "1 stale", run.opened_at)
    twins(rig.world).incidents.note(run.incident_id, [seen])
    return run


def test_what_a_run_has_had_no_time_to_look_at_is_not_told(up: Rig) -> None:
    up.opened()
    minute(up)
    assert subjects(up) == []
    assert up.item()["strategy_ids"] == []


def test_a_strategy_that_goes_stale_while_a_run_is_at_work_is_told_once_and_stands_in_its_incident(up: Rig) -> None:
    looked(up)
    answers = [minute(up) for _ in range(3)]
    assert [answer.action for answer in answers] == ["tell", "none", "none"]
    assert subjects(up) == [f"[tradai local] also stale while {INCIDENT} is being cured"]
    assert (up.item()["strategy_ids"], up.item()["also_stale"]) == (["s1"], ["s1"])
    assert up.evidence()[1:] == [("also stale meanwhile", "s1")]


def test_a_strategy_that_the_run_found_between_two_looks_at_its_incident_is_not_told(up: Rig) -> None:
    run, ports = looked(up), twins(up.world)
    held = ports.guards.held(GUARD)
    assert held is not None
    ports.incidents.note(run.incident_id, [], strategy_ids=["s1"])
    watcher._tell(ports, SETTINGS, held, SweepVerdict("tell", "as seen before", ("s1", "s2")))
    assert up.item()["strategy_ids"] == ["s1", "s2"]
    watcher._tell(ports, SETTINGS, held, SweepVerdict("tell", "as seen before", ("s1", "s2")))
    assert [text.partition("\n")[0] for _, text in up.world.sent] == ["s2"]


def test_what_could_not_be_told_is_told_a_minute_later(up: Rig) -> None:
    looked(up)
    up.world.trouble["notifier.publish"] = Transient("throttled")
    with pytest.raises(Transient):
        minute(up)
    del up.world.trouble["notifier.publish"]
    assert minute(up).action == "tell"
    assert len(subjects(up)) == 1


def test_strategies_beyond_what_an_incident_holds_are_not_told_every_minute(rig: Rig) -> None:
    rig.alarm()
    for n in range(300):
        rig.strategy(f"s{n:03}", age=3600)
    run = rig.opened()
    twins(rig.world).incidents.note(run.incident_id, [], strategy_ids=[f"s{n:03}" for n in range(299)])
    assert minute(rig).reason == "a run is at work on all of them"
    assert subjects(rig) == []


def test_a_guard_whose_run_has_no_incident_is_told_and_fails_the_minute_aloud(up: Rig) -> None:
    up.lock(EXECUTION, "inc-gone")
    up.execution(EXECUTION)
    with pytest.raises(Broken):
        minute(up)
    assert len(subjects(up)) == 1


def test_a_guard_left_by_a_run_that_ended_does_not_hold_back_the_next_one(up: Rig) -> None:
    up.opened()
    up.execution(EXECUTION, "ABORTED")
    assert minute(up).started is not None


def test_puts_an_override_back_when_its_time_has_come_and_not_before(rig: Rig) -> None:
    slowed(rig)
    assert minute(rig).put_back == ()
    assert cooldown(rig) == 60
    assert minute(rig).put_back == ("s1.order_cooldown_seconds",)
    assert cooldown(rig) == 30
    assert minute(rig).put_back == ()


def test_what_a_person_changed_meanwhile_is_not_put_back(rig: Rig) -> None:
    slowed(rig, expires_in=0)
    item = rig.world.item("strategy_config", "s1") or {}
    rig.world.put("strategy_config", {**item, "order_cooldown_seconds": Decimal(90)})
    assert minute(rig).put_back == ()
    assert cooldown(rig) == 90


@pytest.mark.parametrize(
    "theirs", [{"max": Decimal(3)}, {"value": Decimal(1)}, {"incident_id": None, "old": None, "value": None}]
)
def test_an_attribute_of_the_platform_that_only_looks_like_an_override_is_left_alone(
    up: Rig, theirs: dict[str, object]
) -> None:
    item = {"strategy_id": "s1", "override_risk": theirs, "risk": None}
    up.world.put("strategy_config", item)
    answer = minute(up)
    assert (answer.put_back, answer.action) == ((), "start")
    assert up.world.item("strategy_config", "s1") == item


def test_an_override_whose_expiry_nobody_can_read_is_put_back_at_once(rig: Rig) -> None:
    slowed(rig)
    item = rig.world.item("strategy_config", "s1") or {}
    item["override_order_cooldown_seconds"]["expires_at"] = "soon"
    rig.world.put("strategy_config", item)
    assert minute(rig).put_back == ("s1.order_cooldown_seconds",)


@pytest.mark.parametrize("word", [Transient("throttled"), Refused("no"), Broken("a grant is missing")])
@pytest.mark.parametrize("method", ["strategy_config.overrides", "strategy_config.put_back"])
def test_overrides_that_cannot_be_put_back_keep_no_sweep_waiting_and_are_tried_again(
    up: Rig, method: str, word: RunbookError
) -> None:
    slowed(up, expires_in=0)
    slowed(up, "s2", expires_in=0)
    up.world.trouble[method] = word
    answer = minute(up)
    assert (answer.action, answer.put_back) == ("start", ())
    del up.world.trouble[method]
    assert minute(up).put_back == ("s1.order_cooldown_seconds", "s2.order_cooldown_seconds")


def test_the_schedules_event_may_say_what_it_likes(rig: Rig) -> None:
    rig.world.alarms[ALARM] = AlarmFact(ALARM, "OK")
    assert rig.work(watcher, time="2026-01-31T03:00:00Z", detail={"a": 1}).action == "none"


# --- what a person leaves as it is


def leaves(rig: Rig, *strategy_ids: str, minutes: float) -> None:
    run = rig.run()
    rig.incident(run)
    leaving.leave(twins(rig.world), run, strategy_ids, rig.now + timedelta(minutes=minutes))


def test_what_a_person_leaves_as_it_is_starts_no_run_until_its_time_is_over(up: Rig) -> None:
    leaves(up, "s1", minutes=3)
    for _ in range(3):
        answer = minute(up)
        assert (answer.action, answer.reason) == (
            "none",
            "the alarm is up, and a person leaves s1 as it is for now",
        )
    assert minute(up).action == "start"


def test_another_strategy_beside_it_starts_a_run(up: Rig) -> None:
    leaves(up, "s1", minutes=30)
    up.strategy("s2", age=3600)
    answer = minute(up)
    assert (answer.action, answer.reason) == ("start", "the alarm is up, nobody is curing s2")


def test_a_strategy_that_has_beaten_since_is_in_another_trouble(up: Rig) -> None:
    leaves(up, "s1", minutes=60)
    up.world.advance(seconds=600)
    up.strategy("s1", age=300)
    assert minute(up).action == "start"


def test_what_one_run_left_is_left_anew_by_the_next_one(up: Rig) -> None:
    leaves(up, "s1", minutes=1)
    up.world.advance(seconds=120)
    later = up.run(incident_id="inc-later", execution_arn=f"{EXECUTION}-later")
    up.incident(later)
    leaving.leave(twins(up.world), later, ["s1"], up.now + timedelta(minutes=5))
    assert minute(up).action == "none"


def test_marks_that_cannot_be_read_or_written_hold_no_run_up(up: Rig) -> None:
    leaves(up, "s1", minutes=30)
    other = up.run(incident_id="inc-x")
    up.incident(other)
    up.world.trouble["incidents.get"] = Transient("throttled")
    assert left.left(twins(up.world), twins(up.world).trading_state.all(), up.now) == ()
    del up.world.trouble["incidents.get"]
    up.world.trouble["guards.take"] = Transient("throttled")
    leaving.leave(twins(up.world), other, ["s2"], up.now + timedelta(minutes=5))
    assert up.world.item("guards", "left/s2") is None
