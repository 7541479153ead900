"""A stuck position from the console and from its alarm: the assessments, the options, and what is never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import PHONE, browser, page_of
from tests.browser.person import decide, text_of, unfold
from tests.e2e import asking
from tests.e2e.claims import LINES
from tests.e2e.platform import CONFIG, INCIDENTS, POSITIONS, Platform, Run

RUNBOOK = "stuck-position"
STRATEGY = "momentum-btc"


@pytest.fixture(autouse=True)
def alone(platform: Platform) -> None:
    """Only what a test starts runs; the detector has its own test."""
    platform.silence_the_detector()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone without scripts."""
    with page_of(chromium, PHONE) as page:
        yield page


def opened(platform: Platform, stuck: str = "never-submitted", **more: Any) -> str:
    return str(platform.venue.open(STRATEGY, stuck=stuck, **more)["position_id"])


def begin(platform: Platform, position_id: str, **given: Any) -> str:
    return platform.start(RUNBOOK, {"position_id": position_id, "requested_by": "alice", **given})


def settled(platform: Platform, position_id: str, decision: str, **typed: str) -> Run:
    """The run, after one person gave that answer."""
    arn = begin(platform, position_id)
    taken = asking.answer(asking.asked(platform), decision, **typed)
    assert taken.status == 200, taken.text
    return platform.ended(arn, 180)


def record(platform: Platform, position_id: str) -> dict[str, Any]:
    found = platform.item(POSITIONS, position_id)
    assert found is not None
    return found


def sent(platform: Platform) -> list[dict[str, Any]]:
    """Orders that came over HTTP: the bots' own are put there from behind."""
    return platform.venue.orders_sent()


def resolved(platform: Platform, run: Run) -> None:
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert set(run.checklist) == LINES
    assert (run.checklist["positions"], run.checklist["heartbeats"]) == ("pass", "pass"), run.incident["checklist"]
    assert run.incident["position_ids"]
    assert run.incident["root_cause"]
    assert run.incident["pnl_impact"]
    assert "not known" not in run.incident["pnl_impact"].partition(".")[0], run.incident["pnl_impact"]
    key = run.incident["report_key"]
    assert "<html" in platform.report(key)
    assert platform.report(key.replace(".html", ".md")).startswith("# ")
    assert "X-Amz-Signature" not in run.output["report_url"]


@pytest.mark.parametrize(
    ("stuck", "word"),
    [
        ("never-submitted", "no exit order was ever sent"),
        ("rejected", "was rejected"),
        ("unfilled", "0 of 0.01"),
        ("partial", "filled"),
    ],
)
def test_each_assessment_is_told_and_closed_inside_the_bound(
    platform: Platform, phone: Page, stuck: str, word: str
) -> None:
    position_id = opened(platform, stuck)
    arn = begin(platform, position_id)
    phone.goto(asking.asked(platform))
    unfold(phone)
    read = text_of(phone)
    assert word in read
    assert "Table and venue" in read
    assert ".." not in read.replace("...", "")
    decide(phone, "emergency_close")
    assert "Alice" in text_of(phone)
    run = platform.ended(arn, 180)
    resolved(platform, run)
    assert platform.venue.held() == 0
    assert platform.venue.working() == {}
    closed = record(platform, position_id)
    assert (closed["status"], closed["closed_manually"]) == ("closed", True)
    assert closed["exit_price"] > 0
    assert run.incident["cause"].startswith(stuck.replace("-", "_"))
    orders = {one["target"]: one["result"] for one in run.incident["actions"] if one["action"].startswith("close ")}
    assert "done" in orders.values(), run.incident["actions"]
    assert set(orders) >= {one["client_id"] for one in sent(platform)}, "every order that was sent is an act"
    assert platform.strategy(STRATEGY)["status"] == "running"


@pytest.mark.parametrize("second", ["bob", "silence"])
def test_a_large_position_takes_two_people_or_the_silence_of_the_second(platform: Platform, second: str) -> None:
    position_id = opened(platform, amount="1")
    arn = begin(platform, position_id)
    link = asking.asked(platform)
    assert asking.answer(link, "emergency_close").status == 200
    assert sent(platform) == [], "one of two is none yet"
    if second != "silence":
        approval_id = asking.newest(platform)["approval_id"]
        status, said = asking.answer_signed(platform, second, approval_id, "emergency_close")
        assert status == 200, said
    run = platform.ended(arn, 180)
    resolved(platform, run)
    assert platform.venue.held() == 0
    decision = run.incident["approvals"][0]["decision"]
    assert decision["by"] == (["alice", "bob"] if second == "bob" else ["alice"])
    assert bool(decision.get("why_alone")) is (second == "silence"), decision


def test_a_market_order_is_an_answer_of_its_own(platform: Platform) -> None:
    position_id = opened(platform)
    run = settled(platform, position_id, "emergency_close_unbounded")
    resolved(platform, run)
    assert platform.venue.held() == 0


@pytest.mark.parametrize(
    "fault", ["timeout-after-accept", "unavailable-after-accept", "partial-fill", "unavailable"]
)
def test_an_answer_that_is_lost_or_cut_closes_once(platform: Platform, fault: str) -> None:
    position_id = opened(platform)
    arn = begin(platform, position_id)
    link = asking.asked(platform)
    platform.venue.break_with(fault, 1)
    assert asking.answer(link, "emergency_close").status == 200
    run = platform.ended(arn, 240)
    resolved(platform, run)
    assert platform.venue.held() == 0
    closing = [one for one in platform.venue.fills() if one["side"] == "SELL"]
    assert sum(Decimal(one["qty"]) for one in closing) == Decimal("0.010")


def test_a_run_that_is_stopped_in_its_close_tells_the_order_and_the_pause(platform: Platform) -> None:
    position_id = opened(platform)
    arn = begin(platform, position_id)
    assert asking.answer(asking.asked(platform), "emergency_close").status == 200
    platform.until(lambda: platform.venue.held() == 0 or None, "the order is filled")
    platform.client("stepfunctions").stop_execution(executionArn=arn, error="ByHand", cause="enough")
    platform.until(lambda: platform.incident_of(arn).get("notified_at") or None, "the closer has ended it")
    run = platform.ended(arn, 60)
    assert run.status == "ABORTED", run.told()
    orders = {one["client_id"] for one in sent(platform)}
    acts = {one["target"]: one["result"] for one in run.incident["actions"] if one["action"].startswith("close ")}
    assert orders
    assert set(acts) == orders, run.incident["actions"]
    [mail] = run.mails
    for said in (*orders, f"whether {position_id} is closed at the venue", STRATEGY):
        assert said in mail.text


def test_a_price_that_runs_away_is_asked_about_again(platform: Platform) -> None:
    position_id = opened(platform, protected=False)
    arn = begin(platform, position_id)
    link = asking.asked(platform)
    platform.venue.price("55000")
    letters = len(platform.letters())
    assert asking.answer(link, "emergency_close").status == 200
    again = asking.link_of(platform, "alice", after=letters)
    assert "beyond what was approved" in asking.page(again).text
    assert platform.venue.held() == Decimal("0.010")
    assert asking.answer(again, "emergency_close").status == 200
    run = platform.ended(arn, 180)
    resolved(platform, run)
    assert [one["decision"]["option"] for one in run.incident["approvals"]] == ["emergency_close"] * 2


def test_a_venue_in_maintenance_is_waited_for(platform: Platform) -> None:
    position_id = opened(platform)
    platform.venue.break_with("maintenance")
    arn = begin(platform, position_id)
    platform.until(lambda: "WaitForTheVenue" in _settling(platform, arn) or None, "it waits for the venue")
    platform.venue.http("DELETE", "/_local/exchange-control/faults")
    assert asking.answer(asking.asked(platform), "emergency_close").status == 200
    resolved(platform, platform.ended(arn, 180))


def _settling(platform: Platform, arn: str) -> list[str]:
    """States of the child that settles it."""
    children = platform.new_runs("settle-position") if "settle-position" in platform.state_machines else []
    return [name for child in children for name in platform.entered(child)]


def test_a_position_on_the_other_side_is_bought_back(platform: Platform) -> None:
    position_id = opened(platform, side="short")
    run = settled(platform, position_id, "emergency_close")
    resolved(platform, run)
    assert platform.venue.held() == 0


def test_flat_at_the_venue_the_record_takes_the_fill_without_an_order(platform: Platform) -> None:
    position_id = opened(platform)
    [stop] = platform.venue.working()
    platform.venue.price("50000")
    platform.until(lambda: platform.venue.held() == 0 or None, "the stop has fired")
    run = platform.run(RUNBOOK, {"position_id": position_id}, 180)
    resolved(platform, run)
    closed = record(platform, position_id)
    assert closed["status"] == "closed"
    assert not closed.get("closed_manually")
    assert Decimal(closed["exit_price"]) < Decimal(58_000)
    assert sent(platform) == []
    assert platform.items("tradai-runbook-approvals-local") == []
    assert stop not in platform.venue.working()


def test_a_position_break_is_escalated_without_order_or_correction(platform: Platform) -> None:
    position_id = opened(platform)
    platform.venue.act("position", symbol="BTCUSDT", side="long", amount="0.020")
    run = platform.run(RUNBOOK, {"position_id": position_id}, 180)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "position break" in run.cause
    assert STRATEGY in run.cause
    assert record(platform, position_id)["status"] == "open"
    assert (platform.venue.held(), sent(platform)) == (Decimal("0.030"), [])


def test_left_open_it_is_not_asked_about_until_its_time(platform: Platform, phone: Page) -> None:
    position_id = opened(platform)
    arn = begin(platform, position_id)
    phone.goto(asking.asked(platform))
    decide(phone, "leave_open", minutes="60")
    run = platform.ended(arn, 180)
    assert (run.status, run.outcome) == ("SUCCEEDED", "left_open"), run.told()
    assert run.incident["left_open_until"]
    assert record(platform, position_id)["status"] == "open"
    parent = platform.run(RUNBOOK, {}, 180)
    assert parent.outcome == "delegated", parent.told()
    assert len(platform.new_runs(RUNBOOK)) == 2, "no second run of its own"
    assert sent(platform) == []


def test_waiting_for_the_next_cycle_sees_the_strategy_exit(platform: Platform, phone: Page) -> None:
    position_id = opened(platform)
    arn = begin(platform, position_id)
    phone.goto(asking.asked(platform))
    decide(phone, "wait_next_cycle", minutes="10")
    platform.bots(exits=True)
    run = platform.ended(arn, 180)
    assert run.outcome in ("resolved", "nothing_to_do"), run.told()
    assert record(platform, position_id)["status"] == "closed"
    assert platform.venue.held() == 0


def test_closed_by_hand_is_verified_at_the_venue(platform: Platform, phone: Page) -> None:
    position_id = opened(platform)
    arn = begin(platform, position_id)
    phone.goto(asking.asked(platform))
    decide(phone, "manual_close")
    letters = len(platform.letters())
    platform.until(
        lambda: asking.newest(platform)["question"]["cause"] == "closed_by_hand" or None, "the second question"
    )
    link = asking.link_of(platform, "alice", after=letters - 1)
    order = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.010", "reduceOnly": "true"}
    platform.venue.act("order", account="main", params=order)
    phone.goto(link)
    decide(phone, "closed", note="60000, order 77")
    run = platform.ended(arn, 180)
    closed = record(platform, position_id)
    assert (closed["status"], closed.get("closed_manually")) == ("closed", True), run.told()
    assert sent(platform) == []


def test_paper_gets_no_order_and_no_correction(platform: Platform) -> None:
    platform.change(CONFIG, STRATEGY, mode="paper")
    position_id = opened(platform)
    run = platform.run(RUNBOOK, {"position_id": position_id}, 180)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "paper" in run.cause
    assert sent(platform) == []


def test_nobody_answers_and_the_incident_stays_open(platform: Platform) -> None:
    position_id = opened(platform)
    arn = begin(platform, position_id)
    asking.asked(platform)
    run = platform.ended(arn, 180)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "nobody answered in time" in run.cause
    assert "closed_at" not in run.incident
    assert record(platform, position_id)["status"] == "open"
    assert sent(platform) == []


def test_a_second_run_on_the_same_position_is_a_duplicate(platform: Platform) -> None:
    position_id = opened(platform)
    first = begin(platform, position_id)
    asking.asked(platform)
    second = platform.run(RUNBOOK, {"position_id": position_id}, 60)
    assert second.outcome == "duplicate", second.told()
    assert platform.incident_of(first)["incident_id"] in second.output["summary"]


def test_bad_input_is_refused_at_the_door(platform: Platform) -> None:
    run = platform.run(RUNBOOK, {"position_id": "no-such-position"}, 60)
    assert (run.status, run.error) == ("FAILED", "InvalidInput"), run.told()
    assert "no-such-position" in run.cause
    closed = opened(platform)
    platform.change(POSITIONS, closed, status="closed")
    assert platform.run(RUNBOOK, {"position_id": closed}, 60).outcome == "nothing_to_do"


def test_a_dry_run_asks_nobody(platform: Platform) -> None:
    position_id = opened(platform)
    run = platform.run(RUNBOOK, {"position_id": position_id, "dry_run": True}, 60)
    assert run.outcome == "dry_run", run.told()
    assert "would ask" in run.output["summary"]
    assert platform.items("tradai-runbook-approvals-local") == []


def test_the_alarm_starts_a_run_for_each_stuck_position(platform: Platform) -> None:
    other = next(name for name in platform.strategy_ids() if name != STRATEGY)
    first = opened(platform)
    second = str(platform.venue.open(other, stuck="rejected", symbol="ETH/USDT:USDT", amount="0.1")["position_id"])
    for rule in platform._rules_calling("rb-detect-stuck"):
        platform.client("events").enable_rule(Name=rule)

    def both() -> bool | None:
        incidents = [one.get("position_ids") for one in platform.items(INCIDENTS)]
        return ([first] in incidents and [second] in incidents) or None

    platform.until(both, "each has a run of its own", 90)
    third = str(
        platform.venue.open("carry-xrp", stuck="partial", symbol="XRP/USDT:USDT", amount="100")["position_id"]
    )

    def later() -> bool | None:
        return any(one.get("position_ids") == [third] for one in platform.items(INCIDENTS)) or None

    platform.until(later, "what became stuck while the alarm is up has a run too", 90)
    platform.pause(180)
    alone = [one["position_ids"] for one in platform.items(INCIDENTS) if one.get("position_ids") == [third]]
    assert alone == [[third]], "once"
