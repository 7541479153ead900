"""database-down, network-down, detector-dead: what no restart can cure."""

from __future__ import annotations

import http.client
import json
import time

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.rig import ALARM, Rig

ALL = ("momentum-btc", "momentum-eth", "meanrev-sol", "breakout-bnb", "carry-xrp")


def test_a_down_database_answers_503_and_the_strategies_trade_on_without_heartbeats(rig: Rig) -> None:
    assert rig.call("GET", "/database/health").status == 200
    rig.fault("database-down", count=0)
    since = time.time()
    assert rig.call("GET", "/database/health").status == 503
    rig.stays_stale(*ALL)
    assert rig.lines(since, "Could not connect to the database endpoint")
    assert rig.lines(since, '"event": "signal_processed"')
    assert rig.stats()["service"]["traded_without_heartbeat"] > 0


def test_a_down_network_drops_connections_and_no_signal_is_processed(rig: Rig) -> None:
    assert rig.call("GET", "/network/health").status == 200
    rig.fault("network-down", count=0)
    since = time.time()
    with pytest.raises(http.client.RemoteDisconnected):
        rig.call("GET", "/network/health")
    rig.stays_stale(*ALL)
    assert rig.lines(since, "Name or service not known")
    assert not rig.lines(since, "signal_processed")
    assert rig.call("GET", "/health").status == 200


@pytest.mark.parametrize("name", ["database-down", "network-down"])
def test_a_restart_is_not_even_acknowledged_and_does_harm(rig: Rig, name: str) -> None:
    rig.fault(name, count=0)
    rig.redeploy_seen()
    rig.set_status("momentum-btc", "stopped")
    rig.holds(lambda: "acknowledged_status" not in rig.item("momentum-btc"), 0.5)
    rig.set_status("momentum-btc", "running")
    rig.stays_stale(*ALL)
    assert rig.wrong() == [(name, "redeploy", True), (name, "restart momentum-btc", True)]


@pytest.mark.parametrize("name", ["database-down", "network-down"])
def test_they_end_by_themselves_and_the_strategies_beat_again(rig: Rig, name: str) -> None:
    rig.fault(name)
    rig.stale("momentum-btc")
    eventually(rig.active, lambda active: not active)
    for one in ALL:
        rig.fresh(one)
    assert rig.wrong() == []
    assert rig.stats()["interruptions"] == {}


def test_the_database_can_be_down_for_one_strategy(rig: Rig) -> None:
    rig.fault("database-down", "momentum-btc", count=0)
    rig.stays_stale("momentum-btc")
    assert all(rig.age(one) < 60 for one in ALL[1:])


def test_a_dead_detector_raises_the_alarm_while_every_strategy_is_well(rig: Rig) -> None:
    rig.fault("detector-dead")
    eventually(lambda: rig.alarm()["StateValue"], lambda state: state == "ALARM")
    assert "missing datapoint was treated as [Breaching]" in rig.alarm()["StateReason"]
    assert all(rig.age(one) < 60 for one in ALL)
    rig.call("DELETE", "/faults")
    eventually(lambda: rig.alarm()["StateValue"], lambda state: state == "OK")


def test_the_detector_says_in_the_alarm_how_old_the_oldest_heartbeat_is(rig: Rig) -> None:
    rig.fault("deadlock", "carry-xrp")
    eventually(lambda: rig.alarm()["StateValue"], lambda state: state == "ALARM")
    assert "datapoint [30" in rig.alarm()["StateReason"]
    assert "greater than the threshold (120.0)" in rig.alarm()["StateReason"]
    states = [verdict["state"] for verdict in rig.stats()["detector"]["verdicts"]]
    assert states == ["ALARM"]


def test_an_alarm_that_was_set_by_hand_stays_until_the_detector_changes_its_mind(rig: Rig) -> None:
    cloudwatch = rig.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="by hand")
    cloudwatch.put_metric_data(Namespace="TradAI/Trading", MetricData=[{"MetricName": "Anything", "Value": 1.0}])
    rig.holds(lambda: rig.alarm()["StateReason"] == "by hand", 1.5)
    rig.fault("deadlock", "carry-xrp")
    eventually(lambda: rig.alarm()["StateReason"], lambda reason: "threshold" in reason)


def test_the_alarms_messages_are_in_the_mailbox(rig: Rig) -> None:
    rig.client("ses").verify_email_identity(EmailAddress="runbooks@tradai.example")
    rig.client("ses").send_email(
        Source="runbooks@tradai.example",
        Destination={"ToAddresses": ["approver@tradai.example"]},
        Message={"Subject": {"Data": "<b>Close?</b>"}, "Body": {"Text": {"Data": "yes or no"}}},
    )
    rig.client("sns").publish(
        TopicArn="arn:aws:sns:eu-central-1:000000000000:tradai-local-alerts",
        Subject="stale-heartbeat: resolved",
        Message=json.dumps({"outcome": "resolved"}),
    )
    messages = rig.call("GET", "/mailbox").json["messages"]
    (mail,) = [one for one in messages if one["to"] == ["approver@tradai.example"]]
    assert (mail["subject"], mail["to"], mail["text"]) == (
        "<b>Close?</b>",
        ["approver@tradai.example"],
        "yes or no",
    )
    (told,) = [one for one in messages if one["subject"] == "stale-heartbeat: resolved"]
    assert (told["via"], told["to"]) == ("sns", ["on-call@tradai.example"])
    assert [one["subject"] for one in messages if one["via"] == "sns"].count("stale-heartbeat: resolved") == 1
    page = rig.call("GET", "/mailbox", accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;Close?&lt;/b&gt;" in page.text
    assert "<b>Close?" not in page.text
