"""Orders that fail: each row of the manual runbook whole, what lies beyond it, and what is never done.

Fault in, cause named, remedy applied, orders flow again, incident right: by the stand-in's own count, which knows
the only remedy that helps.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from console.errors import ExitCode
from console.main import run as command
from tests.approvals.desk import http
from tests.e2e import asking
from tests.e2e.orders import (
    LIVE,
    RUNBOOK,
    Asked,
    begin,
    broken,
    changes,
    configs,
    escalated,
    flows,
    no_wrong_remedy,
    resolved,
)
from tests.e2e.platform import CONFIG, GUARDS, ORDER_ALARM, POSITIONS, Platform

BNB, SOL = "BNB/USDT:USDT", "SOL/USDT:USDT"
CLOSES = ["emergency_close"]


@pytest.fixture(autouse=True)
def alone(platform: Platform) -> None:
    """Only what a test starts runs; the detector has its own test."""
    platform.silence_the_detector()


def fields(platform: Platform, name: str, strategies: tuple[str, ...] = LIVE) -> set[Any]:
    found = configs(platform)
    return {tuple(v) if isinstance(v := found[one][name], list) else v for one in strategies}


def first_page(platform: Platform, *words: str) -> str:
    """The link of the first mail; its page says these."""
    link = asking.asked(platform)
    page = asking.page(link)
    assert page.status == 200
    for said in words:
        assert said in page.text, f"{said!r} is not on the page"
    return link


# --- invalid price


def test_the_alarm_starts_a_run_that_widens_the_limits_for_a_while(
    platform: Platform,
) -> None:
    broken(platform, "orders.invalid-price", -4024)
    platform.detect("rb-detect-orders")
    arn = platform.until(lambda: next(iter(platform.new_runs(RUNBOOK)), None), "the alarm starts a run", 60)
    run = platform.ended(arn)
    resolved(platform, run, "invalid_price")
    assert run.input["alarm_name"] == ORDER_ALARM
    assert fields(platform, "limit_offset_bps") == {Decimal(10)}
    done = changes(run)
    for one in LIVE:
        before, after, result = done[f"limit_offset_bps 5 to 10 {one}"]
        assert (before, result) == ("limit_offset_bps 5", "done")
        assert "until" in after, "it is put back by itself"
    assert len(done) == len(LIVE)
    assert configs(platform)["carry-xrp"]["limit_offset_bps"] == Decimal(5), "its orders did not fail"
    flows(platform)
    no_wrong_remedy(platform)
    platform.until(lambda: platform.alarm(ORDER_ALARM)["StateValue"] == "OK", "the alarm is OK again", 30)
    assert platform.new_runs(RUNBOOK) == [arn], "once"


def test_beyond_the_small_cap_a_person_says_how_wide(platform: Platform) -> None:
    for one in LIVE:
        platform.change(CONFIG, one, limit_offset_bps=Decimal(20))
    broken(platform, "orders.invalid-price", -4024, count=40)
    arn = begin(platform)
    link = first_page(platform, "limit_offset_bps is 20 bps", "wider: 40 bps")
    assert fields(platform, "limit_offset_bps") == {Decimal(20)}, "nothing is changed unasked"
    assert asking.answer(link, "widen").status == 200
    run = platform.ended(arn)
    resolved(platform, run, "invalid_price")
    assert fields(platform, "limit_offset_bps") == {Decimal(40)}
    [approval] = run.incident["approvals"]
    assert (approval["decision"]["option"], approval["decided_by"]) == ("widen", ["alice"])
    flows(platform)
    no_wrong_remedy(platform)


def test_without_an_offset_in_the_config_market_orders_are_an_answer(platform: Platform) -> None:
    for one in LIVE:
        platform.change(CONFIG, one, limit_offset_bps=None)
    broken(platform, "orders.invalid-price", -4024)
    run = Asked(platform, {"invalid_price": ["market_orders"]}).ended(begin(platform))
    resolved(platform, run, "invalid_price")
    assert fields(platform, "order_type") == {"market"}
    flows(platform)
    no_wrong_remedy(platform)


# --- insufficient balance


def test_smaller_stakes_by_a_persons_word_and_the_way_back(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(platform, "orders.insufficient-balance", -2019)
    arn = begin(platform)
    link = first_page(platform, "stake_amount 500 to 250 USDT", "Free margin")
    assert fields(platform, "stake_amount") == {Decimal(500)}
    assert asking.answer(link, "reduce_stake").status == 200
    run = platform.ended(arn)
    resolved(platform, run, "insufficient_balance")
    assert fields(platform, "stake_amount") == {Decimal(250)}
    assert {key: (before, result) for key, (before, _, result) in changes(run).items()} == {
        f"stake_amount 500 to 250 {one}": ("stake_amount 500", "done") for one in LIVE
    }
    flows(platform)
    no_wrong_remedy(platform)
    incident_id = run.incident["incident_id"]
    assert any(f"runbooks config undo {incident_id}" in piece for piece in run.incident["told"]["known"])
    # Somebody has set one of them since.
    platform.change(CONFIG, "momentum-eth", stake_amount=Decimal(300))
    said = undo(capsys, incident_id)
    assert {one["strategy_id"]: one["result"] for one in said} == {
        one: "not_done" if one == "momentum-eth" else "done" for one in LIVE
    }
    assert {one: configs(platform)[one]["stake_amount"] for one in LIVE} == {
        one: Decimal(300 if one == "momentum-eth" else 500) for one in LIVE
    }
    assert "config undo" in json.dumps(platform.incident_of(arn), default=str)


def test_a_chosen_position_is_closed_by_its_own_approval_and_frees_the_margin(platform: Platform) -> None:
    broken(platform, "orders.insufficient-balance", -2019)
    people = Asked(platform, {"insufficient_balance": ["close_position_1"], "close": CLOSES})
    run = people.ended(begin(platform))
    resolved(platform, run, "insufficient_balance")
    [closing] = platform.new_runs("stuck-position")
    # How it ended is its own affair: orders failed while it closed, and its checklist says so.
    assert "proven flat by two reads" in json.dumps(platform.ended(closing).incident, default=str)
    assert closing.rpartition(":")[2] in json.dumps(run.incident["told"], default=str)
    [(act, (_, name, result))] = changes(run).items()
    assert (act.rpartition(" ")[0], result) == ("hand the position to stuck-position", "done")
    assert name == closing.rpartition(":")[2]
    assert run.incident["position_ids"] == [act.rpartition(" ")[2]]
    assert "; closed: " in json.dumps(run.incident["told"]["done"], default=str)
    assert [item["status"] for item in platform.items(POSITIONS)] == ["closed"]
    assert fields(platform, "stake_amount") == {Decimal(500)}, "no stake is changed"
    assert len(people.seen) == 2
    flows(platform)


def test_funds_that_were_said_to_be_added_and_were_not_are_escalated_and_cure_nothing(platform: Platform) -> None:
    broken(platform, "orders.insufficient-balance", -2019)
    people = Asked(platform, {"insufficient_balance": ["funds_added"]})
    run = people.ended(begin(platform))
    escalated(platform, run, "not enough free margin", "add funds to binanceusdm/main")
    assert len(people.seen) == 3, "asked again, and not for ever"
    again = {one["name"]: one["value"] for one in people.seen[1]["question"]["facts"]}
    assert "it is not enough yet" in again["The answer before"]
    assert fields(platform, "stake_amount") == {Decimal(500)}
    assert run.acts == []


def test_funds_that_were_added_are_seen_at_the_venue(platform: Platform) -> None:
    broken(platform, "orders.insufficient-balance", -2019)
    arn = begin(platform)
    link = first_page(platform, "Funds were added")
    platform.venue.act("funds", account="main", amount="1000")
    assert asking.answer(link, "funds_added").status == 200
    run = platform.ended(arn)
    resolved(platform, run, "insufficient_balance")
    assert run.acts == []
    flows(platform)


def test_left_as_it_is_it_rests_until_the_time_that_was_given(platform: Platform) -> None:
    broken(platform, "orders.insufficient-balance", -2019)
    arn = begin(platform)
    link = asking.asked(platform)
    form = asking.page(link).form_of("leave_open")
    until = {"until_minutes": "60"}
    assert http("POST", link, {**form.fields, **until, "confirm": form.phrase}).status == 200
    run = platform.ended(arn)
    assert (run.status, run.outcome) == ("SUCCEEDED", "left_open"), run.told()
    assert fields(platform, "stake_amount") == {Decimal(500)}
    platform.detect("rb-detect-orders")
    platform.until(lambda: platform.alarm(ORDER_ALARM)["StateValue"] == "ALARM", "the alarm is up", 30)
    platform.pause(900)
    started = [one for one in platform.new_runs(RUNBOOK) if one != arn]
    assert len(started) <= 1, "the alarm's own transition at most; no sweep"


# --- rate limited


def test_orders_come_less_often_where_the_venue_counts_them_and_nothing_is_restarted(platform: Platform) -> None:
    broken(platform, "orders.rate-limited")
    run = platform.run(RUNBOOK, {}, 180)
    resolved(platform, run, "rate_limited")
    assert fields(platform, "order_cooldown_seconds") == {Decimal(60)}
    assert set(changes(run)) == {f"order_cooldown_seconds 15 to 60 {one}" for one in LIVE}
    assert platform.stats()["service"]["copies_started"] == 0
    flows(platform)
    no_wrong_remedy(platform)


# --- maintenance


def test_a_maintenance_is_waited_for_and_nothing_is_changed(platform: Platform) -> None:
    before = configs(platform)
    broken(platform, "orders.maintenance", count=12)
    run = platform.run(RUNBOOK, {}, 180)
    resolved(platform, run, "maintenance")
    assert run.acts == []
    assert configs(platform) == before
    assert platform.active_faults() == []
    flows(platform)


# --- invalid symbol


def test_a_delisted_symbol_goes_out_of_the_config_where_others_are_left(platform: Platform) -> None:
    platform.change(CONFIG, "breakout-bnb", symbols=[BNB, SOL])
    broken(platform, "orders.symbol-delisted", strategy="breakout-bnb", failing=["breakout-bnb"])
    run = platform.run(RUNBOOK, {}, 180)
    resolved(platform, run, "invalid_symbol")
    assert configs(platform)["breakout-bnb"]["symbols"] == [SOL]
    assert platform.items("tradai-runbook-approvals-local") == []
    flows(platform, ["breakout-bnb"])
    no_wrong_remedy(platform)


def test_a_renamed_symbol_is_replaced_by_the_name_that_a_person_confirms(platform: Platform) -> None:
    broken(platform, "orders.symbol-renamed", -1121, strategy="meanrev-sol", failing=["meanrev-sol"])
    arn = begin(platform)
    link = first_page(platform, "SOL2/USDT:USDT")
    assert configs(platform)["meanrev-sol"]["symbols"] == [SOL]
    assert asking.answer(link, "replace_1").status == 200
    run = platform.ended(arn)
    resolved(platform, run, "invalid_symbol")
    assert configs(platform)["meanrev-sol"]["symbols"] == ["SOL2/USDT:USDT"]
    flows(platform, ["meanrev-sol"])
    no_wrong_remedy(platform)


def test_a_position_in_a_delisted_symbol_is_escalated_and_nothing_is_changed(platform: Platform) -> None:
    platform.change(CONFIG, "breakout-bnb", symbols=[BNB, SOL])
    platform.venue.open("breakout-bnb", symbol=BNB, amount="1")
    broken(platform, "orders.symbol-delisted", strategy="breakout-bnb", failing=["breakout-bnb"])
    run = platform.run(RUNBOOK, {}, 180)
    escalated(platform, run, "a position is open in it", BNB)
    assert configs(platform)["breakout-bnb"]["symbols"] == [BNB, SOL]
    assert run.acts == []


# --- beyond the manual runbook


@pytest.mark.parametrize(
    ("fault", "cause", "fix"),
    [
        ("account-frozen", "account_frozen", "Binance support"),
        ("no-permission", "permission", "API Management: enable Futures"),
        ("clock-skew", "clock_skew", "set right the clock (NTP)"),
    ],
)
def test_what_only_a_person_can_mend_is_escalated_with_the_exact_fix(
    platform: Platform, fault: str, cause: str, fix: str
) -> None:
    before = configs(platform)
    broken(platform, f"orders.{fault}")
    run = platform.run(RUNBOOK, {}, 180)
    escalated(platform, run, fix, "binanceusdm/main")
    assert run.incident["cause"] == cause
    assert run.acts == []
    assert configs(platform) == before


def test_stuck_records_say_what_the_venue_says_and_their_exit_is_settled_by_a_run_of_its_own(
    platform: Platform,
) -> None:
    platform.break_with("orders.stuck-pending")
    [fault] = platform.http("GET", "/_local/faults")["active"]
    position_id, variants = fault["position_id"], {kind: one for one, kind in fault["orders"].items()}
    people = Asked(platform, {"close": CLOSES})
    run = people.ended(begin(platform), 180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert run.incident["cause"] == "stuck_orders"
    [closing] = platform.new_runs("stuck-position")
    assert platform.ended(closing).outcome == "resolved"
    assert platform.incident_of(closing)["position_ids"] == run.incident["position_ids"] == [position_id]
    assert f"hand the position to stuck-position {position_id}" in changes(run)
    [asked] = [one["question"]["facts"] for one in people.seen]
    why = next(fact["value"] for fact in asked if fact["name"] == "Why it is stuck")
    assert "never reached" not in why
    assert [item["status"] for item in platform.items(POSITIONS)] == ["closed"]
    rows = platform.orders_of(position_id)
    assert {kind: rows[one]["status"] for kind, one in variants.items()} == {
        "filled": "filled",
        "lost": "rejected",
        "open": "open",
    }, run.told()
    assert rows[variants["lost"]]["error"] == "never reached the venue"
    assert {rows[one]["status_before"] for one in variants.values()} == {"pending"}
    assert {rows[one]["corrected_by"] for one in variants.values()} == {run.incident["incident_id"]}
    assert platform.active_faults() == [], "the stand-in calls every row true"
    assert platform.harm() == []


def test_a_record_of_an_entry_that_was_filled_is_settled_and_verified(platform: Platform) -> None:
    platform.break_with("orders.stuck-pending", count=1)
    run = platform.run(RUNBOOK, {}, 180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert [act["result"] for act in run.acts] == ["done"]
    assert platform.active_faults() == []
    assert platform.harm() == []


# --- what is never done


def test_nothing_is_tuned_behind_the_back_of_those_who_halted_it(platform: Platform) -> None:
    platform.silence_the_watch()
    broken(platform, "orders.invalid-price", -4024)
    before = configs(platform)
    platform.put(GUARDS, {"guard_id": "kill-switch", "engaged": True, "reason": "drill", "engaged_by": "ana"})
    run = platform.run(RUNBOOK, {}, 120)
    assert (run.status, run.outcome) == ("SUCCEEDED", "nothing_to_do"), run.told()
    assert "kill switch" in run.output["summary"]
    assert configs(platform) == before
    assert run.acts == []


def test_a_dry_run_walks_the_same_way_and_changes_and_asks_nothing(platform: Platform) -> None:
    broken(platform, "orders.invalid-price", -4024)
    broken(platform, "orders.insufficient-balance", -2019)
    before = configs(platform)
    run = platform.run(RUNBOOK, {"dry_run": True}, 120)
    assert run.outcome == "dry_run", run.told()
    assert set(run.incident["cause"].split(", ")) == {"invalid_price", "insufficient_balance"}
    told = json.dumps(run.incident["told"], default=str)
    assert "limit_offset_bps 5 to 10" in told
    assert "would ask" in told
    assert configs(platform) == before
    assert platform.items("tradai-runbook-approvals-local") == []


def test_a_second_run_is_a_duplicate_and_one_without_failures_has_nothing_to_do(platform: Platform) -> None:
    run = platform.run(RUNBOOK, {}, 120)
    assert run.outcome == "nothing_to_do", run.told()
    broken(platform, "orders.insufficient-balance", -2019)
    first = begin(platform)
    asking.asked(platform)
    second = platform.run(RUNBOOK, {}, 60)
    assert second.outcome == "duplicate", second.told()
    assert platform.incident_of(first)["incident_id"] in second.output["summary"]


def test_bad_input_is_refused_at_the_door(platform: Platform) -> None:
    run = platform.run(RUNBOOK, {"strategy_id": "nobody"}, 60)
    assert (run.status, run.error) == ("FAILED", "InvalidInput"), run.told()
    assert "nobody" in run.cause
    assert run.acts == []


def undo(capsys: pytest.CaptureFixture[str], incident_id: str) -> list[dict[str, Any]]:
    """What `runbooks config undo` says of each change."""
    capsys.readouterr()
    assert command(["config", "undo", incident_id, "--json", "--env", "local"]) == ExitCode.NOT_UNDONE
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found
