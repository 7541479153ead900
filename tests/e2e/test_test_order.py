"""A real test order, from outside: asked for by mail, answered on the page, seen at the venue."""

from __future__ import annotations

from typing import Any

from tests.e2e import asking
from tests.e2e.claims import left_behind
from tests.e2e.platform import GUARDS, Platform, Run

ASKS = {"allow_test_order": True, "strategy_ids": ["momentum-btc"], "requested_by": "dana"}


def line(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in run.incident["checklist"] if one["id"] == "orders")
    return found


def placed(platform: Platform) -> list[dict[str, Any]]:
    return platform.venue.calls(method="POST", path="/fapi/v1/order")


def test_a_yes_places_it_and_sees_it_open_cancelled_and_gone(platform: Platform) -> None:
    arn = platform.start("verify-trading", ASKS)
    link = asking.asked(platform)
    page = asking.page(link)
    assert page.status == 200
    assert "post-only" in page.text
    assert not placed(platform)
    taken = asking.answer(link, "place")
    assert taken.status == 200, taken.text
    run = platform.ended(arn)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    left_behind(platform, run)
    assert (line(run)["result"], "seen open, cancelled, and seen gone" in line(run)["value"]) == ("pass", True), (
        line(run)
    )
    assert "orders" not in run.output["not_proven"]
    [sent] = placed(platform)
    [order] = [one for one in platform.venue.account()["orders"] if one["clientOrderId"] == sent["client_id"]]
    assert (order["timeInForce"], order["status"], float(order["executedQty"])) == ("GTX", "CANCELED", 0)
    assert sent["client_id"] in line(run)["value"]
    assert not platform.venue.working()
    assert platform.venue.held() == 0
    [approval] = run.incident["approvals"]
    assert approval["decision"]["option"] == "place"


def test_a_no_places_none_and_orders_are_only_validated(platform: Platform) -> None:
    arn = platform.start("verify-trading", ASKS)
    assert asking.answer(asking.asked(platform), "leave").status == 200
    run = platform.ended(arn)
    assert run.outcome == "resolved", run.told()
    assert (line(run)["result"], "the answer was leave" in line(run)["value"]) == ("pass", True), line(run)
    assert not placed(platform)


def test_a_halt_between_the_question_and_the_yes_holds_it_back(platform: Platform) -> None:
    arn = platform.start("verify-trading", ASKS)
    link = asking.asked(platform)
    platform.put(GUARDS, {"guard_id": "kill-switch", "engaged": True, "reason": "drill", "engaged_by": "ana"})
    assert asking.answer(link, "place").status == 200
    run = platform.ended(arn)
    assert not placed(platform)
    assert (line(run)["result"], "kill switch" in line(run)["value"]) == ("skipped", True), line(run)


def test_an_order_that_is_accepted_in_silence_is_found_and_withdrawn(platform: Platform) -> None:
    arn = platform.start("verify-trading", ASKS)
    link = asking.asked(platform)
    platform.venue.break_with("timeout-after-accept", 1, path="/fapi/v1/order", method="POST")
    assert asking.answer(link, "place").status == 200
    run = platform.ended(arn)
    assert (line(run)["result"], "seen gone" in line(run)["value"]) == ("pass", True), line(run)
    assert len(placed(platform)) == 1, line(run)
    assert not platform.venue.working()


def test_a_venue_that_refuses_orders_fails_the_line_and_nobody_is_asked(platform: Platform) -> None:
    platform.venue.break_with("insufficient-balance", 9)
    run = platform.run("verify-trading", ASKS)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert (line(run)["result"], "-2019" in line(run)["value"]) == ("fail", True), line(run)
    assert not platform.letters()


def test_a_dry_run_asks_nobody(platform: Platform) -> None:
    run = platform.run("verify-trading", {**ASKS, "dry_run": True})
    assert run.outcome == "dry_run", run.told()
    assert "a dry run places no order" in line(run)["value"]
    assert not platform.letters()
    assert not placed(platform)
