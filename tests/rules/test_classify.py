"""The table of stale-heartbeat in DESIGN.md, line by line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.facts import AlarmFact, ExposureFact, KillSwitchFact, Reading
from functions.rules.classify import Plan, Policy, Situation, classify
from tests.rules.facts import (
    ENGAGED,
    FAILED,
    NOW,
    VENUE,
    ago,
    crashed,
    deployment,
    logs,
    order,
    position,
    probe,
    service,
    situation,
    state,
    task,
)

OOM = "OutOfMemoryError: Container killed due to memory usage"
SILENT = logs(last=400, lines={"a": 400.0})


def plan_of(given: Situation) -> Plan:
    return classify(given, Policy(cluster="tradai-local"), NOW)


def judged(*stale: Any, **facts: Any) -> tuple[str, str, bool]:
    """Cause, remedy and "needs a person" of the one group."""
    plan = plan_of(situation(*stale, **facts))
    (group,) = plan.groups
    return group.cause, group.remedy, group.needs_person


def test_a_crashed_service_is_redeployed_unasked() -> None:
    assert judged(service=crashed()) == ("service_crashed", "redeploy", False)


def test_a_crashed_service_is_redeployed_even_where_last_heartbeats_still_look_young() -> None:
    plan = plan_of(situation(service=crashed(), beating=("b", "c")))
    assert [(g.remedy, g.interrupts) for g in plan.groups] == [("redeploy", ())]


def test_a_crashed_service_is_redeployed_although_nothing_else_could_be_read() -> None:
    unread: dict[str, Any] = {"logs": None, "exchange": {}, "database": None, "network": None, "exposure": None}
    assert judged(service=crashed(), **unread) == ("service_crashed", "redeploy", False)


def test_a_task_that_is_told_to_stop_is_no_running_task() -> None:
    stopping = service(task(desired_status="STOPPED"), running=0)
    assert judged(service=stopping)[0] == "service_crashed"


def test_a_crash_is_not_redeployed_while_a_venue_refuses_us_and_says_when() -> None:
    refusing = {VENUE: probe(FAILED, http_status=429, retry_after_seconds=90)}
    plan = plan_of(situation(service=crashed(), exchange=refusing))
    assert (plan.verdict, plan.groups[0].remedy) == ("escalate", "none")
    assert "Retry-After: 90 s" in plan.groups[0].proposal


def test_refusals_in_the_log_of_a_crashed_service_are_over_a_minute_after_its_last_line() -> None:
    limited = {"rate_limited": 3}
    assert judged(service=crashed(), logs=logs(limited, last=59))[1] == "none"
    assert judged(service=crashed(), logs=logs(limited, last=60))[1] == "redeploy"
    assert judged(service=crashed(), logs=logs(limited, last=299, retry_after_seconds=300))[1] == "none"
    assert judged(service=crashed(), logs=logs(limited, last=300, retry_after_seconds=300))[1] == "redeploy"
    assert judged(service=crashed(), logs=logs(limited, last=None))[1] == "redeploy"


def test_a_task_that_ecs_is_starting_is_waited_for_not_started_twice() -> None:
    starting = service(task("dead", "STOPPED"), task("new", "PENDING"))
    assert judged(service=starting) == ("deployment_in_progress", "wait_deployment", False)
    assert judged(service=service(task("dead", "STOPPED"), pending=1))[1] == "wait_deployment"


@pytest.mark.parametrize("field", ["stopped_reason", "container_reason"])
def test_memory_exhausted_asks_for_the_next_size_and_is_redeployed_at_its_own_meanwhile(field: str) -> None:
    plan = plan_of(situation(service=crashed(**{field: OOM})))
    (group,) = plan.groups
    assert (group.cause, group.remedy, group.needs_person) == ("memory_exhausted", "raise_memory", False)
    assert (group.redeploy_unasked, plan.verdict) == (True, "act")
    assert "1024 CPU units and 2048 MiB to 1024 CPU units and 3072 MiB" in group.proposal
    assert "--task-definition tradai-strategy" in group.proposal
    assert "--cluster tradai-local" in group.proposal


def test_exit_code_137_alone_is_no_sign_of_exhausted_memory() -> None:
    assert judged(service=crashed(exit_code=137))[0] == "service_crashed"


def test_only_the_last_stopped_task_explains_why_none_runs() -> None:
    earlier = task("1", "STOPPED", stopped_at=ago(2000), stopped_reason=OOM)
    last = task("2", "STOPPED", stopped_at=ago(100), stopped_reason="Essential container exited")
    assert judged(service=service(earlier, last))[0] == "service_crashed"
    assert judged(service=service(replace(earlier, stopped_at=ago(50)), last))[0] == "memory_exhausted"
    assert judged(service=service(replace(earlier, stopped_at=None), last))[0] == "memory_exhausted"


@pytest.mark.parametrize(
    ("age", "cause"), [(900, "memory_exhausted"), (901, "unknown"), (None, "memory_exhausted")]
)
def test_an_end_by_memory_long_ago_does_not_explain_the_trouble_of_a_task_that_runs(
    age: float | None, cause: str
) -> None:
    dead = task("dead", "STOPPED", stopped_reason=OOM, stopped_at=None if age is None else ago(age))
    assert judged(state(age=2000), service=service(task(), dead))[0] == cause
    assert judged(state(age=None), service=service(task(), dead))[0] == cause


@pytest.mark.parametrize(
    ("beat", "cause"), [(330, "memory_exhausted"), (329, "memory_exhausted"), (269, "deadlock")]
)
def test_a_strategy_that_has_beaten_since_an_end_by_memory_is_past_it(beat: float, cause: str) -> None:
    dead = task("dead", "STOPPED", stopped_reason=OOM, stopped_at=ago(300))
    assert judged(state(age=beat), service=service(task(), dead), logs=SILENT)[0] == cause
    assert judged(state(age=-600), service=service(task(), dead), logs=SILENT)[0] == "memory_exhausted"


def test_memory_exhausted_in_the_log_counts_as_well() -> None:
    assert judged(logs=logs({"out_of_memory": 1})) == ("memory_exhausted", "raise_memory", False)
    assert judged(service=crashed(), logs=logs({"out_of_memory": 1}))[0] == "memory_exhausted"
    assert judged(service=crashed(), logs=logs(by={"a": ["out_of_memory"]}))[0] == "memory_exhausted"


def test_memory_exhausted_beside_healthy_strategies_asks_and_names_whom_it_would_interrupt() -> None:
    plan = plan_of(situation(logs=logs({"out_of_memory": 1}), beating=("b", "c")))
    (group,) = plan.groups
    assert (group.remedy, group.redeploy_unasked, group.interrupts) == ("raise_memory", False, ("b", "c"))
    assert plan.verdict == "act"


@pytest.mark.parametrize("size", [{"cpu": None}, {"memory_mb": None}, {"cpu": 16384, "memory_mb": 122_880}])
def test_without_a_larger_size_it_is_redeployed_at_its_own_and_the_rest_is_a_persons(size: dict[str, Any]) -> None:
    (group,) = plan_of(situation(service=replace(crashed(stopped_reason=OOM), **size))).groups
    assert (group.remedy, group.needs_person, group.redeploy_unasked) == ("redeploy", True, False)
    healthy = plan_of(situation(logs=logs({"out_of_memory": 1}), service=service(**size), beating=("b",)))
    assert (healthy.groups[0].remedy, healthy.verdict) == ("none", "escalate")


@pytest.mark.parametrize(
    "facts",
    [
        {"kill_switch": replace(ENGAGED, strategy_ids=("b",))},
        {"kill_switch": None},
        {"exchange": {VENUE: probe(FAILED, http_status=429)}},
        {"exposure": None},
        {"logs": None},
    ],
)
def test_more_memory_is_not_asked_for_where_a_yes_could_not_be_carried_out(facts: dict[str, Any]) -> None:
    ended = service(task(), task("x", "STOPPED", stopped_reason=OOM, stopped_at=ago(5)))
    plan = plan_of(situation(service=ended, **facts))
    (group,) = [g for g in plan.groups if g.cause == "memory_exhausted"]
    assert (group.remedy, group.needs_person) == ("none", True)


def test_a_strategy_that_writes_no_line_while_others_do_is_restarted_by_itself() -> None:
    plan = plan_of(situation(beating=("b",), logs=logs(lines={"a": 400.0, "b": 1.0})))
    (group,) = plan.groups
    assert (group.cause, group.remedy, group.needs_person) == ("deadlock", "restart", False)
    assert group.interrupts == ("b",)
    assert "interrupts 1 strategies that beat: b" in group.proposal


def test_a_silent_service_in_which_nobody_beats_is_redeployed_unasked() -> None:
    assert judged(logs=SILENT) == ("deadlock", "redeploy", False)
    assert judged(logs=logs(last=None, lines={})) == ("deadlock", "redeploy", False)


def test_a_silent_service_with_another_stale_strategy_outside_the_run_is_not_redeployed() -> None:
    assert judged(logs=SILENT, besides=("z",))[1] == "restart"


@pytest.mark.parametrize(
    ("last", "silent"),
    [(119, False), (120, True), (301, True)],
)
def test_silence_begins_after_two_minutes_without_a_line(last: float, silent: bool) -> None:
    found = judged(beating=("b",), logs=logs(lines={"a": float(last), "b": 1.0}))
    assert (found[0] == "deadlock") is silent


def test_a_strategy_that_wrote_its_last_line_with_its_last_heartbeat_is_silent_too() -> None:
    found = judged(state(age=130), beating=("b",), logs=logs(lines={"a": 70.0, "b": 1.0}))
    assert found[0] == "deadlock"
    found = judged(state(age=130), beating=("b",), logs=logs(lines={"a": 69.0, "b": 1.0}))
    assert found[0] == "unknown"
    assert judged(state(age=None), logs=logs(lines={"a": 69.0}))[0] == "unknown"


def test_lines_that_name_no_strategy_prove_no_silence_of_one() -> None:
    (group,) = plan_of(situation(logs=logs(lines={}))).groups
    assert group.cause == "unknown"
    assert "Whether the strategy still writes lines is not known" in group.proposal


@pytest.mark.parametrize(("last", "cause"), [(119, "unknown"), (120, "deadlock")])
def test_a_service_whose_lines_name_no_strategy_is_silent_as_a_whole(last: float, cause: str) -> None:
    assert judged(logs=logs(last=last, lines={}))[0] == cause


def test_a_venue_that_does_not_answer_is_waited_for() -> None:
    assert judged(exchange={VENUE: probe(FAILED)}) == ("exchange_down", "wait_exchange", False)
    assert judged(exchange={VENUE: probe(FAILED)}, logs=SILENT)[0] == "exchange_down"


@pytest.mark.parametrize("pattern", ["timeout", "refused"])
def test_timeouts_in_the_log_are_an_exchange_down_unless_the_strategy_has_frozen_since(pattern: str) -> None:
    assert judged(logs=logs({pattern: 3}))[0] == "exchange_down"
    assert judged(logs=logs({pattern: 3}, last=400, lines={"a": 400.0}))[0] == "deadlock"
    unseen = {VENUE: probe(Reading.UNKNOWN)}
    assert judged(logs=logs({pattern: 3}, last=400, lines={"a": 400.0}), exchange=unseen)[0] == "exchange_down"


def test_a_pattern_that_names_its_strategy_is_not_held_against_another() -> None:
    plan = plan_of(situation(state("a"), state("b"), logs=logs({"timeout": 3}, {"a": ["timeout"]})))
    assert {g.strategy_ids: str(g.cause) for g in plan.groups}[("a",)] == "exchange_down"
    assert {g.strategy_ids: str(g.cause) for g in plan.groups}[("b",)] != "exchange_down"


def test_strategies_of_different_venues_make_different_groups() -> None:
    plan = plan_of(
        situation(
            state("a"),
            state("b", venue="krakenfutures"),
            exchange={VENUE: probe(FAILED), "krakenfutures": probe(FAILED)},
        )
    )
    assert [(g.venue, g.strategy_ids) for g in plan.groups] == [(VENUE, ("a",)), ("krakenfutures", ("b",))]
    assert len({g.group_id for g in plan.groups}) == 2


def test_a_strategy_without_a_known_venue_cannot_be_waited_for_and_asks() -> None:
    assert judged(state(venue=None), logs=logs({"timeout": 3})) == ("exchange_down", "none", True)


@pytest.mark.parametrize("status", [418, 429])
def test_a_refusing_venue_slows_its_strategies_down_and_restarts_nothing(status: int) -> None:
    refusing = {VENUE: probe(FAILED, http_status=status, retry_after_seconds=7)}
    plan = plan_of(situation(exchange=refusing, logs=SILENT))
    (group,) = plan.groups
    assert (group.cause, group.remedy, group.retry_after_seconds) == ("rate_limited", "slow_down", 7)


def test_refusals_in_the_log_slow_down_every_strategy_of_that_venue() -> None:
    plan = plan_of(
        situation(
            state("a"),
            state("b"),
            state("c", venue="krakenfutures"),
            logs=logs({"rate_limited": 2}, {"a": ["rate_limited"]}, lines={}, retry_after_seconds=30),
        )
    )
    limited = next(g for g in plan.groups if g.cause == "rate_limited")
    assert (limited.strategy_ids, limited.retry_after_seconds) == (("a", "b"), 30)


def test_a_frozen_strategy_is_not_restarted_where_its_own_address_may_be_limited() -> None:
    limited = logs({"rate_limited": 2}, {"a": ["rate_limited"]}, lines={"c": 400.0})
    for venue, remedy in (("krakenfutures", "restart"), (None, "none")):
        plan = plan_of(situation(state("a"), state("c", venue=venue), logs=limited, beating=("d",)))
        frozen = next(g for g in plan.groups if g.strategy_ids == ("c",))
        assert (frozen.cause, frozen.remedy) == ("deadlock", remedy)


def test_a_refusal_of_a_strategy_whose_venue_nobody_knows_forbids_every_restart() -> None:
    healthy_hit = logs({"rate_limited": 1}, {"d": ["rate_limited"]}, lines={"a": 400.0, "d": 1.0})
    assert judged(logs=healthy_hit, beating=("d",)) == ("deadlock", "none", True)
    assert judged(logs=replace(healthy_hit, last_line_at=ago(400))) == ("deadlock", "none", True)


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"network": probe(FAILED)}, "network_unreachable"),
        ({"database": probe(FAILED)}, "database_unreachable"),
        ({"network": probe(FAILED), "database": probe(FAILED)}, "network_unreachable"),
        ({"database": probe(FAILED), "exchange": {VENUE: probe(FAILED)}}, "database_unreachable"),
        ({"database": probe(FAILED), "logs": SILENT}, "database_unreachable"),
        ({"database": probe(FAILED), "logs": logs({"out_of_memory": 1})}, "database_unreachable"),
        ({"logs": logs({"network": 1})}, "network_unreachable"),
        ({"logs": logs({"database": 1})}, "database_unreachable"),
        ({"logs": logs({"network": 1, "database": 1, "timeout": 1})}, "network_unreachable"),
    ],
)  # fmt: skip
def test_database_or_network_unreachable_restarts_nothing(facts: dict[str, Any], cause: str) -> None:
    assert judged(**facts) == (cause, "wait_connectivity", False)


def test_a_deployment_in_progress_is_waited_for() -> None:
    fresh = service(task(), deployments=(deployment("IN_PROGRESS", created_at=ago(60)),))
    assert judged(service=fresh, logs=SILENT) == ("deployment_in_progress", "wait_deployment", False)
    unknown_age = service(task(), deployments=(deployment("IN_PROGRESS", created_at=None),))
    assert judged(service=unknown_age)[1] == "wait_deployment"


def test_where_ecs_tells_no_rollout_state_two_deployments_are_one_in_progress() -> None:
    two = (deployment(None, created_at=ago(9)), deployment(None, status="ACTIVE", name="ecs-svc/0"))
    assert judged(service=service(task(), deployments=two))[0] == "deployment_in_progress"
    assert judged(service=service(task(), deployments=two[:1]))[0] == "unknown"
    old = (two[0], replace(two[1], status="INACTIVE"))
    assert judged(service=service(task(), deployments=old))[0] == "unknown"


def test_a_failed_deployment_is_escalated_and_never_redeployed() -> None:
    failed = service(task("x", "STOPPED"), deployments=(deployment("FAILED"),))
    assert judged(service=failed) == ("deployment_failed", "none", True)


def test_a_deployment_that_does_not_end_is_a_failed_one() -> None:
    stuck = service(task(), deployments=(deployment("IN_PROGRESS", created_at=ago(901)),))
    assert judged(service=stuck) == ("deployment_failed", "none", True)


def test_a_rollback_in_progress_is_waited_for_although_a_deployment_failed_before_it() -> None:
    both = (deployment("FAILED", status="ACTIVE"), deployment("IN_PROGRESS", created_at=ago(5), name="ecs-svc/2"))
    assert judged(service=service(task(), deployments=both))[0] == "deployment_in_progress"


def test_an_engaged_kill_switch_leaves_nothing_to_do_and_says_who_and_why() -> None:
    plan = plan_of(situation(kill_switch=ENGAGED, service=crashed()))
    assert plan.verdict == "nothing_to_do"
    assert [(g.cause, g.remedy, g.needs_person) for g in plan.groups] == [("halted", "none", False)]
    told = "; ".join(e.value for e in plan.groups[0].evidence)
    assert "the kill switch is engaged by ana at 2026-03-01 02:00:00 UTC: drill" in told


def test_a_kill_switch_with_an_empty_list_is_engaged_for_everybody() -> None:
    plan = plan_of(situation(kill_switch=replace(ENGAGED, strategy_ids=())))
    assert plan.verdict == "nothing_to_do"


def test_a_kill_switch_for_some_halts_these_and_forbids_a_redeploy_for_the_rest() -> None:
    some = KillSwitchFact(engaged=True, strategy_ids=("a",))
    plan = plan_of(situation(state("a"), state("b"), kill_switch=some, service=crashed()))
    assert [(g.strategy_ids, g.cause, g.remedy) for g in plan.groups] == [
        (("a",), "halted", "none"),
        (("b",), "service_crashed", "none"),
    ]
    plan = plan_of(situation(state("b"), kill_switch=some, beating=("c",), logs=logs(lines={"b": 400.0, "c": 1.0})))
    assert plan.groups[0].remedy == "restart"


@pytest.mark.parametrize(
    "facts", [{"service": crashed()}, {"logs": SILENT}, {}, {"logs": logs({"out_of_memory": 1})}]
)
def test_an_unreadable_kill_switch_restarts_nothing(facts: dict[str, Any]) -> None:
    plan = plan_of(situation(kill_switch=None, **facts))
    assert plan.verdict == "escalate"
    assert plan.groups[0].remedy == "none"
    assert "kill switch could not be read" in plan.groups[0].proposal


def test_an_unreadable_kill_switch_does_not_forbid_to_wait() -> None:
    assert judged(kill_switch=None, exchange={VENUE: probe(FAILED)})[1] == "wait_exchange"


def test_a_service_scaled_to_zero_without_the_kill_switch_is_escalated() -> None:
    assert judged(service=service(task("x", "STOPPED"), desired=0)) == ("scaled_to_zero", "none", True)


def test_a_service_that_is_not_active_is_escalated() -> None:
    plan = plan_of(situation(service=replace(crashed(), status="INACTIVE")))
    assert (plan.verdict, plan.groups[0].cause) == ("escalate", "unknown")
    assert "The service is INACTIVE: it cannot run a task" in plan.groups[0].proposal


def test_an_unknown_cause_restarts_a_strategy_that_has_nothing_open() -> None:
    assert judged() == ("unknown", "restart", False)


@pytest.mark.parametrize(
    "exposure",
    [
        ExposureFact((position(),)),
        ExposureFact((position(status="closing"),)),
        ExposureFact(exits_in_flight=("p7",)),
        ExposureFact(orders=(order(protective=False, reducing=True),)),
        ExposureFact(orders=(order(protective=False, reducing=None, strategy_id=None),)),
        ExposureFact(unreadable=("positions: throttled",)),
        None,
    ],
)
def test_an_unknown_cause_with_anything_open_or_unreadable_asks(exposure: ExposureFact | None) -> None:
    assert judged(exposure=exposure) == ("unknown", "none", True)


@pytest.mark.parametrize(
    "exposure",
    [
        ExposureFact((position(strategy_id="b"),)),
        ExposureFact((position(status="closed"),)),
        ExposureFact((position(strategy_id="b"),), exits_in_flight=("p1",)),
        ExposureFact(orders=(order(protective=False, reducing=False),)),
        ExposureFact(orders=(order(protective=True),)),
        ExposureFact((position(strategy_id="b"),), (order(protective=False, strategy_id=None),)),
    ],
)
def test_what_belongs_to_others_or_opens_or_protects_holds_no_restart_up(exposure: ExposureFact) -> None:
    assert judged(exposure=exposure)[1] == "restart"


def test_a_frozen_strategy_with_an_open_position_is_restarted_but_not_where_it_cannot_be_written_down() -> None:
    frozen = logs(lines={"a": 400.0, "b": 1.0})
    assert judged(logs=frozen, beating=("b",), exposure=ExposureFact((position(),)))[1] == "restart"
    assert judged(logs=frozen, beating=("b",), exposure=None)[1] == "none"
    assert judged(logs=SILENT, exposure=None)[1] == "none"


def test_without_the_log_nothing_is_restarted_because_a_rate_limit_cannot_be_ruled_out() -> None:
    assert judged(logs=None) == ("unknown", "none", True)
    ended = service(task(), task("x", "STOPPED", stopped_reason=OOM, stopped_at=ago(5)))
    assert judged(logs=None, service=ended) == ("memory_exhausted", "none", True)


def test_without_the_service_nothing_is_restarted_and_venues_are_still_waited_for() -> None:
    assert judged(service=None, logs=SILENT) == ("unknown", "none", True)
    assert judged(service=None, logs=logs({"out_of_memory": 1})) == ("memory_exhausted", "none", True)
    assert judged(service=None, exchange={VENUE: probe(FAILED)})[1] == "wait_exchange"


def test_mixed_troubles_get_their_own_remedies_and_no_redeploy() -> None:
    plan = plan_of(
        situation(
            state("a"),
            state("b", venue="krakenfutures"),
            exchange={VENUE: probe(), "krakenfutures": probe(FAILED)},
            logs=logs(lines={"a": 400.0, "b": 1.0}),
        )
    )
    assert {g.strategy_ids: (str(g.cause), str(g.remedy)) for g in plan.groups} == {
        ("a",): ("deadlock", "restart"),
        ("b",): ("exchange_down", "wait_exchange"),
    }
    assert plan.verdict == "act"


@pytest.mark.parametrize(
    ("alarm", "told"), [("OK", "OK"), ("INSUFFICIENT_DATA", "INSUFFICIENT_DATA"), (None, "unreadable")]
)
def test_nothing_stale_and_no_alarm_up_leaves_nothing_to_do(alarm: str | None, told: str) -> None:
    plan = plan_of(Situation((), ("a",), None, None, alarm=AlarmFact("heartbeat-stale", alarm)))
    assert (plan.verdict, plan.groups) == ("nothing_to_do", ())
    assert told in plan.reason
    assert plan_of(Situation((), ("a",), None, None)).verdict == "nothing_to_do"


def test_an_alarm_that_is_up_without_a_stale_heartbeat_means_the_detector_is_broken() -> None:
    alarm = AlarmFact("heartbeat-stale", "ALARM", "Threshold Crossed: no datapoints", None, "missing")
    plan = plan_of(Situation((), ("a", "b"), None, None, alarm=alarm))
    assert plan.verdict == "escalate"
    assert "Threshold Crossed: no datapoints" in plan.groups[0].proposal
    assert "missing data as missing" in plan.groups[0].proposal
    assert plan.groups[0].evidence[0].where == "heartbeat-stale"
    plan = plan_of(Situation((), (), None, None, alarm=AlarmFact("heartbeat-stale", "ALARM")))
    assert "treats missing data as unknown" in plan.groups[0].proposal


def test_an_alarm_without_stale_heartbeats_is_no_detector_fault_while_trading_is_halted() -> None:
    alarm = AlarmFact("heartbeat-stale", "ALARM")
    assert plan_of(Situation((), (), None, None, alarm=alarm, kill_switch=ENGAGED)).verdict == "nothing_to_do"


def test_evidence_of_a_group_names_every_look_and_says_what_could_not_be_read() -> None:
    seven = [state(name) for name in "abcdefg"]
    seven[1] = state("b", age=None, heartbeat_text="never")
    seven[2] = state("c", age=None)
    unread: dict[str, Any] = {"logs": None, "exchange": {}, "database": None, "network": None, "exposure": None}
    plan = plan_of(situation(*seven, service=crashed(), **unread))
    told = {(e.what, e.where): e.value for e in plan.groups[0].evidence}
    assert told[("heartbeat", "a")] == "300 s old, status running"
    assert told[("heartbeat", "b")] == "unreadable: 'never'"
    assert told[("heartbeat", "c")] == "missing"
    assert told[("heartbeats", "trading state")] == "2 more are stale"
    assert told[("database", "not probed")] == "unknown"
    assert told[("exposure", "positions and orders")] == "unknown: not read"
    assert "Essential container exited (exit 1)" in told[("service", "tradai-strategy-service-local")]
    plan = plan_of(situation(service=None, exposure=ExposureFact(unreadable=("orders: throttled",))))
    told = {(e.what, e.where): e.value for e in plan.groups[0].evidence}
    assert told[("exposure", "positions and orders")] == "unknown: orders: throttled"
    assert told[("service", "ECS")] == "the service could not be read"


def test_the_policy_takes_its_numbers_from_the_limits_of_the_settings() -> None:
    class Limits:
        log_window, deadlock_silence, deployment_wait, exchange_wait, connectivity_wait = 1, 2, 3, 4, 5

    assert Policy.of(Limits(), "c") == Policy(1, 2, 3, 4, 5, "c")


def test_the_reason_counts_the_stale_of_a_list_that_was_cut() -> None:
    assert plan_of(situation(service=crashed())).reason.startswith("1 stale; 1 service crashed")
    cut = plan_of(situation(service=crashed(), stale_total=1505)).reason
    assert cut.startswith("1505 stale, 1 of them looked at singly; 1 service crashed")


def test_a_task_that_has_only_just_started_is_waited_for_and_not_taken_for_a_deadlock() -> None:
    """ECS replaces a dead task by itself: when the alarm goes off the new one runs and has had no time to beat."""
    new = service(task("new", started_at=ago(20)))
    assert judged(state(age=300), service=new, logs=SILENT)[:2] == ("deployment_in_progress", "wait_deployment")


@pytest.mark.parametrize(("started", "beat"), [(600, 700), (100, 90), (200, 300)])
def test_a_start_that_is_long_over_or_before_the_last_heartbeat_explains_no_silence(
    started: int, beat: int
) -> None:
    old = service(task("old", started_at=ago(started)))
    assert judged(state(age=beat), service=old, logs=SILENT)[0] == "deadlock"


def test_one_task_that_runs_for_long_explains_that_a_young_one_beside_it_is_not_the_reason() -> None:
    both = service(task("old"), task("new", started_at=ago(20)), desired=2)
    assert judged(state(age=300), service=both, logs=SILENT)[0] == "deadlock"
