"""A stop is ended by what was proven, strategy by strategy, whatever of its state is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions import stop_findings, stop_state
from functions.adapters.memory import twins
from functions.errors import Broken, Refused, Transient
from functions.facts import Outcome, Result
from functions.ports import Engage
from functions.tasks import conclude_stop
from tests.tasks.proofs import RUNNING, branches, concluded, ended, listed, looked, results, whole
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, STOP, engaged, not_engaged


@pytest.fixture
def up(rig: Rig) -> Rig:
    rig.world.service = RUNNING
    for name in ("s1", "s2"):
        rig.strategy(name, age=5)
    rig.strategy("s3", status="terminated", age=None)
    return rig


def acts(output: Any) -> dict[tuple[str, str], str]:
    return {(act.action, act.target): act.result.value for act in output.actions}


def test_everything_stopped_and_proven_is_resolved_and_entry_orders_of_nobody_stand_as_unknown(up: Rig) -> None:
    end = whole(up, engaged(up, reason="flash crash", requested_by="ana"))
    output = end.output
    assert (end.escalated, output.outcome) == (False, Outcome.RESOLVED)
    assert "Entry orders unknown: nobody says which account trades real money" in output.summary
    assert acts(output)["cancel", "entry orders"] == "unknown"
    assert acts(output)["stop", "3 strategies"] == "done"
    assert acts(output)["stop strategy", "s1"] == "done"
    assert acts(output)["scale to 0", up.settings.platform.service] == "done"
    subject, body = up.world.sent[-1]
    assert subject.startswith("[tradai local] RESOLVED emergency-stop (entry orders unknown")
    assert body.index("Unknown:") < body.index("Exposure:")
    assert body.rstrip().splitlines()[-1].startswith("- no open position stands in the table")


def test_the_incident_holds_whom_it_concerned_the_parts_as_acts_and_where_the_whole_list_lies(up: Rig) -> None:
    output = whole(up, engaged(up, reason="flash crash", requested_by="ana")).output
    item = up.item(INCIDENT)
    assert item["cause"] == "emergency stop by ana: flash crash"
    assert item["details_key"] == f"incidents/{INCIDENT}/strategies.jsonl"
    assert sorted(item["strategy_ids"]) == ["s1", "s2", "s3"]
    assert len(item["actions"]) == item["actions_total"] == output.actions_total
    assert {act["result"] for act in item["actions"]} == {"done", "unknown"}
    report = up.world.objects[item["report_key"].replace(".html", ".md")][0]
    assert "| cancel | entry orders | ? unknown |" in report
    assert "- Open at the end: no open position stands in the table" in report
    assert {"kill switch", "strategies", "service", "exposure"} <= {what for what, _ in up.evidence(INCIDENT)}


def test_every_strategy_stands_in_the_list_with_what_it_was_and_is(up: Rig) -> None:
    whole(up, engaged(up))
    rows = listed(up)
    assert sorted(rows) == ["s1", "s2", "s3"]
    assert set(rows["s1"]) == {"strategy_id", "result", "before", "now", "why", "at"}
    assert (rows["s1"]["before"], rows["s1"]["now"]) == ("running", "stopped")
    assert (rows["s3"]["before"], rows["s3"]["now"]) == ("terminated", "terminated")


def test_one_that_still_trades_escalates_and_wakes_somebody(up: Rig) -> None:
    up.world.item_trouble["trading_state.stop_many", "s2"] = Refused("AccessDenied")
    end = whole(up, engaged(up))
    assert (end.escalated, end.output.outcome) == (True, Outcome.ESCALATED)
    assert results(up) == {"s1": "done", "s2": "not_done", "s3": "done"}
    assert acts(end.output)["stop strategy", "s2"] == "not_done"
    assert "1 not stopped" in up.world.sent[-1][0]
    assert up.world.paged[-1][0] == up.world.sent[-1][0]
    assert "s2: its record says running" in up.world.paged[-1][1]


def test_a_status_that_nobody_knows_is_unknown_and_left(up: Rig) -> None:
    up.strategy("odd", status="napping")
    assert whole(up, engaged(up)).escalated
    assert results(up)["odd"] == "unknown"


def test_a_strategy_that_another_run_stopped_is_done_and_says_by_whom(up: Rig) -> None:
    twins(up.world).trading_state.stop("s2", expected_status="running", stopped_by="inc-other")
    assert not whole(up, engaged(up)).escalated
    assert "by inc-other" in listed(up)["s2"]["why"]


def test_one_that_was_deleted_meanwhile_is_named_and_unknown(up: Rig) -> None:
    job = engaged(up)
    did = branches(up, job)
    del up.world.tables["trading_state"]["s1",]
    ended(up)
    end = concluded(up, job=job, did=did, look=looked(up, job))
    assert end.escalated
    assert (listed(up)["s1"]["result"], listed(up)["s1"]["before"]) == ("unknown", "running")
    assert "s1: was running; its item was deleted meanwhile" in end.cause


def test_one_asked_for_that_does_not_exist_is_not_done_and_the_service_stays_up(up: Rig) -> None:
    end = whole(up, engaged(up, strategy_ids=["s1", "ghost"]), ends=False)
    assert results(up) == {"s1": "done", "ghost": "not_done"}
    assert listed(up)["ghost"]["why"] == "no such strategy"
    assert end.escalated
    assert up.world.service == RUNNING
    assert not [act for act in end.output.actions if act.action == "scale to 0"]


def test_a_kill_switch_that_could_not_be_written_is_said_first(up: Rig) -> None:
    up.world.trouble["halts.engage"] = Broken("no grant")
    job = not_engaged(up)
    did: list[Any] = [None]
    ended(up)
    end = concluded(up, job=job, did=did, look=looked(up, job))
    assert end.escalated
    subject = up.world.sent[-1][0]
    assert subject.startswith("[tradai local] ESCALATED emergency-stop (3 of 3 stopped; not latched; ")
    assert len(subject) <= 100
    assert "A person must act now: NOT LATCHED: press again until it says engaged" in end.output.summary
    assert "Reasons: kill switch not done: not latched" in end.output.summary


def test_one_released_meanwhile_is_not_latched_any_more(up: Rig) -> None:
    job = engaged(up)
    did = branches(up, job)
    ended(up)
    last = looked(up, job)
    up.world.put("guards", {"guard_id": "kill-switch", "engaged": False})
    assert concluded(up, job=job, did=did, look=last).escalated


def test_where_the_kill_switch_cannot_be_read_back_whoever_wrote_it_knows(up: Rig) -> None:
    job = engaged(up)
    up.world.trouble["guards.kill_switch"] = Transient("throttled")
    assert acts(whole(up, job).output)["engage", "kill switch"] == "done"


def test_a_task_that_does_not_end_leaves_nothing_proven(up: Rig) -> None:
    end = whole(up, engaged(up), ends=False)
    assert end.escalated
    assert acts(end.output)["scale to 0", up.settings.platform.service] == "not_done"
    assert results(up) == {"s1": "unknown", "s2": "unknown", "s3": "done"}


def test_a_service_that_is_not_there_is_not_done_or_unknown_and_the_rest_goes_on(up: Rig) -> None:
    up.world.service = None
    job = engaged(up)
    did = branches(up, job)
    for name in ("s1", "s2"):
        up.world.put("trading_state", {**(up.world.item("trading_state", name) or {}),
                                       "acknowledged_status": "stopped"})  # fmt: skip
    end = concluded(up, job=job, did=did, look=looked(up, job))
    assert end.escalated
    assert acts(end.output)["scale to 0", up.settings.platform.service] in ("not_done", "unknown")
    assert set(results(up).values()) == {"done"}


def test_a_bot_that_beats_on_although_no_task_runs_is_unknown_and_named(up: Rig) -> None:
    job = engaged(up)
    did = branches(up, job)
    ended(up)
    up.world.advance(seconds=30)
    item = up.world.item("trading_state", "s1") or {}
    up.world.put("trading_state", {**item, "last_heartbeat": up.now.isoformat()})
    last = looked(up, job)
    end = concluded(up, job=job, did=did, look=last.model_copy(update={"gone_at": job.started_at}))
    assert results(up)["s1"] == "unknown"
    assert "s1: stopped by this halt, and beat" in end.cause


def test_a_part_of_the_table_that_was_not_read_is_unknown(up: Rig) -> None:
    job = engaged(up)
    did = branches(up, job)
    ended(up)
    last = looked(up, job)
    up.world.trouble["trading_state.segment"] = Transient("throttled")
    end = concluded(up, job=job, did=did, look=last)
    assert end.escalated
    assert results(up) == {"s1": "unknown", "s2": "unknown"}
    assert "segments 0, 1, 2, 3, 4, 5, 6, 7 of the trading state were not read to their end" in end.cause


@pytest.mark.parametrize("method", ["halts.records", "halts.records_of"])
def test_records_that_cannot_be_read_hide_nobody(up: Rig, method: str) -> None:
    job = engaged(up, strategy_ids=["s1"]) if method == "halts.records_of" else engaged(up)
    did = branches(up, job)
    del up.world.tables["trading_state"]["s1",]
    ended(up)
    up.world.trouble[method] = Transient("throttled")
    end = concluded(up, job=job, did=did, look=looked(up, job))
    assert end.escalated
    assert "whose items were deleted meanwhile" in end.cause


def test_where_the_segments_told_nothing_the_whole_halt_is_searched_for_who_is_gone(up: Rig) -> None:
    job = engaged(up)
    branches(up, job)
    del up.world.tables["trading_state"]["s1",]
    ended(up)
    concluded(up, job=job, did=None, look=looked(up, job))
    assert results(up)["s1"] == "unknown"


def test_a_healthy_stop_does_not_read_the_guards_table_whole(up: Rig) -> None:
    end = whole(up, engaged(up))
    assert not end.escalated
    assert up.called("halts.records") == []


def test_what_was_before_is_known_without_a_record_too(up: Rig) -> None:
    job = engaged(up)
    up.world.trouble["halts.records_of"] = Transient("throttled")
    end = whole(up, job)
    assert not end.escalated
    assert {name: row["before"] for name, row in listed(up).items()} == {
        "s1": "running", "s2": "running", "s3": "terminated",
    }  # fmt: skip


def test_fewer_than_three_passes_prove_nothing(up: Rig) -> None:
    job = engaged(up)
    did = branches(up, job)
    ended(up)
    end = concluded(up, job=job, did=did, look=None, error={"Error": "Broken", "Cause": "it broke"})
    assert end.escalated
    assert "Broken: it broke" in end.cause


STATE: list[dict[str, Any]] = [
    {},
    {"job": None, "did": None, "look": None, "exposure": None, "error": None},
    {"job": {"order": {"strategy_ids": ["s1"]}}, "did": "x", "look": 3, "exposure": [], "error": "y"},
    {
        "job": {"order": 7},
        "did": [1, {"segments": 4}, {"error": {"Error": "E", "Cause": "c"}}],
        "look": {"again": 1},
    },
]


@pytest.mark.parametrize("state", STATE)
def test_copes_with_whatever_of_the_state_is_missing(up: Rig, state: dict[str, Any]) -> None:
    end = concluded(up, **state)
    assert (end.escalated, end.output.outcome) == (True, Outcome.ESCALATED)
    assert results(up)["s1"] == "not_done"
    assert up.item(INCIDENT)["outcome"] == "escalated"
    assert up.world.sent


def test_a_rehearsal_ends_as_one_and_changes_nothing(up: Rig) -> None:
    end = whole(up, engaged(up, dry_run=True), ends=False)
    assert (end.escalated, end.output.outcome) == (False, Outcome.DRY_RUN)
    assert "would stop 2 of 3" in end.output.summary
    assert results(up)["s1"] == "not_done"
    assert up.world.paged == []
    assert up.world.service == RUNNING


def test_a_dry_run_that_is_no_boolean_is_refused_here_too(up: Rig) -> None:
    with pytest.raises(Refused, match="dry_run"):
        concluded(up, job=not_engaged(up, dry_run="yes"))


@pytest.mark.parametrize("method", ["incidents.get", "incidents.close", "incidents.open"])
def test_people_are_told_although_the_incident_cannot_be_written(up: Rig, method: str) -> None:
    job = engaged(up)
    did = branches(up, job)
    ended(up)
    last = looked(up, job)
    up.world.trouble[method] = Transient("throttled")
    end = concluded(up, job=job, did=did, look=last)
    assert up.world.sent[-1][0].startswith("[tradai local] ESCALATED emergency-stop")
    assert end.escalated
    assert acts(end.output)["stop", "3 strategies"] == "done"


@pytest.mark.parametrize(
    "method", ["reports.put", "incidents.note", "notifier.publish", "notifier.page", "measures.put"]
)
def test_trouble_at_the_end_hides_no_result(up: Rig, method: str) -> None:
    job = engaged(up)
    did = branches(up, job)
    ended(up)
    last = looked(up, job)
    up.world.trouble[method] = Broken("down")
    end = concluded(up, job=job, did=did, look=last, exposure=None)
    assert acts(end.output)["stop", "3 strategies"] == "done"


def test_a_retry_tells_and_wakes_nobody_twice(up: Rig) -> None:
    up.world.item_trouble["trading_state.stop_many", "s2"] = Refused("AccessDenied")
    job = engaged(up)
    first = concluded(up, job=job, did=branches(up, job), look=None)
    sent, paged, item = len(up.world.sent), len(up.world.paged), up.item(INCIDENT)
    again = concluded(up, job=job, did=None, look=None)
    assert (len(up.world.sent), len(up.world.paged)) == (sent, paged)
    assert up.item(INCIDENT) == item
    assert again.output.actions == first.output.actions


def test_what_a_stop_of_before_marked_counts_for_this_halt(up: Rig) -> None:
    earlier = Engage("inc-first", "arn:first", "drill", "bo", up.now)
    twins(up.world).halts.engage(earlier)
    job = engaged(up)
    assert job.mark == "inc-first"
    assert not whole(up, job).escalated
    assert listed(up)["s1"]["why"].startswith("stopped by this halt")


def test_ten_thousand_strategies_with_the_longest_names_stay_within_every_bound(rig: Rig) -> None:
    rig.world.service = RUNNING
    for number in range(10_000):
        rig.strategy(f"{number:05}".ljust(255, "x"), age=5)
    refused = [f"{number:05}".ljust(255, "x") for number in range(0, 10_000, 100)]
    for name in refused:
        rig.world.item_trouble["trading_state.stop_many", name] = Refused("AccessDenied")
    end = whole(rig, engaged(rig))  # the rig measures every answer: 200 kB at most
    found = listed(rig)
    assert len(found) == 10_000
    assert sorted(name for name, row in found.items() if row["result"] == "not_done") == refused
    assert acts(end.output)["stop", "10000 strategies"] == "not_done"
    assert "9900 of 10000 proven stopped, 100 not stopped, 0 unknown" in end.output.summary
    item = rig.item(INCIDENT)
    assert (len(item["strategy_ids"]), item["strategy_ids_total"]) == (200, 10_000)
    assert item["strategy_ids"][:100] == refused
    assert len(repr(item)) < 380_000
    assert len(end.output.actions) <= 20
    assert len(rig.world.sent[-1][1].encode()) < 250_000
    assert conclude_stop.MEMORY_MB >= 512


def test_the_strategies_branch_may_have_failed_whole_where_the_looks_stopped_them(up: Rig) -> None:
    job = engaged(up)
    did = branches(up, job)
    did[1] = {"segments": [], "error": {"Error": "States.Timeout", "Cause": "slow"}}
    ended(up)
    last = looked(up, job)
    exposure: dict[str, Any] = {
        "name": "exposure",
        "result": Result.DONE.value,
        "why": "none",
        "items": [],
        "details_key": None,
    }
    end = concluded(up, job=job, did=did, look=last, exposure=exposure)
    assert end.output.outcome is Outcome.RESOLVED
    assert "while stopping: States.Timeout: slow" in end.cause


def test_the_execution_stands_on_the_acts(up: Rig) -> None:
    assert {act.by for act in whole(up, engaged(up)).output.actions} == {STOP}


def test_one_that_could_not_be_written_while_no_task_runs_keeps_its_reason_to_the_end(up: Rig) -> None:
    up.world.item_trouble["trading_state.stop_many", "s2"] = Refused("AccessDenied")
    end = whole(up, engaged(up))
    assert listed(up)["s2"]["why"].startswith("its record says running (write refused: AccessDenied)")
    assert "no task of the service runs, so nothing of the service trades it" in end.cause
    assert "AccessDenied" in end.cause


def test_a_name_that_nobody_has_is_said_first_with_the_one_that_may_be_meant(up: Rig) -> None:
    up.strategy("momentum-btc", age=5)
    summary = whole(up, engaged(up, strategy_ids=["momentum-bct"]), ends=False).output.summary
    assert summary.startswith(
        "NOTHING WAS STOPPED: no strategy is called momentum-bct; did you mean momentum-btc?. "
    )


def test_an_act_says_what_was_before_and_when(up: Rig) -> None:
    begun = up.now
    output = whole(up, engaged(up)).output
    act = {(one.action, one.target): one for one in output.actions}
    assert (act["stop strategy", "s1"].before, act["stop strategy", "s1"].at) == ("running", begun)
    scaled = act["scale to 0", up.settings.platform.service]
    assert (scaled.before or "").startswith("desired 1, running")
    assert scaled.at < up.now


def test_a_rehearsal_calls_no_act_done_that_it_did_not_do(up: Rig) -> None:
    up.world.service = replace(RUNNING, desired=0, running=0, tasks=())
    output = whole(up, engaged(up, dry_run=True), ends=False).output
    assert acts(output)["scale to 0", up.settings.platform.service] == "not_done"
    assert "NOT LATCHED" not in up.world.sent[-1][1]


def ordered(rig: Rig, first: Mapping[str, object], last: object, **given: Any) -> tuple[str, str]:
    """How entry orders end, of what the branch and the last look at the venues said."""
    job = engaged(rig, **given)
    did = [None, None, None, {"name": "entry orders", **first}]
    state = stop_state.read({"job": job.model_dump(mode="json"), "did": did, "orders": last}, STOP, rig.now)
    piece = stop_findings.entry_orders_of(state)
    return piece.result.value, piece.why


DONE: dict[str, object] = {"result": "done", "why": "2 entry orders cancelled at binanceusdm/main"}
LAST = {"name": "entry orders", "result": "done", "why": "binanceusdm/main lists no entry order"}


def test_the_last_look_at_the_venues_decides_and_the_first_is_told(up: Rig) -> None:
    result, why = ordered(up, {"result": "unknown", "why": "no answer"}, LAST)
    assert result == "done"
    assert why == "binanceusdm/main lists no entry order. While strategies were being stopped: no answer"


def test_without_the_last_look_nobody_knows_what_came_after_the_first(up: Rig) -> None:
    assert ordered(up, DONE, None)[0] == "unknown"
    assert ordered(up, {"result": "not_done", "why": "1 is still listed"}, None)[0] == "not_done"
    told = {"result": "done", "why": "told not to cancel them"}
    assert ordered(up, told, None, cancel_entry_orders=False) == ("done", "told not to cancel them")


def test_a_last_look_that_failed_is_unknown_and_wakes_somebody(up: Rig) -> None:
    failed = {"name": "entry orders", "result": "unknown", "why": "it broke", "items": [], "pages": True}
    job = engaged(up)
    state = stop_state.read({"job": job.model_dump(mode="json"), "did": [], "orders": failed}, STOP, up.now)
    assert state.orders is not None
    assert (state.orders.result.value, state.orders.pages) == ("unknown", True)
