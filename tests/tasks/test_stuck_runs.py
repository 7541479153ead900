"""How a run of stuck-position begins and ends, who is started, and what the detector sees."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.adapters.memory.world import Line
from functions.errors import Refused, Transient
from functions.facts import AlarmFact, Check, ChecklistItem, Outcome
from functions.rules.checklist import LINES
from functions.rules.stuck.end import How
from functions.settings import Settings
from functions.stuck import left
from functions.stuck.model import Look, Subject
from functions.tasks import (
    account_for_close,
    check_positions,
    conclude_stuck,
    delegate_positions,
    detect_stuck,
    open_settling,
    open_stuck,
    refuse_input,
    take_guard,
)
from functions.venue import Funding, Row, Trouble, Unit
from functions.verifying import Scope
from tests.tasks.rig import EXECUTION, INCIDENT, SETTINGS
from tests.tasks.stuck_rig import BTC, POSITION, STRATEGY, StuckRig, text

ALARM = SETTINGS.position_stuck_alarm


@pytest.fixture
def stuck() -> StuckRig:
    return StuckRig()


def opened(rig: StuckRig, execution: str = f"{EXECUTION}9", **given: Any) -> Subject:
    answer = rig.work(open_stuck, execution_arn=execution, started_at=rig.now, input=given)
    return Subject.model_validate(answer.model_dump())


def raised(rig: StuckRig, seconds: float = 60) -> None:
    rig.world.alarms[ALARM] = AlarmFact(ALARM, "ALARM", since=rig.now - timedelta(seconds=seconds))


def runs(rig: StuckRig) -> list[dict[str, Any]]:
    return [dict(one.payload) for one in rig.world.executions.values() if one.payload]


# --- the door


def test_a_position_that_the_table_does_not_hold_is_refused_by_name(stuck: StuckRig) -> None:
    with pytest.raises(Refused, match="position_id: no position 'nope'"):
        opened(stuck, position_id="nope")


@pytest.mark.parametrize("given", [{"position": "x"}, {"dry_run": "true"}, {"alarm_at": "soon"}, {"reason": " "}])
def test_what_cannot_be_read_is_refused(stuck: StuckRig, given: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=next(iter(given))):
        opened(stuck, **given)


def test_the_lock_is_the_units_and_the_incident_names_the_position(stuck: StuckRig) -> None:
    found = opened(stuck, position_id=POSITION)
    assert (found.guard_id, found.one) == (stuck.unit.guard_id, True)
    item = stuck.item(found.run.incident_id)
    assert (item["position_ids"], item["strategy_ids"]) == ([POSITION], [STRATEGY])


def test_two_runs_on_one_unit_are_one(stuck: StuckRig) -> None:
    stuck.config("beta")
    stuck.position("pos-2", "beta")
    other = opened(stuck, position_id="pos-2")
    with pytest.raises(Refused, match=INCIDENT):
        stuck.work(take_guard, run=other.run, guard_id=other.guard_id)


def test_a_child_begins_with_every_field(stuck: StuckRig) -> None:
    job = {**stuck.job().model_dump(mode="json"), "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": EXECUTION}
    look: Look = stuck.work(open_settling, job=job)
    assert (look.verdict, look.again, look.memo.looks) == ("look", True, 0)


# --- every stuck position


def test_each_stuck_position_gets_a_run_of_its_own(stuck: StuckRig) -> None:
    raised(stuck)
    stuck.config("beta")
    stuck.position("pos-2", "beta")
    stuck.position("pos-3", "beta", exit_signal_at=None)
    parent = opened(stuck, alarm_name=ALARM, alarm_at=text(stuck.now - timedelta(seconds=60)))
    found = stuck.work(delegate_positions, run=parent.run)
    assert [one.partition(":")[0] for one in found.started] == [POSITION, "pos-2"]
    assert [one["position_id"] for one in runs(stuck)] == [POSITION, "pos-2"]
    assert stuck.item(parent.run.incident_id)["position_ids"] == [POSITION, "pos-2"]


def test_the_detector_starts_what_became_stuck_meanwhile_and_nothing_twice(stuck: StuckRig) -> None:
    raised(stuck)
    at = text(stuck.now - timedelta(seconds=60))
    parent = opened(stuck, alarm_name=ALARM, alarm_at=at.replace("Z", "+0000"))
    stuck.work(delegate_positions, run=parent.run)
    assert stuck.work(detect_stuck).started == ()
    stuck.position("pos-2", STRATEGY)
    seen = stuck.work(detect_stuck)
    assert (seen.stuck, len(seen.started)) == (2, 1)
    stuck.work(detect_stuck)
    assert [one["position_id"] for one in runs(stuck)] == [POSITION, "pos-2"]


def test_a_run_that_somebody_started_by_hand_is_joined_while_it_is_at_work(stuck: StuckRig) -> None:
    """Neither the detector nor a run for everything that is stuck makes a second incident of it."""
    raised(stuck)
    stuck.execution(EXECUTION)
    stuck.ports().incidents.note(INCIDENT, [], position_ids=[POSITION])
    assert stuck.work(detect_stuck).started == ()
    parent = opened(stuck, f"{EXECUTION}9", alarm_name=ALARM, alarm_at=text(stuck.now - timedelta(minutes=5)))
    told = stuck.work(delegate_positions, run=parent.run)
    assert (told.started, len(told.running), told.failed) == ((), 1, ())
    assert runs(stuck) == []
    # Once it is over, and the position still stuck, the alarm's run comes.
    stuck.execution(EXECUTION, "FAILED")
    assert len(stuck.work(detect_stuck).started) == 1


def test_what_a_person_left_is_looked_for_again_though_only_the_log_of_back_then_told_of_its_exit() -> None:
    positions = {**SETTINGS.positions.model_dump(), "exit_pattern": "exit due {symbol}"}
    rig = StuckRig(Settings.model_validate({**SETTINGS.model_dump(), "positions": positions}))
    rig.position(POSITION, STRATEGY, exit_signal_at=None)
    rig.world.lines = [Line(rig.now - timedelta(minutes=6), f"{STRATEGY} exit due {BTC}")]
    rig.execution(EXECUTION, "SUCCEEDED")
    raised(rig)
    assert rig.work(detect_stuck).stuck == 1
    left.mark(rig.ports(), rig.the_run, POSITION, rig.now + timedelta(hours=2))
    rig.world.advance(minutes=119)
    assert rig.work(detect_stuck).stuck == 0
    rig.world.advance(minutes=2)
    seen = rig.work(detect_stuck)
    assert (seen.stuck, len(seen.started)) == (1, 1)
    look = rig.look()
    assert look.verdict == "ask"
    assert "it was left open until" in str(look.question)


def test_the_detector_counts_and_starts_nothing_without_the_alarm(stuck: StuckRig) -> None:
    assert stuck.work(detect_stuck).started == ()
    assert stuck.world.measures == [("PositionsStuck", 1, {})]
    assert runs(stuck) == []


def test_the_detector_never_reads_the_whole_orders_table(stuck: StuckRig) -> None:
    stuck.work(detect_stuck)
    assert stuck.called("orders.every_working", "orders.of") == ["orders.of"]


def test_an_exit_that_only_the_log_tells_of_is_seen() -> None:
    positions = SETTINGS.positions.model_copy(update={"exit_pattern": "exit due {symbol}"})
    rig = StuckRig(SETTINGS.model_copy(update={"positions": positions}))
    rig.position(POSITION, STRATEGY, exit_signal_at=None)
    assert rig.work(detect_stuck).stuck == 0
    rig.world.lines.append(Line(rig.now - timedelta(seconds=299), f"{STRATEGY} exit due {BTC}"))
    assert rig.work(detect_stuck).stuck == 0
    rig.world.lines.append(Line(rig.now - timedelta(seconds=301), f"{STRATEGY} exit due {BTC}"))
    assert rig.work(detect_stuck).stuck == 1
    assert rig.look().verdict == "ask"


def test_the_log_is_not_asked_where_no_text_is_set(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    stuck.work(detect_stuck)
    assert stuck.called("logs.first_said") == []


def test_a_position_of_which_nobody_can_tell_counts(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None, opened_at=None)
    seen = stuck.work(detect_stuck)
    assert (seen.stuck, seen.unknown) == (0, 1)
    assert stuck.world.measures == [("PositionsStuck", 1, {})]


def test_an_item_that_cannot_be_read_is_unknown_by_itself_and_hides_no_other(stuck: StuckRig) -> None:
    stuck.world.put("positions", {"position_id": "broken", "amount": "much", "status": "open"})
    raised(stuck)
    seen = stuck.work(detect_stuck)
    assert (seen.stuck, seen.unknown, seen.looked_at, len(seen.started)) == (1, 1, 2, 1)
    assert stuck.world.measures == [("PositionsStuck", 2, {})]
    parent = opened(stuck, alarm_name=ALARM, alarm_at=text(stuck.now))
    [told] = stuck.work(delegate_positions, run=parent.run).unknown
    assert "broken: its amount cannot be read: 'much'" in told


def test_what_a_person_leaves_is_started_again_when_the_time_is_over_and_not_before(stuck: StuckRig) -> None:
    raised(stuck)
    assert len(stuck.work(detect_stuck).started) == 1
    left.mark(stuck.ports(), stuck.the_run, POSITION, stuck.now + timedelta(hours=1))
    stuck.world.advance(minutes=59)
    assert stuck.work(detect_stuck).started == ()
    stuck.world.advance(minutes=2)
    assert len(stuck.work(detect_stuck).started) == 1
    stuck.work(detect_stuck)
    assert len(runs(stuck)) == 2


def test_none_stuck_is_nothing_to_do_and_with_the_alarm_up_a_broken_detector(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    by_hand = opened(stuck)
    assert ended(stuck, by_hand, delegated=stuck.work(delegate_positions, run=by_hand.run)) is Outcome.NOTHING_TO_DO
    raised(stuck)
    alarmed = opened(stuck, f"{EXECUTION}8", alarm_name=ALARM, alarm_at=text(stuck.now))
    assert ended(stuck, alarmed, delegated=stuck.work(delegate_positions, run=alarmed.run)) is Outcome.ESCALATED


def test_a_dry_run_starts_nothing(stuck: StuckRig) -> None:
    found = opened(stuck, dry_run=True)
    assert ended(stuck, found, delegated=stuck.work(delegate_positions, run=found.run)) is Outcome.DRY_RUN
    assert runs(stuck) == []
    known = stuck.item(found.run.incident_id)["told"]["known"]
    assert known
    assert all("would be started" in one and "exists" not in one for one in known)


# --- the end


def state(subject: Subject, **more: Any) -> dict[str, Any]:
    whole = {**subject.model_dump(mode="json"), **{k: _plain(v) for k, v in more.items()}}
    return {key: value for key, value in whole.items() if value is not None or key in Subject.model_fields}


def _plain(value: Any) -> Any:
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def ended(rig: StuckRig, subject: Subject, **more: Any) -> Outcome:
    answer = rig.work(conclude_stuck, execution_arn=EXECUTION, state=state(subject, **more))
    outcome: Outcome = answer.output.outcome
    return outcome


def checklist(rig: StuckRig, incident_id: str, **worse: Check) -> None:
    items = [
        ChecklistItem(line.id, line.question, worse.get(line.id, Check.PASS), "seen", "test", rig.now)
        for line in LINES
    ]
    rig.ports().incidents.note(incident_id, [], checklist=[asdict(item) for item in items])


def subject_of(rig: StuckRig) -> Subject:
    return Subject(
        run=rig.the_run,
        position_id=POSITION,
        guard_id=rig.unit.guard_id,
        reason=None,
        strategy_ids=(STRATEGY,),
        one=True,
    )


def settled(rig: StuckRig) -> dict[str, Any]:
    rig.gone(price="60100")
    look = rig.settle()
    assert look.end is not None
    assert look.end.how is How.CORRECTED
    return {"look": look.model_dump(mode="json"), "error": None}


def test_a_corrected_record_is_resolved_once_the_checklist_is_walked(stuck: StuckRig) -> None:
    done = settled(stuck)
    assert ended_again(stuck, done) is Outcome.ESCALATED


def ended_again(rig: StuckRig, done: dict[str, Any], **worse: Check) -> Outcome:
    if worse:
        checklist(rig, INCIDENT, **worse)
    guard = {"guard_id": rig.unit.guard_id, "owned": True, "why": "taken"}
    return ended(rig, subject_of(rig), guard=guard, settled=done, accounted=accounted(rig))


def accounted(rig: StuckRig) -> dict[str, Any]:
    found: dict[str, Any] = rig.work(account_for_close, run=rig.the_run, position_id=POSITION).model_dump(
        mode="json"
    )
    return found


@pytest.mark.parametrize(
    ("line", "check", "outcome"),
    [
        ("orders", Check.SKIPPED, Outcome.RESOLVED),
        ("positions", Check.UNKNOWN, Outcome.ESCALATED),
        ("positions", Check.FAIL, Outcome.ESCALATED),
        ("heartbeats", Check.FAIL, Outcome.ESCALATED),
    ],
)
def test_resolved_is_said_by_the_rule_of_the_checklist(
    stuck: StuckRig, line: str, check: Check, outcome: Outcome
) -> None:
    assert ended_again(stuck, settled(stuck), **{line: check}) is outcome


def test_the_incident_says_why_it_was_stuck_and_what_it_came_to(stuck: StuckRig) -> None:
    stuck.order("entry", "filled", side="buy", reduce_only=False, filled="0.5", type="market")
    ended_again(stuck, settled(stuck), orders=Check.SKIPPED)
    item = stuck.item()
    assert item["outcome"] == "resolved"
    assert item["root_cause"].startswith("never_submitted: The exit was signalled")
    assert "+550.00" in item["pnl_impact"].replace(",", "")
    assert item["report_key"] == f"incidents/{INCIDENT}/report.html"
    stored = {key.rpartition("/")[2] for key in stuck.world.objects}
    assert stored == {"report.md", "report.html", "sections.json"}
    assert stuck.world.item("guards", stuck.unit.guard_id) is None


def test_the_checklist_looks_for_error_lines_from_the_close_on_and_never_from_before_the_run(
    stuck: StuckRig,
) -> None:
    settled(stuck)
    stuck.work(account_for_close, run=stuck.the_run, position_id=POSITION)
    # It was closed half an hour before the run that found it.
    assert datetime.fromisoformat(stuck.item()["cured_at"]) == stuck.the_run.opened_at
    later = stuck.the_run.opened_at + timedelta(minutes=3)
    stuck.position(POSITION, STRATEGY, status="closed", closed_at=text(later))
    stuck.work(account_for_close, run=stuck.the_run, position_id=POSITION)
    assert datetime.fromisoformat(stuck.item()["cured_at"]) == later


def test_fees_and_funding_are_the_venues_own(stuck: StuckRig) -> None:
    done = settled(stuck)
    where = (stuck.unit.where, BTC)
    stuck.venue.funding.append((*where, Funding(Decimal("-1.5"), "USDT", stuck.now - timedelta(hours=2))))
    found = stuck.work(account_for_close, run=stuck.the_run, position_id=POSITION)
    assert done["error"] is None
    assert found.pnl.funding == Decimal("-1.5")
    assert found.pnl.fees is None  # what its entry cost stands nowhere
    assert found.pnl.price == Decimal(550)


def test_the_funding_of_a_former_owner_of_the_unit_is_not_booked_to_this_one(stuck: StuckRig) -> None:
    half = Decimal("0.5")
    at = stuck.now - timedelta(minutes=90)
    stuck.venue.hold(stuck.unit, "1")
    stuck.venue.trade(stuck.unit, "sell", half, Decimal(60_000), at, client_order_id="exit-of-beta")
    settled(stuck)
    where = (stuck.unit.where, BTC)
    stuck.venue.funding.append((*where, Funding(Decimal(-10), "USDT", stuck.now - timedelta(hours=2))))
    found = stuck.work(account_for_close, run=stuck.the_run, position_id=POSITION)
    assert found.pnl.funding is None
    assert any("this position's part of it is not known" in why for why in found.pnl.unknown)


def test_only_its_own_part_of_a_larger_entry_is_charged_to_it(stuck: StuckRig) -> None:
    stuck.order("entry", "filled", side="buy", reduce_only=False, filled="1", type="market", amount=Decimal(1))
    at = stuck.now - timedelta(hours=3)
    fill = stuck.venue.trade(stuck.unit, "buy", Decimal(1), Decimal(59_000), at, "entry")
    assert fill.fee is not None
    stuck.venue.hold(stuck.unit, "0.5")
    settled(stuck)
    found = stuck.work(account_for_close, run=stuck.the_run, position_id=POSITION)
    closing = Decimal("0.5") * Decimal(60_100) * fill.fee / (fill.amount * fill.price)
    assert found.pnl.fees == fill.fee / 2 + closing


def test_what_the_venue_does_not_tell_at_the_end_is_unknown_and_no_end_of_the_run(stuck: StuckRig) -> None:
    done = settled(stuck)
    stuck.venue.down = Trouble(Row.UNREACHABLE, "NetworkError", None, "gone")
    checklist(stuck, INCIDENT, orders=Check.SKIPPED)
    assert ended(stuck, subject_of(stuck), settled=done, accounted=accounted(stuck)) is Outcome.RESOLVED
    assert stuck.item()["pnl_impact"].startswith("not known")


def test_a_run_that_failed_on_its_way_is_escalated_with_what_it_did(stuck: StuckRig) -> None:
    done = {**settled(stuck), "error": {"Error": "States.Timeout", "Cause": "late"}}
    assert ended(stuck, subject_of(stuck), settled=done) is Outcome.ESCALATED
    assert "States.Timeout" in stuck.item()["summary"]


def test_another_run_on_the_unit_is_named(stuck: StuckRig) -> None:
    refused = {"Error": "Refused", "Cause": '{"errorMessage": "incident inc-other"}'}
    assert ended(stuck, subject_of(stuck), refused=refused) is Outcome.DUPLICATE
    assert "inc-other" in stuck.item()["summary"]


def test_another_owner_of_the_unit_that_had_to_wait_is_started_again(stuck: StuckRig) -> None:
    raised(stuck)
    stuck.config("beta")
    stuck.position("pos-2", "beta")
    stuck.ports().incidents.note(INCIDENT, [], position_ids=[POSITION])
    stuck.work(detect_stuck)
    waiting = opened(stuck, position_id="pos-2", alarm_name=ALARM, alarm_at=text(stuck.now))
    refused = {"Error": "Refused", "Cause": "held"}
    assert ended(stuck, waiting, refused=refused) is Outcome.DUPLICATE
    before = len(runs(stuck))
    stuck.work(detect_stuck)
    assert len(runs(stuck)) == before
    stuck.world.advance(seconds=SETTINGS.limits.approval_lapses_close + 1)
    stuck.work(detect_stuck)
    assert [one["position_id"] for one in runs(stuck)[before:]] == ["pos-2"]


def test_a_second_run_on_the_same_position_is_not_started_again(stuck: StuckRig) -> None:
    stuck.ports().incidents.note(INCIDENT, [], position_ids=[POSITION])
    twin = opened(stuck, position_id=POSITION, alarm_name=ALARM, alarm_at=text(stuck.now))
    assert ended(stuck, twin, refused={"Error": "Refused", "Cause": "held"}) is Outcome.DUPLICATE
    assert stuck.world.item("guards", f"left/position/{POSITION}") is None


def test_what_is_refused_at_the_door_leaves_an_incident(stuck: StuckRig) -> None:
    answer = stuck.work(
        refuse_input,
        runbook="stuck-position",
        execution_arn=f"{EXECUTION}7",
        started_at=stuck.now,
        refusal='{"errorMessage": "position_id: no position"}',
    )
    assert stuck.item(answer.incident_id)["outcome"] == "invalid_input"


# --- the checklist's first line


def checked(rig: StuckRig, *strategy_ids: str) -> ChecklistItem:
    scope = Scope(child=True, strategy_ids=strategy_ids or None, since=rig.now)
    item: ChecklistItem = rig.work(check_positions, run=rig.the_run, scope=scope)
    return item


def test_positions_agree_with_the_venue_and_none_is_stuck(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    assert checked(stuck, STRATEGY).result is Check.PASS


def test_another_position_that_was_stuck_before_is_not_this_runs(stuck: StuckRig) -> None:
    scope = Scope(
        child=True,
        strategy_ids=(STRATEGY,),
        since=stuck.now,
        runbook="stuck-position",
        opened_at=stuck.now,
        position_ids=("another",),
    )
    item: ChecklistItem = stuck.work(check_positions, run=stuck.the_run, scope=scope)
    assert (item.result, item.concerns, item.about) == (Check.FAIL, "before", (POSITION,))
    assert item.began_at is not None
    assert item.began_at < stuck.now
    own = scope.model_copy(update={"position_ids": (POSITION,)})
    assert stuck.work(check_positions, run=stuck.the_run, scope=own).concerns == "run"
    later = scope.model_copy(update={"opened_at": item.began_at})
    assert stuck.work(check_positions, run=stuck.the_run, scope=later).concerns == "run"


def test_a_stuck_position_fails(stuck: StuckRig) -> None:
    item = checked(stuck, STRATEGY)
    assert (item.result, item.concerns, POSITION in item.value) == (Check.FAIL, "run", True)


@pytest.mark.parametrize("amount", ["0.499", "0.6", None])
def test_what_the_venue_holds_otherwise_fails(stuck: StuckRig, amount: str | None) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    stuck.venue.held.clear()
    if amount:
        stuck.venue.hold(stuck.unit, amount)
    assert checked(stuck, STRATEGY).result is Check.FAIL


def test_a_position_at_the_venue_that_no_table_knows_fails(stuck: StuckRig) -> None:
    stuck.world.tables["positions"].clear()
    item = checked(stuck, STRATEGY)
    assert (item.result, item.concerns) == (Check.FAIL, "run")


def test_the_other_side_is_not_taken_for_it(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    stuck.venue.held.clear()
    stuck.venue.hold(Unit("binanceusdm", "main", BTC, "short"), "0.5")
    assert checked(stuck, STRATEGY).result is Check.FAIL


def test_what_cannot_be_read_is_unknown_and_never_a_pass(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    stuck.world.trouble["exchange.positions"] = Transient("slow")
    assert checked(stuck, STRATEGY).result is Check.UNKNOWN
    del stuck.world.trouble["exchange.positions"]
    stuck.world.trouble["orders.of"] = Transient("slow")
    assert checked(stuck, STRATEGY).result in (Check.UNKNOWN, Check.FAIL)


def test_an_amount_that_cannot_be_read_is_unknown_by_itself(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None)
    stuck.strategy("beta", age=5)
    stuck.config("beta", account="second", symbols=["ETH/USDT:USDT"])
    stuck.position("p9", "beta", account="second", symbol="ETH/USDT:USDT", amount="much", exit_signal_at=None)
    stuck.venue.hold(Unit("binanceusdm", "second", "ETH/USDT:USDT", "long"), "3")
    own, other = checked(stuck, STRATEGY), checked(stuck, "beta")
    assert (own.result, own.concerns) == (Check.UNKNOWN, "others"), own
    assert (other.result, other.concerns) == (Check.UNKNOWN, "run"), other
    assert "p9: its amount cannot be read" in other.value
    # It hides nothing of the others.
    stuck.venue.held.clear()
    failed = checked(stuck, STRATEGY)
    assert (failed.result, failed.concerns) == (Check.FAIL, "run"), failed


def test_anothers_trouble_is_not_the_runs(stuck: StuckRig) -> None:
    stuck.config("beta", account="second", symbols=["ETH/USDT:USDT"])
    stuck.strategy("beta", age=5)
    item = checked(stuck, "beta")
    assert (item.result, item.concerns) == (Check.FAIL, "others")


def test_paper_is_not_compared(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, mode="paper")
    stuck.venue.held.clear()
    item = checked(stuck, STRATEGY)
    assert (item.result, "on paper" in item.value) == (Check.PASS, True)
