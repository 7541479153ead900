"""The way back from an emergency stop, from outside: who may decide it, what comes back, and what does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.approvals.desk import http
from tests.e2e import asking
from tests.e2e.platform import CLUSTER, GUARDS, INCIDENTS, ORDERS, SERVICE, STATE, Platform, Run, ago

STOP, RESUME = "emergency-stop", "resume-trading"
TRADING = {"running", "warmup"}
FIRST = "breakout-bnb"
WISH = {"requested_by": "dana", "reason": "the venue is healthy again"}
HALT = {"requested_by": "ana", "reason": "drill"}


def statuses(platform: Platform) -> dict[str, str]:
    return {str(item["strategy_id"]): str(item["status"]) for item in platform.items(STATE)}


def traders(platform: Platform) -> set[str]:
    return {name for name, status in statuses(platform).items() if status in TRADING}


def switch(platform: Platform) -> dict[str, Any]:
    return platform.item(GUARDS, "kill-switch") or {}


def stop(platform: Platform, **given: object) -> Run:
    """An emergency stop that has ended well."""
    run = platform.run(STOP, {**HALT, **given})
    assert run.outcome == "resolved", run.told()
    return run


def wish(platform: Platform, **given: object) -> str:
    """A resume; its execution."""
    return platform.start(RESUME, {**WISH, **given})


def request_of(platform: Platform, arn: str) -> str:
    """Waits until the run has asked, and gives the request's id."""

    def look() -> str | None:
        assert runs(platform, arn), platform.ended(arn).told()
        found = asking.newest(platform)
        return str(found["approval_id"]) if found.get("execution_arn") == arn else None

    return platform.until(look, f"{arn} asks")


def runs(platform: Platform, arn: str) -> bool:
    return str(platform.describe(arn)["status"]) == "RUNNING"


def yes(platform: Platform, arn: str, decision: str = "trading", *people: str) -> None:
    """Bob and carol say it as operators; bob's mail goes out when a third of the time is over."""
    approval_id = request_of(platform, arn)
    for person in people or ("bob", "carol"):
        status, said = asking.answer_signed(platform, person, approval_id, decision)
        assert status == 200, said


def resumed(platform: Platform, **given: object) -> Run:
    arn = wish(platform, **given)
    yes(platform, arn)
    return platform.ended(arn)


def stays(platform: Platform, run: Run) -> None:
    """Everything is stopped, and the run calls for a person."""
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert run.incident["outcome"] == "escalated"
    assert len(run.mails) == 1, [mail.subject for mail in run.mails]
    nothing_runs(platform)


def nothing_runs(platform: Platform) -> None:
    assert traders(platform) == set()
    assert platform.service()["desiredCount"] == 0
    assert platform.tasks() == []
    assert switch(platform)["engaged"] is True


def watched(platform: Platform, minutes: int = 3) -> None:
    """Lets the watch of the halt look some times."""
    for _ in range(minutes):
        platform.client("lambda").invoke(FunctionName="tradai-local-rb-watch-halt", Payload=b"{}")


def silence(platform: Platform, strategy_id: str) -> None:
    """It beats no more, whatever is done about it, and nobody cures it before the stop."""
    platform.silence_the_alarm()
    platform.break_with("never-beats", strategy=strategy_id)


def at(act: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(act["at"]))


def test_two_people_by_their_links_bring_everything_back_as_it_was(platform: Platform) -> None:
    before, scaling, desired = statuses(platform), platform.scaling(), platform.service()["desiredCount"]
    halt = stop(platform)
    arn = wish(platform)
    for person in ("alice", "bob"):
        nothing_runs(platform)
        request_of(platform, arn)
        taken = asking.answer(asking.link_of(platform, person), "trading")
        assert taken.status == 200, taken.text
    run = platform.ended(arn)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert statuses(platform) == before
    assert platform.stale() == []
    released = switch(platform)
    assert released["engaged"] is False
    assert "halt_id" not in released
    assert released["last_halt_id"] == halt.incident["incident_id"]
    assert released["released_by"] == "alice and bob"
    assert platform.service()["desiredCount"] == desired
    now = platform.scaling()
    for same in ("MinCapacity", "MaxCapacity", "SuspendedState"):
        assert now[same] == scaling[same]
    back = [act for act in run.acts if act["action"] == "bring strategies back"]
    promoted = [act for act in run.acts if act["action"] == "let strategies trade as before"]
    assert [act["target"] for act in back] == [
        f"batch 1: {FIRST}",
        f"batch 2: {', '.join(sorted(set(before) - {FIRST}))}",
    ]
    assert [act["before"] for act in promoted] == ["1 in warmup", "4 in warmup"]
    assert at(back[0]) < at(promoted[0]) < at(back[1]) < at(promoted[1]), "the first one trades before the others"
    beats = {name: datetime.fromisoformat(platform.strategy(name)["last_heartbeat"]) for name in before}
    assert all(beats[name] > at(back[0 if name == FIRST else 1]) for name in before)
    for field in ("closed_at", "report_key", "cause", "details_key", "requested_by"):
        assert run.incident[field], field
    assert run.incident["approvals"][0]["decided_by"] == ["alice", "bob"]
    assert run.output["not_proven"] == []
    [page] = platform.posted()
    assert [update["status"] for update in page["incident_updates"]] == ["resolved", "monitoring", "investigating"]


def test_one_person_is_not_enough_and_the_lapse_leaves_everything_stopped_until_somebody_asks_again(
    platform: Platform,
) -> None:
    stop(platform)
    arn = wish(platform)
    link = asking.link_of(platform, "alice")
    assert asking.answer(link, "trading").status == 200
    assert "break_glass" not in asking.offered(link)
    double = platform.run(RESUME, WISH)
    assert double.outcome == "duplicate", double.told()
    for bad, named in BAD:
        refused = platform.run(RESUME, bad)
        assert (refused.status, refused.error) == ("FAILED", "InvalidInput"), refused.told()
        assert named in refused.cause, refused.cause
    run = platform.ended(arn)
    stays(platform, run)
    assert "nobody answered in time" in run.cause
    assert "closed_at" not in run.incident
    page = asking.page(link)
    [form] = [form for form in page.forms() if "again" in form.fields]
    letters = len(platform.letters())
    again = http("POST", link, {**form.fields, "confirm": form.phrase})
    assert again.status == 200, again.text
    anew = platform.until(
        lambda: [one for one in platform.executions(RESUME, "RUNNING") if one != arn], "it is asked again"
    )[0]
    assert asking.answer(asking.link_of(platform, "alice", after=letters), "reject").status == 200
    no = platform.ended(anew)
    assert no.input["reason"] == WISH["reason"]
    assert "alice" in no.input["requested_by"]
    assert (no.status, no.outcome) == ("SUCCEEDED", "declined"), no.told()
    assert no.incident["closed_at"]
    nothing_runs(platform)


BAD: tuple[tuple[object, str], ...] = (
    ({"requested_by": "dana"}, "reason"),
    ({**WISH, "strategy_ids": ["nobody-knows"]}, "strategy_ids.0"),
    ({**WISH, "dry_run": "true"}, "dry_run"),
)


def test_exits_alone_are_managed_by_one_yes_and_nobody_trades(platform: Platform) -> None:
    before = statuses(platform)
    stop(platform)
    arn = wish(platform, to="manage_only")
    link = asking.link_of(platform, "alice")
    assert asking.offered(link) == ["manage_only", "reject"]
    assert asking.answer(link, "manage_only").status == 200
    run = platform.ended(arn)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()

    def managed() -> None:
        assert set(statuses(platform).values()) == {"paused"}
        held = switch(platform)
        assert (held["engaged"], held["manage_only"], held["service_up"]) == (True, True, True)
        assert platform.service()["desiredCount"] == 1
        assert len(platform.tasks()) == 1

    managed()
    watched(platform)
    managed()
    assert platform.posted()[0]["status"] != "resolved"
    again = stop(platform, reason="it was too early")
    nothing_runs(platform)
    held = switch(platform)
    assert not held.get("manage_only")
    assert not held.get("service_up")
    assert again.arn in held["stops"]
    arn = wish(platform)
    yes(platform, arn, "manage_only", "bob")
    assert platform.ended(arn).outcome == "resolved"
    managed()
    back = resumed(platform)
    assert (back.status, back.outcome) == ("SUCCEEDED", "resolved"), back.told()
    assert statuses(platform) == before
    assert switch(platform)["engaged"] is False
    assert platform.stale() == []


def test_one_person_breaks_the_glass_after_its_time_and_another_one_ratifies_it(platform: Platform) -> None:
    before = statuses(platform)
    stop(platform)
    arn = wish(platform)
    link = asking.link_of(platform, "alice")
    assert "break_glass" not in asking.offered(link)
    early, said = asking.answer_signed(platform, "bob", request_of(platform, arn), "break_glass", note="now")
    assert early >= 400, said
    platform.until(lambda: "break_glass" in asking.offered(link), "the glass may be broken", 40)
    assert asking.answer(link, "break_glass").status == 422, "without a note"
    nothing_runs(platform)
    taken = asking.answer(link, "break_glass", note="funding is paid at midnight")
    assert taken.status == 200, taken.text
    run = platform.ended(arn)
    assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
    assert statuses(platform) == before
    incident_id = run.incident["incident_id"]
    assert "closed_at" not in run.incident
    assert run.incident["broken_glass_by"] == "alice"
    assert "ratification" in run.output["not_proven"]
    everybody = {f"{name}@tradai.example" for name in ("alice", "bob", "carol")}
    told = platform.until(
        lambda: {to for one in platform.letters() for to in one["to"] if "glass" in one["subject"].lower()} or None,
        "everybody is told",
    )
    assert told == everybody
    path = f"/operators/incidents/{incident_id}"
    for route, body in (("ratify", {"note": "I stand by myself"}), ("acknowledge", {})):
        status, said = platform.signed("POST", f"{path}/{route}", body)
        assert status in (403, 409), said
    assert "closed_at" not in (platform.item(INCIDENTS, incident_id) or {})
    status, said = asking.signed(platform, "bob", "POST", f"{path}/ratify", {"note": "it was right"})
    assert status == 200, said

    def closed() -> dict[str, Any] | None:
        item = platform.item(INCIDENTS, incident_id) or {}
        return item if "closed_at" in item else None

    item = platform.until(closed, "the incident is closed")
    assert (item["outcome"], item["ratified_by"], item["ratified_note"]) == ("resolved", "bob", "it was right")


def test_some_strategies_come_back_and_the_rest_stays_as_it_is(platform: Platform) -> None:
    before, tasks = statuses(platform), platform.tasks()
    stop(platform, strategy_ids=["momentum-btc"])
    assert traders(platform) == set(before) - {"momentum-btc"}
    one = resumed(platform, strategy_ids=["momentum-btc"])
    assert (one.status, one.outcome) == ("SUCCEEDED", "resolved"), one.told()
    assert statuses(platform) == before
    assert platform.tasks() == tasks, "the service was never touched"
    assert switch(platform)["engaged"] is False
    stop(platform)
    some = resumed(platform, strategy_ids=["momentum-btc", "momentum-eth"])
    assert (some.status, some.outcome) == ("SUCCEEDED", "resolved"), some.told()

    def two_trade() -> None:
        assert traders(platform) == {"momentum-btc", "momentum-eth"}
        assert platform.service()["desiredCount"] == 1
        assert len(platform.tasks()) == 1
        held = switch(platform)
        assert (held["engaged"], held["released_ids"]) == (True, {"momentum-btc", "momentum-eth"})

    two_trade()
    watched(platform)
    two_trade()
    rest = resumed(platform)
    assert (rest.status, rest.outcome) == ("SUCCEEDED", "resolved"), rest.told()
    assert statuses(platform) == before
    assert switch(platform)["engaged"] is False
    assert platform.stale() == []


def test_while_a_stop_goes_on_nobody_is_asked_and_a_stop_while_people_are_asked_makes_their_yes_nothing(
    platform: Platform,
) -> None:
    idle = platform.run(RESUME, WISH)
    assert (idle.status, idle.outcome) == ("SUCCEEDED", "nothing_to_do"), idle.told()
    stopping = platform.start(STOP, HALT)
    platform.until(lambda: switch(platform).get("engaged"), "the kill switch is engaged")
    during = platform.run(RESUME, WISH)
    assert (during.status, during.error) == ("FAILED", "Escalated"), during.told()
    assert "still runs" in during.cause
    assert asking.newest(platform) == {}
    assert platform.ended(stopping).outcome == "resolved"
    dry = platform.run(RESUME, {**WISH, "dry_run": True})
    assert (dry.status, dry.outcome) == ("SUCCEEDED", "dry_run"), dry.told()
    assert dry.acts == []
    order = {"position_id": "pos-new", "order_id": "1-entry", "strategy_id": FIRST, "side": "buy", "type": "limit"}
    platform.put(ORDERS, {**order, "status": "open", "reduce_only": False, "created_at": ago(60)})
    platform.break_with("exchange-down", count=0)
    ill = platform.run(RESUME, WISH)
    stays(platform, ill)
    assert "2 checks fail before trading may come back" in ill.cause
    assert ill.checklist["entry_orders"] == ill.checklist["venues"] == "fail"
    assert asking.newest(platform) == {}
    platform.mend()
    platform.put(ORDERS, {**order, "status": "canceled", "reduce_only": False, "created_at": ago(60)})
    arn = wish(platform)
    request_of(platform, arn)
    # Whether this stop can prove itself is its own matter: it is one, and that is enough.
    platform.run(STOP, {**HALT, "reason": "another trouble"})
    yes(platform, arn)
    run = platform.ended(arn)
    stays(platform, run)
    assert "stopped again while the question stood" in run.cause
    assert [act for act in run.acts if act["result"] == "done"] == []


@pytest.mark.parametrize("moment", ["just released", "in warmup", "in the middle of the batches"])
def test_a_stop_during_the_way_back_leaves_nothing_running(platform: Platform, moment: str) -> None:
    before = statuses(platform)
    stop(platform)
    arn = wish(platform)
    request_of(platform, arn)
    platform.trade()
    yes(platform, arn)
    if moment == "just released":
        platform.until(lambda: switch(platform).get("engaged") is False, "the kill switch is released")
    elif moment == "in warmup":
        platform.until(lambda: traders(platform), "the first one warms up")
    else:
        platform.until(lambda: "running" in statuses(platform).values(), "the first one trades")
    again = platform.start(STOP, {**HALT, "reason": "not yet"})
    halt = platform.ended(again)
    run = platform.ended(arn)
    assert halt.outcome == "resolved", halt.told()
    stays(platform, run)
    assert "stopped again" in run.cause
    assert platform.trading_stats(after=halt.incident["closed_at"])["entry_orders_after"] == 0
    watched(platform)
    nothing_runs(platform)
    platform.trade(False)
    # Cancelled at the venue by hand, as the checks ask for it.
    platform.empty(ORDERS)
    back = resumed(platform)
    assert (back.status, back.outcome) == ("SUCCEEDED", "resolved"), back.told()
    # Of whom the stop could not read in time what he was before, it keeps the warmup in which it found him.
    now = statuses(platform)
    late = {name for name, status in now.items() if status == "warmup" and moment == "in warmup"}
    assert len(late) <= 1, now
    assert {name: status for name, status in now.items() if name not in late} == {
        name: status for name, status in before.items() if name not in late
    }, "as before the first stop, however far the way back had come"
    assert platform.service()["desiredCount"] == 1
    assert not any(platform.scaling()["SuspendedState"].values())


def test_a_strategy_that_does_not_beat_is_stopped_by_itself_and_named(platform: Platform) -> None:
    more = platform.more_strategies(2)
    platform.until(lambda: not platform.stale(), "all beat")
    before = statuses(platform)
    silence(platform, "momentum-eth")
    stop(platform)
    run = resumed(platform)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "1 failed to come back and were stopped again: momentum-eth" in run.cause
    now = statuses(platform)
    assert now.pop("momentum-eth") == "stopped"
    assert set(more) <= set(now)
    assert now == {name: status for name, status in before.items() if name != "momentum-eth"}
    assert switch(platform)["engaged"] is False
    platform.mend()
    last = resumed(platform)
    assert (last.status, last.outcome) == ("SUCCEEDED", "resolved"), last.told()
    assert statuses(platform) == before


def test_too_many_that_do_not_beat_halt_everything_again(platform: Platform) -> None:
    silence(platform, "momentum-eth")
    stop(platform)
    run = resumed(platform)
    assert "1 of 4 strategies of batch 2 failed, more than 20 percent" in run.cause, run.told()
    [proof] = platform.new_runs(STOP)[1:]
    assert platform.ended(proof).outcome == "resolved"
    stays(platform, run)
    assert proof in str(run.incident)
    described = platform.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])
    assert described["services"][0]["runningCount"] == 0
