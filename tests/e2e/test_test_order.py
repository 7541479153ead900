"""A real test order, from outside: asked for by mail, answered on the page, seen at the venue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.e2e import asking
from tests.e2e.claims import left_behind
from tests.e2e.platform import GUARDS, Platform, Run

ASKS = {"allow_test_order": True, "strategy_ids": ["momentum-btc"], "requested_by": "dana"}


def line(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in run.incident["checklist"] if one["id"] == "orders")
    return found


def acts(run: Run) -> list[dict[str, Any]]:
    return [act for act in run.acts if act["action"] == "place a test order and cancel it"]


def report_of(platform: Platform, run: Run) -> str:
    """As it stands now."""
    return platform.report(run.incident["report_key"].replace(".html", ".md"))


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
    [act] = acts(run)
    assert (act["target"], act["result"]) == (sent["client_id"], "done")
    assert "BTC/USDT:USDT" in act["before"]
    assert "seen open, cancelled, and seen gone" in act["after"]
    assert [one["target"] for one in run.output["actions"]] == [sent["client_id"]]
    assert run.output["actions_total"] == 1
    section = report_of(platform, run).partition("## The test order")[2].partition("\n## ")[0]
    assert sent["client_id"] in section
    for moment in ("placed", "seen open", "cancelled", "seen gone"):
        assert f"UTC | {moment} |" in section, section


def test_a_no_places_none_and_orders_are_only_validated(platform: Platform) -> None:
    arn = platform.start("verify-trading", ASKS)
    assert asking.answer(asking.asked(platform), "leave").status == 200
    run = platform.ended(arn)
    assert run.outcome == "resolved", run.told()
    assert run.acts == []
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


CANCEL = {"path": "/fapi/v1/order", "method": "DELETE"}


def stopped_while_it_rests(platform: Platform) -> tuple[str, dict[str, Any]]:
    """A run that somebody stops between placing and cancelling, once the closer has told of it: its ARN, and the
    order that rests. The venue takes no cancel until it is mended."""
    arn = platform.start("verify-trading", ASKS)
    link = asking.asked(platform)
    platform.venue.break_with("unavailable", 10_000, **CANCEL)
    assert asking.answer(link, "place").status == 200
    platform.until(lambda: platform.venue.calls(**CANCEL), "its cancel was tried")
    platform.stop(arn)
    platform.until(lambda: platform.incident_of(arn).get("notified_at"), "the closer has ended it")
    [order] = platform.venue.working().values()
    return arn, order


def units(platform: Platform) -> list[str]:
    """Guards of units that somebody holds."""
    return [str(one["guard_id"]) for one in platform.items(GUARDS) if str(one["guard_id"]).startswith("unit/")]


def mended(platform: Platform) -> None:
    platform.venue.http("DELETE", "/_local/exchange-control/faults")


def told_of(platform: Platform, name: str) -> str:
    """The notification of how the withdrawal ended, its subject first."""
    found = platform.until(
        lambda: [mail for mail in platform.mails() if "TEST ORDER" in mail.subject and name in mail.subject],
        "its withdrawal tells how it ended",
        120,
    )
    return f"{found[0].subject}\n{found[0].text}"


def test_a_run_that_is_stopped_between_placing_and_cancelling_tells_it_and_has_it_withdrawn(
    platform: Platform,
) -> None:
    arn, order = stopped_while_it_rests(platform)
    mended(platform)
    name, run = order["clientOrderId"], platform.ended(arn)
    assert run.status == "ABORTED", run.told()
    [act] = acts(run)
    assert (act["target"], act["result"]) == (name, "unknown"), act
    # How the withdrawal ended may be told already: by a message of its own.
    [mail] = [one for one in run.mails if "TEST ORDER" not in one.subject]
    assert f"test order {name} may rest at the venue" in mail.text
    amount, price = (f"{Decimal(order[field]).normalize():f}" for field in ("origQty", "price"))
    assert f"buy {amount} BTC/USDT:USDT at {price}, post-only" in mail.text
    assert f"the withdrawal of test order {name}: started" in mail.text
    told = told_of(platform, name)
    assert f"TEST ORDER is gone: {name}" in told
    assert f"Incident: {run.incident['incident_id']}" in told
    assert name not in platform.venue.working()
    assert len(placed(platform)) == 1
    assert platform.venue.held() == 0
    platform.until(lambda: not units(platform), "its unit is let go")

    def told_again() -> bool:
        text = report_of(platform, run)
        over = "seen gone after its run had ended" in text and "the last look" in text
        return over and "may rest at the venue" not in text

    platform.until(told_again, "its report tells that it is over, and nothing else", 180)
    seen = [one for one in platform.incident_of(run.arn)["evidence"] if one["what"] == "test order"]
    assert ["cancelled, and seen gone" in one["value"] for one in seen] == [True], seen


def test_one_that_cannot_be_withdrawn_either_is_told_with_its_id_and_fails_the_next_checklist(
    platform: Platform,
) -> None:
    _, order = stopped_while_it_rests(platform)
    name = order["clientOrderId"]
    assert f"TEST ORDER MAY REST, cancel it by hand: {name}" in told_of(platform, name)
    assert name in platform.venue.working()
    mended(platform)
    run = platform.run("verify-trading", {"strategy_ids": ["momentum-btc"]})
    assert (line(run)["result"], name in line(run)["value"]) == ("fail", True), line(run)
