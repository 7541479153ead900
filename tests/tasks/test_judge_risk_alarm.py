"""An event of a risk alarm: read again, then one stop, or a word to people why there is none."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import BreachFact
from functions.ids import execution_name
from functions.rules import stop_order
from functions.settings import Settings
from functions.tasks import judge_risk_alarm
from tests.tasks.rig import SETTINGS, Rig

NAME = "tradai-local-drawdown"
AT = "2026-01-31T03:00:00.123+0000"


def settings(*alarms: str) -> Settings:
    stop = SETTINGS.emergency_stop.model_copy(update={"risk_alarms": alarms})
    return SETTINGS.model_copy(update={"emergency_stop": stop})


@pytest.fixture
def rig() -> Rig:
    """The settings name one alarm, and it breaches in all of its three points."""
    rig = Rig(settings(NAME))
    breaching(rig)
    return rig


def breaching(rig: Rig, *values: int, state: str = "ALARM", **more: Any) -> None:
    spread = values or (9, 9, 9)
    points = tuple((rig.now - timedelta(minutes=1 + at), Decimal(value)) for at, value in enumerate(spread))
    given: dict[str, Any] = {
        "name": NAME, "state": state, "treat_missing_data": "notBreaching",
        "comparison": "GreaterThanThreshold", "threshold": Decimal(5), "needed": 2, "window": 3,
        "period_seconds": 60, "points": points, **more,
    }  # fmt: skip
    rig.world.breaches[NAME] = BreachFact(**given)


def event(
    name: Any = NAME, *, state: Any = "ALARM", at: Any = AT, source: str = "aws.cloudwatch"
) -> dict[str, Any]:
    """As EventBridge delivers it, the parts that are not read included."""
    return {
        "version": "0", "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92", "source": source,
        "detail-type": "CloudWatch Alarm State Change", "account": "000000000000", "region": "eu-central-1",
        "detail": {
            "alarmName": name,
            "state": {"value": state, "reason": "Threshold Crossed", "timestamp": at},
            "previousState": {"value": "OK"},
        },
    }  # fmt: skip


def work(rig: Rig, **given: Any) -> judge_risk_alarm.Response:
    answer: judge_risk_alarm.Response = rig.work(judge_risk_alarm, **(given or event()))
    return answer


def test_starts_the_emergency_stop_of_everything_and_says_why(rig: Rig) -> None:
    answer = work(rig)
    assert (answer.stop, answer.started) == (True, execution_name("emergency-stop", NAME, AT))
    [started] = rig.world.executions.values()
    assert (started.runbook, started.name) == ("emergency-stop", answer.started)
    assert dict(started.payload) == {
        "reason": f"risk alarm {NAME}: 3 of the newest 3 points breach now: 9, 9, 9 (above 5)",
        "requested_by": f"alarm {NAME}",
    }
    order = stop_order.read(started.payload)
    assert (order.everything, order.dry_run, order.unread) == (True, False, ())
    assert (rig.world.sent, rig.world.paged) == ([], []), "the stop itself tells everybody"


def test_an_event_that_comes_twice_starts_one_stop(rig: Rig) -> None:
    first, second = work(rig), work(rig)
    assert (first.started, first.stop) == (second.started, second.stop)
    assert len(rig.world.executions) == 1


def test_an_event_that_comes_again_after_the_stop_has_ended_starts_none(rig: Rig) -> None:
    work(rig)
    [arn] = rig.world.executions
    rig.execution(arn, "SUCCEEDED")
    breaching(rig, 8, 8, 8)
    assert work(rig).started is None
    assert len(rig.world.executions) == 1


def test_an_alarm_that_goes_up_again_later_stops_again(rig: Rig) -> None:
    work(rig)
    work(rig, **event(at="2026-01-31T04:00:00.123+0000"))
    assert len(rig.world.executions) == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"state": "OK"}, "it is OK again"),
        ({"state": "INSUFFICIENT_DATA"}, "not enough data"),
        ({"treat_missing_data": "breaching"}, "missing data for a breach"),
        ({"window": 1, "needed": 1}, "at least 2 are wanted"),
        ({"points": ()}, "only 0 of the newest 3 points breach now, 3 do not exist"),
        ({"unsupported": "several metrics"}, "several metrics"),
    ],
)
def test_whatever_speaks_against_it_is_told_and_nothing_is_started(
    rig: Rig, changed: dict[str, Any], why: str
) -> None:
    breaching(rig, **changed)
    answer = work(rig)
    assert (answer.stop, answer.started) == (False, None)
    assert why in answer.reason
    [(subject, message)] = rig.world.sent
    assert subject == f"[tradai local] risk alarm {NAME} stopped nothing"
    assert why in message
    assert "If trading must stop, stop it now" in message
    assert (rig.world.executions, rig.world.paged) == ({}, [])


def test_an_alarm_that_does_not_exist_any_more_stops_nothing(rig: Rig) -> None:
    del rig.world.breaches[NAME]
    assert "there is no alarm of this name" in work(rig).reason
    assert len(rig.world.sent) == 1


def test_an_alarm_that_nobody_named_is_not_even_read(rig: Rig) -> None:
    answer = work(rig, **event("another-alarm"))
    assert (answer.stop, answer.alarm_name) == (False, "another-alarm")
    assert rig.called("alarms.breach") == []
    assert len(rig.world.sent) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"source": "aws.cloudwatch", "detail": "x"},
        event(state="OK"),
        event(at=None),
        event(name=7),
        event(name=""),
        event(source="somebody"),
    ],
)
def test_an_event_that_is_no_alarm_going_up_is_told_and_starts_nothing(rig: Rig, odd: dict[str, Any]) -> None:
    answer: judge_risk_alarm.Response = rig.work(judge_risk_alarm, **odd)
    assert (answer.stop, answer.started) == (False, None)
    assert len(rig.world.sent) == 1
    assert rig.world.executions == {}


@pytest.mark.parametrize("word", [Transient("throttled"), Refused("denied")])
def test_an_alarm_that_cannot_be_read_pages_and_is_tried_again(rig: Rig, word: RunbookError) -> None:
    rig.world.trouble["alarms.breach"] = word
    with pytest.raises(type(word)):
        work(rig)
    [(subject, message)] = rig.world.paged
    assert subject == f"[tradai local] risk alarm {NAME} could not stop trading"
    assert f"it could not be read again: {word}" in message
    assert rig.world.executions == {}


@pytest.mark.parametrize("word", [Transient("throttled"), Uncertain("timed out")])
def test_a_stop_that_cannot_be_started_pages_and_is_tried_again_under_the_same_name(
    rig: Rig, word: RunbookError
) -> None:
    rig.world.trouble["executions.start_stop"] = word
    with pytest.raises(type(word)):
        work(rig)
    [(_, message)] = rig.world.paged
    assert f"the emergency stop could not be started: {word}" in message
    rig.world.trouble.clear()
    assert work(rig).started == execution_name("emergency-stop", NAME, AT)


def test_a_page_that_fails_hides_nothing(rig: Rig) -> None:
    rig.world.trouble.update({"alarms.breach": Transient("throttled"), "notifier.page": Refused("no topic")})
    with pytest.raises(Transient, match="throttled"):
        work(rig)


def test_a_refusal_that_nobody_could_be_told_is_tried_again(rig: Rig) -> None:
    breaching(rig, state="OK")
    rig.world.trouble["notifier.publish"] = Transient("throttled")
    with pytest.raises(Transient):
        work(rig)
