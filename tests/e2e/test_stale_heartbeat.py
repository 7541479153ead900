"""The causes of the manual runbook's table, and database and network: fault in, alarm up, the right remedy."""

from __future__ import annotations

import pytest

from tests.e2e.claims import escalated, left_behind, nothing_was_touched, resolved
from tests.e2e.platform import CONFIG, SERVICE, Platform

ALL = ["breakout-bnb", "carry-xrp", "meanrev-sol", "momentum-btc", "momentum-eth"]


def test_redeploys_once_where_no_task_runs(platform: Platform) -> None:
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "service_crashed")
    assert run.done() == [f"redeploy the service {SERVICE}"]
    (act,) = run.acts
    assert act["before"].startswith("desired count 1")
    assert act["after"].startswith("ecs-svc/")
    assert act["by"] == run.arn
    assert platform.stats()["service"]["copies_started"] == 1
    assert sorted(run.incident["strategy_ids"]) == ALL
    evidence = [f"{piece['what']}: {piece['value']}" for piece in run.incident["evidence"]]
    assert any(line.startswith("service: no task runs, 1 desired") for line in evidence)
    assert any("Essential container in task exited" in line for line in evidence)
    assert sum(line.startswith("watch, look ") for line in evidence) == 10


def test_leaves_four_healthy_strategies_alone_while_it_cures_a_fifth(platform: Platform) -> None:
    tasks = platform.tasks()
    platform.break_with("deadlock", "meanrev-sol")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "deadlock")
    assert run.done() == ["stop the strategy meanrev-sol", "start the strategy meanrev-sol"]
    stop, start = run.acts
    assert (stop["before"], stop["after"]) == ("status running", "status stopped")
    assert (start["before"], start["after"]) == ("status stopped", "status running")
    assert platform.interruptions() == {"meanrev-sol": 1}
    assert platform.tasks() == tasks
    assert platform.strategy("meanrev-sol")["status"] == "running"
    assert "stopped_by" not in platform.strategy("meanrev-sol")
    assert run.incident["strategy_ids"] == ["meanrev-sol"]


def test_never_lets_two_copies_of_a_strategy_trade(platform: Platform) -> None:
    """A hanging task and maximumPercent 200: a plain new deployment would run both side by side."""
    assert platform.service()["deploymentConfiguration"]["maximumPercent"] == 200
    (old,) = platform.tasks()
    platform.break_with("deadlock")
    run = platform.run_of_the_alarm()
    resolved(platform, run, "deadlock")
    assert run.done() == [
        f"scale the service to 0 before its redeploy {SERVICE}",
        f"redeploy the service {SERVICE}",
    ]
    assert old not in platform.tasks()
    stats = platform.stats()
    assert stats["copies_trading_max"] == 1
    assert stats["moments_with_two_copies"] == 0
    assert stats["service"]["copies_started"] == 1


def test_outlasts_an_exchange_that_comes_back_without_touching_anything(platform: Platform) -> None:
    platform.break_with("exchange-down", count=5)
    run = platform.run_of_the_alarm()
    resolved(platform, run, "exchange_down")
    nothing_was_touched(platform, run)
    assert platform.strategy("momentum-btc")["status"] == "running"


def test_escalates_an_exchange_that_stays_away_where_nobody_says_what_to_do(platform: Platform) -> None:
    platform.break_with("exchange-down", count=0)
    run = platform.run_of_the_alarm(180)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "nobody answered in time" in run.cause
    assert "keep waiting, switch the strategies to their fallback exchange" in run.cause
    assert run.incident["cause"] == "exchange_down"
    assert "closed_at" not in run.incident, "it stays open until somebody acknowledges it"
    nothing_was_touched(platform, run)
    looks = [piece for piece in run.incident["evidence"] if piece["what"] == "look again: exchange"]
    assert len(looks) == 30


def test_slows_down_where_the_exchange_counts_and_restarts_nothing(platform: Platform) -> None:
    tasks = platform.tasks()
    platform.break_with("rate-limited", count=60)
    run = platform.run_of_the_alarm()
    resolved(platform, run, "rate_limited")
    assert sorted(run.done()) == [f"raise order_cooldown_seconds to 60 {one}" for one in ALL]
    assert {act["before"] for act in run.acts} == {"order_cooldown_seconds 15"}
    assert platform.interruptions() == {}
    assert platform.tasks() == tasks
    config = platform.item(CONFIG, "momentum-btc")
    assert config is not None
    assert config["order_cooldown_seconds"] == 60
    assert 15 in _values(config), "the value before is kept, so that the override can be put back"


def _values(config: object) -> list[object]:
    if isinstance(config, dict):
        return [found for value in config.values() for found in _values(value)]
    return [config]


@pytest.mark.parametrize("what", ["database", "network"])
def test_outlasts_a_connection_that_comes_back_and_restarts_nothing(platform: Platform, what: str) -> None:
    platform.break_with(f"{what}-down", count=5)
    run = platform.run_of_the_alarm()
    resolved(platform, run, f"{what}_unreachable")
    nothing_was_touched(platform, run)


@pytest.mark.parametrize("what", ["database", "network"])
def test_escalates_a_connection_that_stays_away_and_restarts_nothing(platform: Platform, what: str) -> None:
    platform.break_with(f"{what}-down", count=0)
    run = platform.run_of_the_alarm()
    # Both facts: strategies do not beat, and what they need does not answer.
    escalated(platform, run, "heartbeat momentum-btc", f"{what} http", "failed", "restart nothing")
    nothing_was_touched(platform, run)
    left_behind(platform, run)
