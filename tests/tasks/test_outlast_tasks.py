"""The tasks of outlast: what is waited for, who is slowed down, and when it is over."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.contracts import Run
from functions.errors import Broken, Transient, Uncertain
from functions.facts import ProbeFact, Reading
from functions.outlasting import Outlast
from functions.rules.plan import Cause, Remedy
from functions.tasks import look_again, plan_outlast, slow_down, watcher
from tests.rules import facts
from tests.tasks.rig import INCIDENT, SETTINGS, Rig, job

EXCHANGE = SETTINGS.connectivity.exchange["binanceusdm"]
FIELD = "order_cooldown_seconds"


def plan(rig: Rig, run: Run, *strategy_ids: str, **group: Any) -> Outlast:
    given = {"remedy": Remedy.SLOW_DOWN, "cause": Cause.RATE_LIMITED, "venue": "binanceusdm", **group}
    answer: Outlast = rig.work(plan_outlast, job=job(run, *strategy_ids, **given))
    return answer


# --- plan


@pytest.mark.parametrize(
    ("remedy", "cause", "what", "looks"),
    [
        (Remedy.WAIT_EXCHANGE, Cause.EXCHANGE_DOWN, "exchange", 30),
        (Remedy.SLOW_DOWN, Cause.RATE_LIMITED, "rate_limit", 30),
        (Remedy.WAIT_CONNECTIVITY, Cause.DATABASE_UNREACHABLE, "database", 30),
        (Remedy.WAIT_CONNECTIVITY, Cause.NETWORK_UNREACHABLE, "network", 30),
        (Remedy.WAIT_DEPLOYMENT, Cause.DEPLOYMENT_IN_PROGRESS, "deployment", 30),
    ],
)
def test_every_trouble_has_its_wait(rig: Rig, remedy: Remedy, cause: Cause, what: str, looks: int) -> None:
    answer = plan(rig, rig.run(), remedy=remedy, cause=cause)
    assert (answer.what, answer.wait_seconds, answer.looks_left) == (what, 30, looks)
    assert (answer.slow_down, answer.over, answer.again) == (remedy is Remedy.SLOW_DOWN, False, True)


def test_a_retry_after_is_waited_out_before_the_first_look(rig: Rig) -> None:
    answer = plan(rig, rig.run(), retry_after_seconds=300)
    assert (answer.wait_seconds, answer.looks_left) == (300, 3)


# --- slow down


def configured(rig: Rig, strategy_id: str = "s1", cooldown: Any = Decimal(45)) -> None:
    field = {} if cooldown is None else {FIELD: cooldown}
    rig.world.put("strategy_config", {"strategy_id": strategy_id, "exchange": "binanceusdm", **field})


def cooldown(rig: Rig, strategy_id: str = "s1") -> Any:
    return (rig.world.item("strategy_config", strategy_id) or {}).get(FIELD)


def slow(rig: Rig, run: Run, *strategy_ids: str) -> slow_down.Response:
    answer: slow_down.Response = rig.work(slow_down, plan=plan(rig, run, *strategy_ids))
    return answer


@pytest.mark.parametrize(
    ("present", "raised"), [(Decimal(45), 90), (None, 60), (Decimal(400), 600), (Decimal(-1), 60), ("soon", 60)]
)
def test_a_cooldown_is_doubled_within_its_bounds_for_as_long_as_the_settings_say(
    rig: Rig, present: Any, raised: int
) -> None:
    configured(rig, cooldown=present)
    answer = slow(rig, rig.opened())
    assert (answer.slowed, answer.left_alone, cooldown(rig)) == (("s1",), (), raised)
    [override] = twins(rig.world).strategy_config.overrides()
    assert override["expires_at"] == rig.now + timedelta(seconds=14_400)
    assert (override["old"], override["incident_id"]) == (present, INCIDENT)
    intent = rig.intents()["slow-down/s1"]
    assert (intent["before"], intent["result"]) == (f"{FIELD} {present}", "done")


def test_the_watcher_puts_back_what_was_slowed_down(rig: Rig) -> None:
    configured(rig)
    slow(rig, rig.opened())
    rig.world.advance(seconds=14_401)
    assert rig.work(watcher).put_back == (f"s1.{FIELD}",)
    assert cooldown(rig) == 45


def test_a_cooldown_at_its_cap_is_left_alone(rig: Rig) -> None:
    configured(rig, cooldown=Decimal(600))
    answer = slow(rig, rig.opened())
    assert (answer.slowed, answer.left_alone) == ((), (f"s1: {FIELD} is 600 already, at its cap",))


@pytest.mark.parametrize("position", [{"status": "closing"}, {"exit_signal_at": "2026-03-01T02:59:00Z"}])
def test_a_strategy_with_an_exit_in_flight_is_left_alone(rig: Rig, position: dict[str, str]) -> None:
    configured(rig)
    configured(rig, "s2")
    given = {"position_id": "p1", "strategy_id": "s1", "amount": Decimal(1), "status": "open", **position}
    rig.world.put("positions", given)
    answer = slow(rig, rig.opened(), "s1", "s2")
    assert answer.slowed == ("s2",)
    assert answer.left_alone == ("s1: an exit may be due, and the cooldown could bind it",)
    assert ("not slowed down, left to a person", answer.left_alone[0]) in rig.evidence()
    assert cooldown(rig) == 45


def test_a_working_exit_order_counts_as_an_exit_in_flight_and_a_protective_one_does_not(rig: Rig) -> None:
    for strategy_id, kind in (("s1", "limit"), ("s2", "stop_market")):
        configured(rig, strategy_id)
        position = {"position_id": f"p-{strategy_id}", "strategy_id": strategy_id, "amount": Decimal(1)}
        rig.world.put("positions", {**position, "status": "open"})
        order = {"position_id": f"p-{strategy_id}", "order_id": "o1", "type": kind, "status": "open"}
        rig.world.put("orders", {**order, "reduce_only": True})
    assert slow(rig, rig.opened(), "s1", "s2").slowed == ("s2",)


@pytest.mark.parametrize("port", ["positions.open_of", "orders.working"])
def test_where_exits_cannot_be_read_nobody_is_slowed_down(rig: Rig, port: str) -> None:
    configured(rig)
    rig.world.trouble[port] = Transient("throttled")
    assert slow(rig, rig.opened()).slowed == ()
    assert cooldown(rig) == 45


def test_a_value_that_somebody_changes_meanwhile_is_not_written_over(rig: Rig) -> None:
    configured(rig)
    run = rig.opened()
    twins(rig.world).strategy_config.override(
        "s1", FIELD, expected=Decimal(45), value=Decimal(50), incident_id="inc-other", expires_at=rig.now
    )
    answer = slow(rig, run)
    assert answer.left_alone == (f"s1: {FIELD} was changed by somebody else meanwhile",)
    assert cooldown(rig) == 50
    assert rig.intents()["slow-down/s1"]["result"] == "not_done"


def test_a_strategy_without_a_config_is_left_alone(rig: Rig) -> None:
    assert slow(rig, rig.opened()).slowed == ()


@pytest.mark.parametrize("present", [Decimal(45), Decimal(400), None])
def test_a_retry_after_a_lost_answer_finds_its_own_override_and_raises_nothing_twice(
    rig: Rig, present: Decimal | None
) -> None:
    configured(rig, cooldown=present)
    run = rig.opened()
    rig.world.trouble["incidents.settle"] = Transient("throttled")
    with pytest.raises(Transient):
        slow(rig, run)
    raised = cooldown(rig)
    del rig.world.trouble["incidents.settle"]
    for _ in range(2):
        answer = slow(rig, run)
        assert (answer.slowed, answer.left_alone, cooldown(rig)) == (("s1",), (), raised)
    assert rig.called("strategy_config.override") == ["strategy_config.override"]
    assert rig.intents()["slow-down/s1"]["result"] == "done"


def test_a_retry_of_a_slow_down_that_never_happened_does_it(rig: Rig) -> None:
    configured(rig)
    run = rig.opened()
    rig.world.trouble["strategy_config.override"] = Transient("throttled")
    with pytest.raises(Transient):
        slow(rig, run)
    del rig.world.trouble["strategy_config.override"]
    slow(rig, run)
    assert cooldown(rig) == 90


def test_an_uncertain_write_ends_the_slow_down_as_unknown(rig: Rig) -> None:
    configured(rig)
    rig.world.trouble["strategy_config.override"] = Uncertain("read timeout")
    with pytest.raises(Uncertain):
        slow(rig, rig.opened())
    assert rig.intents()["slow-down/s1"]["result"] == "unknown"


def test_a_dry_run_slows_nobody_down(rig: Rig) -> None:
    configured(rig)
    slow(rig, rig.opened(dry_run=True))
    assert cooldown(rig) == 45
    assert rig.evidence() == [(f"would raise {FIELD} to 90", f"{FIELD} 45")]


# --- look again


def look(rig: Rig, plan: Outlast) -> look_again.Response:
    answer: look_again.Response = rig.work(look_again, plan=plan)
    return answer


def waiting(rig: Rig, what: str, **more: Any) -> Outlast:
    run = rig.opened()
    return plan(rig, run).model_copy(update={"what": what, **more})


TARGETS = {
    "exchange": EXCHANGE,
    "rate_limit": EXCHANGE,
    "database": SETTINGS.connectivity.database,
    "network": SETTINGS.connectivity.network,
}


@pytest.mark.parametrize("what", sorted(TARGETS))
def test_it_is_over_when_the_target_answers_and_not_before(rig: Rig, what: str) -> None:
    target = TARGETS[what]
    rig.world.probes[target] = ProbeFact(target, Reading.FAILED, "HTTP 503", rig.now)
    first = look(rig, waiting(rig, what))
    assert (first.over, first.again, first.looks_left, first.seen_at) == (False, True, 29, None)
    assert first.why == "failed: HTTP 503 (outside the platform's network)"
    del rig.world.probes[target]
    rig.world.advance(seconds=30)
    second = look(rig, first)
    assert (second.over, second.again, second.looks_left, second.seen_at) == (True, False, 28, rig.now)
    assert [what for what, _ in rig.evidence()] == [f"look again: {what.replace('_', ' ')}"] * 2


def test_what_cannot_be_told_is_not_over(rig: Rig) -> None:
    rig.world.probes[EXCHANGE] = ProbeFact(EXCHANGE, Reading.UNKNOWN, "no DNS", rig.now)
    assert not look(rig, waiting(rig, "exchange")).over


@pytest.mark.parametrize(
    ("service", "over"),
    [
        (facts.service(), True),
        (facts.service(deployments=(facts.deployment("IN_PROGRESS"),)), False),
        (facts.service(deployments=(facts.deployment("FAILED"),)), False),
        (facts.service(deployments=()), False),
        (facts.service(running=0), False),
        (facts.service(desired=0), False),
        (facts.crashed(), False),
    ],
)
def test_a_deployment_is_over_when_it_is_completed_and_its_tasks_run(rig: Rig, service: Any, over: bool) -> None:
    rig.world.service = service
    assert look(rig, waiting(rig, "deployment")).over is over


def test_a_deployment_that_has_failed_is_not_waited_for_any_longer(rig: Rig) -> None:
    rig.world.service = facts.service(deployments=(facts.deployment("FAILED"),))
    answer = look(rig, waiting(rig, "deployment"))
    assert (answer.over, answer.again) == (False, False)


def test_the_looks_end(rig: Rig) -> None:
    rig.world.probes[EXCHANGE] = ProbeFact(EXCHANGE, Reading.FAILED, "timeout", rig.now)
    seen: Outlast = waiting(rig, "exchange")
    looks = 0
    while seen.again:
        seen, looks = look(rig, seen), looks + 1
        rig.world.advance(seconds=30)
    assert (looks, seen.over) == (30, False)


def test_a_dry_run_looks_once(rig: Rig) -> None:
    rig.world.probes[EXCHANGE] = ProbeFact(EXCHANGE, Reading.FAILED, "timeout", rig.now)
    assert not look(rig, plan(rig, rig.opened(dry_run=True))).again


@pytest.mark.parametrize(
    ("asked", "wait", "left"), [(20, 30, 29), (None, 30, 29), (90, 90, 9), (800, 800, 1), (9000, 3600, 0)]
)
def test_a_retry_after_that_grew_is_waited_out_within_the_same_whole_wait(
    rig: Rig, asked: int | None, wait: int, left: int
) -> None:
    banned = ProbeFact(EXCHANGE, Reading.FAILED, "HTTP 429", rig.now, 429, retry_after_seconds=asked)
    rig.world.probes[EXCHANGE] = banned
    answer = look(rig, waiting(rig, "rate_limit"))
    assert (answer.wait_seconds, answer.looks_left, answer.again) == (wait, left, left > 0)


def test_a_venue_without_an_address_is_our_fault_and_says_which_setting(rig: Rig) -> None:
    run = rig.opened()
    with pytest.raises(Broken, match=r"connectivity\.exchange holds no address for the venue 'kraken'"):
        look(rig, plan(rig, run, venue="kraken"))
    with pytest.raises(Broken, match="venue None"):
        look(rig, plan(rig, run, venue=None))
