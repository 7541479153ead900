"""What holds in every world, told without the classifier's own words for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.facts import ExposureFact, KillSwitchFact, LogFact, Reading, ServiceFact
from functions.rules.classify import Group, Policy, Situation, classify
from tests.rules.facts import NOW
from tests.rules.worlds import exposures, log_facts, situations

MANY = settings(max_examples=150, deadline=None)
POLICY = Policy()
REDEPLOYS = ("redeploy", "raise_memory")


def restarting(situation: Situation) -> list[Group]:
    plan = classify(situation, POLICY, NOW)
    return [g for g in plan.groups if g.remedy in ("restart", *REDEPLOYS)]


def a_task_runs(service: ServiceFact) -> bool:
    listed = any(t.last_status == "RUNNING" and t.desired_status == "RUNNING" for t in service.tasks)
    return service.running > 0 or listed


@MANY
@given(situations())
def test_every_world_has_one_plan_and_the_same_one_each_time(situation: Situation) -> None:
    plan = classify(situation, POLICY, NOW)
    assert plan == classify(situation, POLICY, NOW)
    assert plan.reason
    assert len({g.group_id for g in plan.groups}) == len(plan.groups)


@MANY
@given(situations(), st.data())
def test_the_order_in_which_strategies_are_found_changes_nothing(situation: Situation, data: st.DataObject) -> None:
    shuffled = tuple(data.draw(st.permutations(situation.stale)))
    again = replace(situation, stale=shuffled)
    assert classify(again, POLICY, NOW) == classify(situation, POLICY, NOW)


@MANY
@given(situations())
def test_every_stale_strategy_is_in_exactly_one_group(situation: Situation) -> None:
    plan = classify(situation, POLICY, NOW)
    listed = Counter(s for g in plan.groups for s in g.strategy_ids)
    assert listed == Counter(s.strategy_id for s in situation.stale)


@MANY
@given(situations())
def test_a_strategy_that_does_not_beat_is_never_passed_over_in_silence(situation: Situation) -> None:
    """Nothing to do is only said where nothing is stale, or everything stale is halted by a kill switch."""
    plan = classify(situation, POLICY, NOW)
    switch = situation.kill_switch
    if plan.verdict == "nothing_to_do" and situation.stale:
        assert switch is not None
        assert switch.engaged
        assert {g.cause for g in plan.groups} == {"halted"}
    for group in plan.groups:
        assert group.remedy != "none" or group.needs_person or group.cause == "halted"
        assert group.proposal
        assert group.evidence


@MANY
@given(situations())
def test_nothing_that_is_halted_is_restarted_and_nothing_at_all_where_the_kill_switch_is_unreadable(
    situation: Situation,
) -> None:
    switch = situation.kill_switch
    for group in restarting(situation):
        assert switch is not None
        if switch.engaged:
            assert switch.strategy_ids
            assert group.remedy == "restart"
            assert not set(group.strategy_ids) & set(switch.strategy_ids)


@MANY
@given(situations(kill_switch=KillSwitchFact(engaged=False)))
def test_nothing_is_restarted_on_an_address_that_a_venue_refuses(situation: Situation) -> None:
    refusing = {v for v, p in situation.exchange.items() if p.http_status in (418, 429)}
    venue_of = {s.strategy_id: s.venue for s in situation.stale}
    for group in restarting(situation):
        if group.remedy in REDEPLOYS:
            assert not refusing
            continue
        assert situation.logs is not None
        hit = [s for s, names in situation.logs.by_strategy.items() if "rate_limited" in names]
        limited = {*refusing, *(venue_of.get(s) for s in hit)}
        assert None not in limited
        assert hit or not situation.logs.counts.get("rate_limited")
        for strategy_id in group.strategy_ids:
            assert venue_of[strategy_id] not in limited
            assert venue_of[strategy_id] is not None or not limited


@MANY
@given(situations(kill_switch=KillSwitchFact(engaged=False)))
def test_a_healthy_strategy_is_never_interrupted_unasked(situation: Situation) -> None:
    """A redeploy is only unasked where no task runs, or where nobody beats and all are ill of the same."""
    plan = classify(situation, POLICY, NOW)
    for group in plan.groups:
        if group.remedy != "redeploy" and not group.redeploy_unasked:
            continue
        assert situation.service is not None
        assert group.interrupts == ()
        if a_task_runs(situation.service):
            assert situation.beating == situation.besides == ()
            assert set(group.strategy_ids) == {s.strategy_id for s in situation.stale}


@MANY
@given(situations(kill_switch=KillSwitchFact(engaged=False)))
def test_a_service_scaled_down_deploying_failed_or_unread_is_never_redeployed(situation: Situation) -> None:
    service = situation.service
    if any(g.remedy in REDEPLOYS for g in restarting(situation)):
        assert service is not None
        assert service.status == "ACTIVE"
        assert service.desired > 0
        alive = [d for d in service.deployments if d.status != "INACTIVE"]
        assert not {d.rollout for d in alive} & {"IN_PROGRESS", "FAILED"}


@MANY
@given(situations(kill_switch=KillSwitchFact(engaged=False)))
def test_a_failing_database_or_network_under_a_running_task_restarts_nothing(situation: Situation) -> None:
    down = any(p is not None and p.reading is Reading.FAILED for p in (situation.database, situation.network))
    if down and situation.service is not None and a_task_runs(situation.service):
        assert restarting(situation) == []


@MANY
@given(situations(kill_switch=KillSwitchFact(engaged=False), logs=None))
def test_an_unread_log_restarts_nothing_that_runs(situation: Situation) -> None:
    for group in restarting(situation):
        assert group.remedy == "redeploy"
        assert situation.service is not None
        assert not a_task_runs(situation.service)


@MANY
@given(situations(kill_switch=KillSwitchFact(engaged=False), exposure=None))
def test_an_unreadable_exposure_never_restarts_for_an_unknown_cause(situation: Situation) -> None:
    for group in restarting(situation):
        assert group.cause != "unknown"
        assert situation.service is not None
        assert not a_task_runs(situation.service)


@MANY
@given(situations(), exposures(), log_facts())
def test_an_unknown_cause_restarts_only_what_has_nothing_open(
    situation: Situation, exposure: ExposureFact, logs: LogFact
) -> None:
    running = ServiceFact("svc", "ACTIVE", 1, 1, 0, 200, 100)
    well: dict[str, Any] = {
        "exchange": {},
        "database": None,
        "network": None,
        "kill_switch": KillSwitchFact(engaged=False),
    }
    world = replace(situation, service=running, logs=logs, exposure=exposure, **well)
    for group in restarting(world):
        if group.cause == "unknown":
            assert not exposure.unreadable
            open_for = {p.strategy_id for p in exposure.positions if p.status != "closed"}
            assert not open_for & set(group.strategy_ids)


@MANY
@given(situations())
def test_unknown_probes_never_make_a_plan_bolder(situation: Situation) -> None:
    """Taking knowledge away - logs, exposure, kill switch, service - never adds a strategy to a restart."""
    known = {s for g in restarting(situation) for s in g.strategy_ids}
    for unread in ("exposure", "kill_switch", "service"):
        nothing: dict[str, Any] = {unread: None}
        less = replace(situation, **nothing)
        assert {s for g in restarting(less) for s in g.strategy_ids} <= known
