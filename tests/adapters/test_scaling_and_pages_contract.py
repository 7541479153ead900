"""The service's auto-scaling, the status page, and an alarm's rule with its points read anew."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest

from functions.adapters import status_page
from functions.adapters.alarms import CloudWatchAlarms
from functions.adapters.aws import Aws
from functions.adapters.notifier import MESSAGE_BYTES, body
from functions.adapters.status_page import HttpStatusPage
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import ScalingFact
from functions.halt_settings import StatusPageSettings
from functions.links import emergency_stop_url, stop_line
from tests.adapters.aws_rig import AwsRig
from tests.adapters.conftest import NOW
from tests.adapters.rigs import SETTINGS, Rig, SetClock
from tests.adapters.side_server import TOKEN

GOES_ON = ScalingFact(1, 4, scale_in_suspended=False, scale_out_suspended=False, scheduled_suspended=False)


def test_a_service_that_is_not_scaled_by_itself_has_nothing_to_suspend(rig: Rig) -> None:
    assert rig.ports.scaling.describe() is None
    with pytest.raises(Broken, match="RegisterScalableTarget"):
        rig.ports.scaling.suspend()


def test_scaling_is_suspended_and_put_back_with_its_bounds(rig: Rig) -> None:
    rig.scale_by_itself(1, 4, suspended=False)
    before = rig.ports.scaling.describe()
    assert before == GOES_ON
    for _ in range(2):
        rig.ports.scaling.suspend()
    suspended = rig.ports.scaling.describe()
    assert suspended == ScalingFact(1, 4, True, True, True)
    assert suspended is not None
    assert suspended.suspended
    rig.ports.scaling.restore(before)
    assert rig.ports.scaling.describe() == GOES_ON
    rig.ports.scaling.restore(ScalingFact(1, 4, True, False, True))
    assert rig.ports.scaling.describe() == ScalingFact(1, 4, True, False, True)


def test_the_page_is_told_of_an_incident_and_how_it_goes_on(rig: Rig) -> None:
    made = rig.ports.status_page.post(name="Trading is stopped", body="since 03:00 UTC")
    assert made == "page-1"
    rig.ports.status_page.update(made, status="resolved", body="it trades again")
    assert rig.posts() == [
        ("page-1", "investigating", "since 03:00 UTC"),
        ("page-1", "resolved", "it trades again"),
    ]


def test_components_are_down_with_the_incident_and_up_with_its_end(aws_rig: AwsRig) -> None:
    aws_rig.reset(NOW)
    aws_rig.ports.status_page.post(name="n", body="b")
    aws_rig.ports.status_page.update("page-1", status="monitoring", body="b")
    aws_rig.ports.status_page.update("page-1", status="resolved", body="b")
    assert [(each["method"], each.get("components")) for each in aws_rig.side.posts] == [
        ("POST", {"orders": "major_outage", "signals": "major_outage"}),
        ("PATCH", None),
        ("PATCH", {"orders": "operational", "signals": "operational"}),
    ]


@pytest.mark.parametrize(
    ("status", "posting", "updating"),
    [
        (401, Refused, Refused),
        (422, Refused, Refused),
        (302, Refused, Refused),
        (420, Transient, Transient),
        (429, Transient, Transient),
        (503, Uncertain, Transient),
    ],
)
def test_what_the_page_answers_has_its_word_and_never_the_token(
    aws_rig: AwsRig, status: int, posting: type[RunbookError], updating: type[RunbookError]
) -> None:
    aws_rig.reset(NOW)
    page = aws_rig.ports.status_page
    aws_rig.side.answers = [(status, TOKEN.encode())] * 2
    with pytest.raises(posting) as posted:
        page.post(name="n", body="b")
    with pytest.raises(updating) as updated:
        page.update("page-1", status="resolved", body="b")
    for caught in (posted, updated):
        assert str(status) in str(caught.value)
        assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"id": 7}', b'{"id": "../x"}'])
def test_an_incident_without_an_id_may_stand_there_all_the_same(aws_rig: AwsRig, answer: bytes) -> None:
    aws_rig.reset(NOW)
    aws_rig.side.answers = [(201, answer)]
    with pytest.raises(Uncertain, match="no id"):
        aws_rig.ports.status_page.post(name="n", body="b")


def test_an_incident_of_the_page_is_named_by_nothing_that_leads_elsewhere(aws_rig: AwsRig) -> None:
    for name in ("", "../users", "a/b", "a?b", "a\nb"):
        with pytest.raises(Broken, match="no incident"):
            aws_rig.ports.status_page.update(name, status="resolved", body="b")


class Keeper:
    """Secrets Manager with one secret; counts how often it was read."""

    def __init__(self, text: str) -> None:
        self.text, self.read = text, 0

    def client(self, service: str, saying: object) -> Any:
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        self.read += 1
        return {"SecretString": self.text}


def page_at(url: str, keeper: Keeper) -> HttpStatusPage:
    aws: Any = keeper
    return HttpStatusPage(aws, StatusPageSettings(url=url, secret="s"))


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """A server that takes one connection and says this; None: it never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    connection.recv(1)
                else:
                    connection.sendall(answer)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/incidents"
        thread.join(5)


@pytest.mark.parametrize("answer", [b"", b"nothing of HTTP\r\n", None])
def test_a_page_that_breaks_off_or_is_silent_may_have_taken_it(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_page, "READ_SECONDS", 0.2)
    with listening(answer) as url, pytest.raises(Uncertain) as posted:
        page_at(url, Keeper(TOKEN)).post(name="n", body="b")
    with listening(answer) as url, pytest.raises(Transient) as updated:
        page_at(url, Keeper(TOKEN)).update("page-1", status="resolved", body="b")
    assert TOKEN not in f"{posted.value} {updated.value}"


def test_a_page_that_cannot_be_reached_was_told_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Transient, match="never sent"):
        page_at(f"http://127.0.0.1:{port}/x", Keeper(TOKEN)).post(name="n", body="b")


def test_the_token_is_read_once_and_anew_after_it_was_refused(aws_rig: AwsRig) -> None:
    aws_rig.reset(NOW)
    keeper = Keeper(f" {TOKEN}\n")
    page = page_at(aws_rig.side.incidents_url, keeper)
    page.post(name="n", body="b")
    page.post(name="n", body="b")
    assert keeper.read == 1
    keeper.text = "replaced"
    aws_rig.side.answers = [(401, b"")]
    for _ in range(2):
        with pytest.raises(Refused, match="401"):
            page.post(name="n", body="b")
    assert keeper.read == 2


@pytest.mark.parametrize("text", ["", " ", "two words", "line\nbreak", "größe"])
def test_a_secret_that_is_no_token_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(Broken, match="the secret s holds no token") as caught:
        page_at("http://127.0.0.1:1/x", Keeper(text)).post(name="n", body="b")
    assert not text.strip() or text not in str(caught.value)


def test_without_a_page_nothing_is_said_and_nothing_is_read() -> None:
    page = HttpStatusPage(Aws("eu-central-1"), None)
    assert page.post(name="n", body="b") is None
    with pytest.raises(Broken, match="none"):
        page.update("page-1", status="resolved", body="b")


def this_minute() -> datetime:
    """CloudWatch takes no points older than two weeks."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def test_an_alarm_is_judged_by_the_points_of_its_newest_periods(rig: Rig) -> None:
    now = this_minute()
    rig.set_time(now)
    rig.judged_alarm("newest", {1: 0.06, 2: 0.04, 3: 0.08, 5: 0.9})
    fact = rig.ports.alarms.breach("newest")
    assert fact.unsupported is None
    assert (fact.state, fact.treat_missing_data) == ("OK", "notBreaching")
    assert (fact.comparison, fact.threshold) == ("GreaterThanThreshold", Decimal("0.05"))
    assert (fact.needed, fact.window, fact.period_seconds) == (2, 3, 60)
    assert fact.points == (
        (now - timedelta(minutes=1), Decimal("0.06")),
        (now - timedelta(minutes=2), Decimal("0.04")),
        (now - timedelta(minutes=3), Decimal("0.08")),
    )


def test_a_period_without_a_point_is_not_made_up_for_by_an_older_one(rig: Rig) -> None:
    rig.set_time(this_minute())
    rig.judged_alarm("gap", {1: 0.06, 4: 0.08})
    assert [value for _, value in rig.ports.alarms.breach("gap").points] == [Decimal("0.06")]
    rig.judged_alarm("silent", {})
    assert rig.ports.alarms.breach("silent").points == ()


def test_the_newest_point_of_an_alarms_metric_tells_whether_anybody_publishes_it(rig: Rig) -> None:
    now = this_minute()
    rig.set_time(now)
    rig.judged_alarm("heard", {2: 0.06, 4: 0.08})
    rig.judged_alarm("silent", {})
    assert rig.ports.alarms.newest("heard", now - timedelta(minutes=5)) == now - timedelta(minutes=2)
    assert rig.ports.alarms.newest("heard", now - timedelta(seconds=30)) is None
    assert rig.ports.alarms.newest("silent", now - timedelta(minutes=5)) is None
    with pytest.raises(Refused, match="no metric alarm of this name"):
        rig.ports.alarms.newest("nobody", now)


def test_a_point_of_the_period_that_still_runs_is_the_newest(aws_rig: AwsRig) -> None:
    minute = this_minute()
    aws_rig.reset(minute + timedelta(seconds=30))
    aws_rig.judged_alarm("running", {0: 0.0, 1: 0.06})
    found = aws_rig.ports.alarms.newest("running", minute - timedelta(minutes=5))
    assert found is not None
    assert found >= minute


def test_the_period_that_still_runs_is_not_judged(aws_rig: AwsRig) -> None:
    """Half a period's sum is below many a threshold."""
    aws_rig.reset(this_minute() + timedelta(seconds=30))
    aws_rig.judged_alarm("running", {0: 0.0, 1: 0.06})
    assert [value for _, value in aws_rig.ports.alarms.breach("running").points] == [Decimal("0.06")]


def test_an_alarm_that_is_not_there_cannot_be_judged(rig: Rig) -> None:
    fact = rig.ports.alarms.breach("nobody")
    assert (fact.state, fact.points) == (None, ())
    assert fact.unsupported == "there is no alarm of this name"


class Told:
    """CloudWatch with these alarms and this answer to GetMetricData."""

    def __init__(self, alarms: dict[str, Any], status: str = "Complete") -> None:
        self.alarms, self.status = alarms, status

    def client(self, service: str, saying: object) -> Any:
        return self

    def describe_alarms(self, **_: Any) -> dict[str, Any]:
        return self.alarms

    def get_metric_data(self, **told: Any) -> dict[str, Any]:
        self.told = told
        found = {"Id": "judged", "StatusCode": self.status, "Timestamps": [], "Values": []}
        return {"MetricDataResults": [found]}


PLAIN: dict[str, Any] = {
    "AlarmName": "a",
    "StateValue": "ALARM",
    "Namespace": "N",
    "MetricName": "M",
    "ExtendedStatistic": "p99",
    "Period": 60,
    "EvaluationPeriods": 2,
    "Threshold": 1.0,
    "Unit": "Percent",
    "ComparisonOperator": "GreaterThanThreshold",
}


def alarms_of(told: Told) -> Any:
    aws: Any = told
    return CloudWatchAlarms(aws, SetClock(NOW))


@pytest.mark.parametrize(
    ("alarms", "why"),
    [
        ({"CompositeAlarms": [{"AlarmName": "a", "StateValue": "ALARM"}]}, "composite"),
        ({"MetricAlarms": [{**PLAIN, "Metrics": [{"Id": "m1"}]}]}, "expression"),
        ({"MetricAlarms": [{**PLAIN, "ThresholdMetricId": "ad1", "Metrics": [{"Id": "ad1"}]}]}, "anomaly"),
        ({"MetricAlarms": [{k: v for k, v in PLAIN.items() if k != "Threshold"}]}, "threshold"),
    ],
)
def test_what_is_no_threshold_on_one_metric_says_why_it_cannot_be_judged(alarms: dict[str, Any], why: str) -> None:
    fact = alarms_of(Told(alarms)).breach("a")
    assert why in (fact.unsupported or "")
    assert (fact.state, fact.points) == ("ALARM", ())


def test_what_an_alarm_leaves_out_is_what_cloudwatch_takes_for_it() -> None:
    told = Told({"MetricAlarms": [PLAIN]})
    fact = alarms_of(told).breach("a")
    assert (fact.needed, fact.window, fact.treat_missing_data) == (2, 2, "missing")
    (query,) = told.told["MetricDataQueries"]
    assert query["MetricStat"] == {
        "Metric": {"Namespace": "N", "MetricName": "M", "Dimensions": []},
        "Period": 60,
        "Stat": "p99",
        "Unit": "Percent",
    }
    assert (told.told["StartTime"], told.told["EndTime"]) == (NOW - timedelta(minutes=3), NOW)


def test_points_that_are_not_all_there_are_read_again() -> None:
    with pytest.raises(Transient, match="PartialData"):
        alarms_of(Told({"MetricAlarms": [PLAIN]}, "PartialData")).breach("a")


def test_the_last_line_of_an_alert_stays_when_the_alert_is_cut() -> None:
    line = stop_line(SETTINGS)
    assert emergency_stop_url(SETTINGS) in line
    assert line.endswith("(start execution with {})")
    whole = body("ä" * 200_000, line)
    assert len(whole.encode()) <= MESSAGE_BYTES
    assert whole.endswith(f"(cut: the rest stands in the incident)\n\n{line}")
    assert body("", line) == f"(no text)\n\n{line}"


def test_the_address_of_the_stop_is_that_of_its_machine() -> None:
    url = emergency_stop_url(SETTINGS)
    machine = "arn:aws:states:eu-central-1:000000000000:stateMachine:tradai-local-emergency-stop"
    assert url == (
        f"https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/statemachines/view/{machine}"
    )
    assert json.dumps(url).isascii()
