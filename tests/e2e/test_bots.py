"""What only the strategies' own bots tell: whether they process, and that an exit is due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e import asking
from tests.e2e.platform import POSITIONS, Platform

STRATEGY, SYMBOL = "momentum-btc", "BTC/USDT:USDT"
EXIT = "freqtrade's exit signal"


@pytest.fixture(autouse=True)
def alone(platform: Platform) -> Iterator[None]:
    """No signal of another test, and only what a test starts runs."""
    platform.silence_the_detector()
    platform.silence_the_alarm()
    platform.http("DELETE", "/_local/signals")
    yield
    platform.http("DELETE", "/_local/signals")


def called(platform: Platform, function: str, **given: Any) -> dict[str, Any]:
    """The function itself, as its schedule calls it."""
    name, payload = f"tradai-local-rb-{function}", json.dumps(given).encode()
    answer = platform.client("lambda").invoke(FunctionName=name, Payload=payload)
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    assert not answer.get("FunctionError"), found
    return found


def signals(platform: Platform, *strategy_ids: str) -> dict[str, Any]:
    """The checklist's line, as verify-trading asks for it."""
    now = datetime.now().astimezone()
    run = {
        "incident_id": "inc-asked", "runbook": "verify-trading", "execution_arn": "arn", "dry_run": True,
        "opened_at": now.isoformat(), "mode": "act", "strategy_id": None, "alarm_name": None, "alarm_at": None,
        "requested_by": None, "proceed": True, "why_not": None,
    }  # fmt: skip
    scope = {
        "child": False,
        "strategy_ids": list(strategy_ids) or None,
        "since": (now - timedelta(minutes=10)).isoformat(),
    }
    return called(platform, "check-signals", run=run, scope=scope)


def test_signals_pass_fail_and_are_unknown_by_the_bots_alone(platform: Platform) -> None:
    well = signals(platform)
    assert (well["result"], well["source"]) == ("pass", "freqtrade's REST API"), well
    assert "/pair_candles" in well["query"]
    platform.break_with("signals-stopped", STRATEGY)
    ill = signals(platform)
    assert (ill["result"], ill["about"]) == ("fail", [STRATEGY]), ill
    assert ill["began_at"] < datetime.now().astimezone().isoformat()
    # Its log goes on, and so does its heartbeat.
    assert platform.stale() == []
    platform.mend()
    platform.break_with("candles-stopped", STRATEGY)
    assert signals(platform, STRATEGY)["result"] == "fail"
    platform.mend()
    for status in (None, 200, 502):
        platform.break_with("strategy-api-down", STRATEGY, status)
        unread = signals(platform)
        assert unread["result"] == "unknown", unread
        assert STRATEGY in unread["value"]
        platform.mend()
    platform.break_with("signals-stopped", STRATEGY)
    run = platform.run("verify-trading", {"strategy_ids": [STRATEGY]})
    assert (run.status, run.checklist["signals"]) == ("FAILED", "fail"), run.told()
    assert "last analysed" in run.cause


def test_an_exit_that_only_the_bot_signalled_is_found_stuck_and_closed(platform: Platform) -> None:
    platform.silence_the_detector()
    position_id = str(platform.venue.open(STRATEGY)["position_id"])
    item = platform.item(POSITIONS, position_id)
    assert item is not None
    assert "exit_signal_at" not in item
    seen = called(platform, "detect-stuck")
    assert (seen["stuck"], seen["unknown"], seen["looked_at"]) == (0, 0, 1), seen
    wish = {"strategy": STRATEGY, "symbol": SYMBOL, "signal": "exit_long", "candles_ago": 2}
    closes = datetime.fromisoformat(platform.http("POST", "/_local/signals", wish)["closes"])
    # The detector looks while this run is at work: before, it may start one of its own by the alarm.
    arn = platform.start("stuck-position", {"position_id": position_id, "requested_by": "alice"})
    link = asking.asked(platform)
    seen = called(platform, "detect-stuck")
    assert (seen["stuck"], seen["unknown"]) == (1, 0), seen
    assert asking.answer(link, "emergency_close").status == 200
    run = platform.ended(arn, 180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert run.incident["cause"].startswith("never_submitted")
    due = f"{closes:%Y-%m-%d %H:%M:%S}"
    told = json.dumps([run.incident["cause"], run.incident["evidence"], run.incident["root_cause"]], default=str)
    assert due in told
    assert EXIT in told
    # What the delay cost is told against the price when the exit was due.
    assert "due" in run.incident["pnl_impact"], run.incident["pnl_impact"]
    assert platform.venue.held() == 0


def test_preflight_asks_every_bot_whether_it_lets_us_in(platform: Platform) -> None:
    well = called(platform, "check-keys", quiet=True, only="bots")["bots"]
    assert {one["about"] for one in well} == {f"freqtrade of {one}" for one in platform.strategy_ids()}
    assert {one["verdict"] for one in well} == {"good"}, well
    platform.break_with("strategy-api-down", STRATEGY, 401)
    ill = called(platform, "check-keys", quiet=True, only="bots")["bots"]
    assert [(one["about"], one["verdict"]) for one in ill if one["verdict"] != "good"] == [
        (f"freqtrade of {STRATEGY}", "bad")
    ]
