"""The tasks of switch-exchange, in the order in which the machine calls them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.adapters.memory.config import MemoryStrategyConfig
from functions.contracts import Answer, Run
from functions.errors import Transient, Uncertain
from functions.facts import ProbeFact, Reading, Result
from functions.outlasting import Outlast
from functions.ports import Ports
from functions.rules.pieces import AfterAsking
from functions.rules.plan import Cause, Remedy
from functions.settings import Account, Connectivity, Platform
from functions.switching import Switched, SwitchPlan
from functions.tasks import look_again, plan_outlast, plan_switch_exchange, settle_switch, switch_exchange
from functions.venue import Row, Trouble
from tests.tasks.rig import INCIDENT, SETTINGS, Rig, job
from tests.tasks.venues import holds, rests

VENUE, FALLBACK = "binanceusdm", "bybit"
URLS = {VENUE: "https://binance.example/ping", FALLBACK: "https://bybit.example/ping"}
ERROR = {"Error": "States.Timeout", "Cause": "nobody was heard"}


@pytest.fixture
def rig() -> Rig:
    """Two strategies on a venue that is down, with a fallback that answers."""
    made = Rig(SETTINGS.model_copy(update={"connectivity": Connectivity(exchange=URLS)}))
    down(made, VENUE)
    for strategy_id in ("s1", "s2"):
        configured(made, strategy_id)
    return made


def configured(rig: Rig, strategy_id: str, **more: Any) -> None:
    item = {"strategy_id": strategy_id, "exchange": VENUE, "fallback_exchange": FALLBACK, **more}
    rig.world.put("strategy_config", {key: value for key, value in item.items() if value is not None})


def down(rig: Rig, venue: str) -> None:
    rig.world.probes[URLS[venue]] = ProbeFact(URLS[venue], Reading.FAILED, "timed out", rig.now)


def back(rig: Rig) -> None:
    del rig.world.probes[URLS[VENUE]]


def opened_position(rig: Rig, strategy_id: str) -> None:
    item = {"position_id": f"p-{strategy_id}", "strategy_id": strategy_id, "amount": Decimal(1), "status": "open"}
    rig.world.put("positions", item)


def exchange_of(rig: Rig, strategy_id: str) -> Any:
    return (rig.world.item("strategy_config", strategy_id) or {}).get("exchange")


def waited(rig: Rig, run: Run, *strategy_ids: str, **more: Any) -> Outlast:
    """The bounded wait that has ended without the venue."""
    group = {"remedy": Remedy.WAIT_EXCHANGE, "cause": Cause.EXCHANGE_DOWN, "venue": VENUE}
    plan: Outlast = rig.work(plan_outlast, job=job(run, *(strategy_ids or ("s1", "s2")), **group))
    ended = {"looks_left": 0, "again": False, "ask": True, "why": "failed: timed out", **more}
    return plan.model_copy(update=ended)


def planned(rig: Rig, run: Run | None = None, *strategy_ids: str, **more: Any) -> SwitchPlan:
    run = run or rig.opened()
    plan: SwitchPlan = rig.work(
        plan_switch_exchange,
        job={"run": run.model_dump(), "wait": waited(rig, run, *strategy_ids, **more).model_dump()},
    )
    return plan


def answer(rig: Rig, decision: str, *by: str, minutes: float | None = None) -> Answer:
    until = None if minutes is None else rig.now + timedelta(minutes=minutes)
    return Answer(
        approval_id="apr-1", decision=decision, decided_by=by or ("alice",), decided_at=rig.now, note=None,
        until=until, why_alone=None,
    )  # fmt: skip


def switch(rig: Rig, plan: SwitchPlan) -> Switched:
    told: Switched = rig.work(switch_exchange, plan=plan, answer=answer(rig, "switch"))
    return told


def settle(rig: Rig, plan: SwitchPlan, said: Answer | None, error: dict[str, Any] | None = None) -> Switched:
    told: Switched = rig.work(settle_switch, plan=plan, answer=said, error=error)
    return told


def results(told: Switched) -> dict[str, Result]:
    return {effect.strategy_id: effect.result for effect in told.result.strategies}


# --- the question


def test_puts_the_question_with_what_can_be_switched(rig: Rig) -> None:
    plan = planned(rig)
    assert plan.question is not None
    assert [(s.strategy_id, s.fallback) for s in plan.switches] == [("s1", FALLBACK), ("s2", FALLBACK)]
    assert [o.id for o in plan.question.options] == ["keep_waiting", "switch", "leave"]
    assert plan.question.options[0].until_at_most_minutes == 240
    assert "question 1 of at most 3" in plan.question.options[0].consequence
    assert ("asks", f"{plan.question.title}: desk default") in rig.evidence()


def test_the_fallback_is_looked_at_before_the_question(rig: Rig) -> None:
    down(rig, FALLBACK)
    plan = planned(rig)
    assert plan.switches == ()
    assert plan.question is not None
    assert [o.id for o in plan.question.options] == ["keep_waiting", "leave"]
    why = "bybit cannot be reached: timed out (outside the platform's network)"
    assert [kept.why for kept in plan.kept] == [why] * 2
    assert ("cannot be switched", why) in rig.evidence()


def test_a_strategy_with_a_position_is_named_and_not_offered(rig: Rig) -> None:
    opened_position(rig, "s1")
    plan = planned(rig)
    assert [s.strategy_id for s in plan.switches] == ["s2"]
    assert [(k.strategy_id, k.why) for k in plan.kept] == [("s1", "it has open positions there: p-s1")]


def test_positions_that_cannot_be_read_keep_everybody(rig: Rig) -> None:
    rig.world.trouble["positions.open_of"] = Transient("throttled")
    assert planned(rig).switches == ()


def working_order(rig: Rig, position_id: str, **more: Any) -> None:
    item = {
        "position_id": position_id,
        "order_id": f"o-{position_id}",
        "side": "buy",
        "type": "limit",
        "status": "open",
    }
    rig.world.put("orders", {**item, **more})


def left_over(rig: Rig) -> None:
    """The stop of a position that is closed already."""
    opened_position(rig, "s1")
    rig.world.put("positions", {**(rig.world.item("positions", "p-s1") or {}), "status": "closed"})
    working_order(rig, "p-s1", type="stop_market")


def entry(rig: Rig) -> None:
    """It becomes a position once it is filled; until then only the order is there."""
    working_order(rig, "p9", strategy_id="s1")


@pytest.mark.parametrize("given", [left_over, entry])
def test_a_working_order_without_an_open_position_keeps_its_strategy(rig: Rig, given: Any) -> None:
    given(rig)
    plan = planned(rig)
    assert [one.strategy_id for one in plan.switches] == ["s2"]
    assert [(one.strategy_id, one.why.split(":")[0]) for one in plan.kept] == [
        ("s1", "it has working orders there")
    ]


def test_an_order_that_came_after_the_question_keeps_its_strategy(rig: Rig) -> None:
    plan = planned(rig)
    entry(rig)
    switch(rig, plan)
    assert (exchange_of(rig, "s1"), exchange_of(rig, "s2")) == (VENUE, FALLBACK)


def test_a_working_order_that_nobody_is_known_to_own_keeps_everybody(rig: Rig) -> None:
    working_order(rig, "p9")
    plan = planned(rig)
    assert plan.switches == ()
    assert {one.why for one in plan.kept} == {"it has working orders there: o-p9"}


def test_a_working_order_of_a_strategy_elsewhere_keeps_nobody(rig: Rig) -> None:
    working_order(rig, "p9", strategy_id="s9")
    assert len(planned(rig).switches) == 2


@pytest.mark.parametrize("port", ["orders.every_working", "positions.by_id"])
def test_orders_that_cannot_be_read_keep_everybody(rig: Rig, port: str) -> None:
    working_order(rig, "p9")
    rig.world.trouble[port] = Transient("throttled")
    assert planned(rig).switches == ()


LIVE = {"account": "main", "mode": "live", "symbols": ["BTC/USDT:USDT"]}


def test_what_the_venue_itself_holds_keeps_a_strategy_although_the_tables_know_of_nothing(rig: Rig) -> None:
    configured(rig, "s1", **LIVE)
    configured(rig, "s2", **{**LIVE, "symbols": ["ETH/USDT:USDT"]})
    holds(rig)
    rests(rig, "entry")
    plan = planned(rig)
    assert [one.strategy_id for one in plan.switches] == ["s2"]
    (kept,) = plan.kept
    assert kept.strategy_id == "s1"
    assert kept.why.startswith("binanceusdm itself lists long 1 BTC/USDT:USDT, order ")
    assert plan.question is not None
    assert any(line.value.endswith("binanceusdm itself was asked") for line in plan.question.facts)


def test_a_venue_that_cannot_be_asked_itself_is_named_and_keeps_nobody(rig: Rig) -> None:
    configured(rig, "s1", **LIVE)
    configured(rig, "s2", **LIVE)
    rig.world.venue.down = Trouble(Row.UNREACHABLE, "RequestTimeout", None, "no answer")
    plan = planned(rig)
    assert [one.strategy_id for one in plan.switches] == ["s1", "s2"]
    assert plan.question is not None
    (told,) = [line.value for line in plan.question.facts if line.name == "Open there"]
    assert "binanceusdm itself cannot be asked (binanceusdm/main: orders: Transient" in told


def test_where_nobody_says_who_trades_for_real_money_the_venue_is_not_asked(rig: Rig) -> None:
    configured(rig, "s1", account="main", mode="paper")
    plan = planned(rig)
    assert rig.called("exchange.orders", "exchange.positions") == []
    assert plan.question is not None
    assert any("itself was not asked: nobody says" in line.value for line in plan.question.facts)


def test_what_came_to_the_venue_after_the_question_keeps_its_strategy(rig: Rig) -> None:
    configured(rig, "s1", **LIVE)
    configured(rig, "s2", **{**LIVE, "symbols": ["ETH/USDT:USDT"]})
    plan = planned(rig)
    rests(rig, "entry")
    result = switch(rig, plan).result
    assert [each.result for each in result.strategies] == [Result.NOT_DONE, Result.DONE]
    assert "binanceusdm itself lists order" in str(result.strategies[0].why)


def test_nobody_is_asked_while_the_kill_switch_is_engaged(rig: Rig) -> None:
    rig.engage()
    plan = planned(rig)
    assert plan.question is None
    told = settle(rig, plan, None)
    assert (told.result.result, told.result.ending, told.result.tried) == (Result.NOT_DONE, None, False)
    assert "the kill switch is engaged by ana: drill" in told.result.why


def test_nobody_is_asked_where_the_venue_is_back(rig: Rig) -> None:
    back(rig)
    plan = planned(rig)
    assert plan.question is None
    told = settle(rig, plan, None)
    assert (told.result.result, told.result.at, told.keep_waiting) == (Result.DONE, rig.now, False)


def test_asks_the_desk_that_all_of_them_belong_to(rig: Rig) -> None:
    account = Account(account="main", mode="live", desk="futures", owner="ana")
    platform = Platform.model_validate(
        {**rig.settings.platform.model_dump(), "accounts": {"s1": account.model_dump(), "s2": account.model_dump()}}
    )
    rig.settings = rig.settings.model_copy(update={"platform": platform})
    question = planned(rig).question
    assert question is not None
    assert question.desk == "futures"


# --- the act


def test_switches_each_strategy_and_keeps_the_way_back(rig: Rig) -> None:
    told = switch(rig, planned(rig))
    assert results(told) == {"s1": Result.DONE, "s2": Result.DONE}
    assert (exchange_of(rig, "s1"), exchange_of(rig, "s2")) == (FALLBACK, FALLBACK)
    assert {effect.at for effect in told.result.strategies} == {rig.now}
    assert (told.result.ending, told.result.result, told.keep_waiting) == (AfterAsking.ACTED, None, False)
    ways = [value for what, value in rig.evidence() if what == "follow-up"]
    assert [way.startswith(f"switch back: s{n} to {VENUE}") for n, way in enumerate(ways, 1)] == [True, True]
    assert all("aws dynamodb update-item --table-name tradai-strategy-config-local" in way for way in ways)
    (known,) = told.result.known
    assert known.startswith(f"switch back from {FALLBACK} to {VENUE} once")
    assert f"`runbooks incidents show {INCIDENT}`" in known
    assert ("declared", f"no position or order of these strategies is open at {VENUE}") in rig.evidence()
    assert [rig.intents()[f"switch-exchange/{s}"]["result"] for s in ("s1", "s2")] == ["done", "done"]


def test_a_strategy_that_opened_something_meanwhile_is_left_out_and_named(rig: Rig) -> None:
    plan = planned(rig)
    opened_position(rig, "s1")
    told = switch(rig, plan)
    assert results(told) == {"s1": Result.NOT_DONE, "s2": Result.DONE}
    assert told.result.strategies[0].why == "not switched: it has open positions there: p-s1"
    assert exchange_of(rig, "s1") == VENUE


def test_who_was_left_out_of_the_question_stays_in_the_result(rig: Rig) -> None:
    opened_position(rig, "s1")
    told = switch(rig, planned(rig))
    assert results(told) == {"s2": Result.DONE, "s1": Result.NOT_DONE}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"exchange": "kraken"}, "its config says kraken, not binanceusdm"),
        ({"fallback_exchange": "okx"}, "the settings know no address of okx"),
        ({"fallback_exchange": None}, "names no fallback"),
    ],
)
def test_a_config_that_was_changed_meanwhile_is_left_alone(rig: Rig, change: dict[str, Any], says: str) -> None:
    plan = planned(rig, None, "s1")
    configured(rig, "s1", **change)
    told = switch(rig, plan)
    assert results(told) == {"s1": Result.NOT_DONE}
    assert says in told.result.strategies[0].why
    assert exchange_of(rig, "s1") != FALLBACK


def test_another_fallback_than_the_question_named_is_not_taken(rig: Rig) -> None:
    plan = planned(rig, None, "s1")
    with_okx = Connectivity(exchange={**URLS, "okx": "https://okx.example"})
    rig.settings = rig.settings.model_copy(update={"connectivity": with_okx})
    configured(rig, "s1", fallback_exchange="okx")
    assert "its fallback exchange is okx now, the question said bybit" in switch(rig, plan).result.strategies[0].why


def test_a_config_that_is_changed_between_the_look_and_the_write_is_not_overwritten(rig: Rig) -> None:
    plan, ports = planned(rig, None, "s1"), twins(rig.world)

    class Changed(MemoryStrategyConfig):
        def switch(self, strategy_id: str, *, expected: str, exchange: str, incident_id: str) -> bool:
            configured(rig, strategy_id, exchange="kraken")
            return super().switch(strategy_id, expected=expected, exchange=exchange, incident_id=incident_id)

    told = _with(rig, ports, switch_exchange, plan, strategy_config=Changed(rig.world))
    assert told.result.strategies[0].result is Result.NOT_DONE
    assert "changed by somebody else meanwhile" in told.result.strategies[0].why
    assert exchange_of(rig, "s1") == "kraken"


def test_the_fallback_is_looked_at_again_right_before_the_act(rig: Rig) -> None:
    plan = planned(rig)
    down(rig, FALLBACK)
    assert set(results(switch(rig, plan)).values()) == {Result.NOT_DONE}
    assert exchange_of(rig, "s1") == VENUE


def test_nothing_is_switched_once_the_kill_switch_is_engaged(rig: Rig) -> None:
    plan = planned(rig)
    rig.engage()
    assert set(results(switch(rig, plan)).values()) == {Result.NOT_DONE}
    assert exchange_of(rig, "s1") == VENUE


def test_nothing_is_switched_where_the_venue_is_back(rig: Rig) -> None:
    plan = planned(rig)
    back(rig)
    told = switch(rig, plan)
    assert (told.result.result, told.result.at, told.result.strategies) == (Result.DONE, rig.now, ())
    assert "nothing was switched" in told.result.why
    assert exchange_of(rig, "s1") == VENUE


def test_a_run_that_lost_its_guard_switches_nothing(rig: Rig) -> None:
    plan = planned(rig)
    rig.lock("somebody else", "inc-other")
    told = switch(rig, plan)
    assert set(results(told).values()) == {Result.NOT_DONE}
    assert "no longer owns the guard" in told.result.strategies[0].why
    assert exchange_of(rig, "s1") == VENUE


def test_an_uncertain_write_is_unknown_and_stops_no_other(rig: Rig) -> None:
    plan, ports = planned(rig), twins(rig.world)

    class Lost(MemoryStrategyConfig):
        def switch(self, strategy_id: str, *, expected: str, exchange: str, incident_id: str) -> bool:
            if strategy_id == "s1":
                raise Uncertain("the answer was lost")
            return super().switch(strategy_id, expected=expected, exchange=exchange, incident_id=incident_id)

    told = _with(rig, ports, switch_exchange, plan, strategy_config=Lost(rig.world))
    assert results(told) == {"s1": Result.UNKNOWN, "s2": Result.DONE}
    assert any("s1" in line for line in told.result.known), "it may have been switched: the way back is told"


def test_a_retry_after_half_of_it_finishes_the_rest_and_repeats_nothing(rig: Rig) -> None:
    plan = planned(rig)
    rig.world.trouble["strategy_config.switch"] = Transient("throttled")
    with pytest.raises(Transient):
        switch(rig, plan)
    rig.world.trouble.clear()
    assert results(switch(rig, plan)) == {"s1": Result.DONE, "s2": Result.DONE}
    back(rig)
    rig.world.calls.clear()
    again = switch(rig, plan)
    assert results(again) == {"s1": Result.DONE, "s2": Result.DONE}, "a venue that is back undoes nothing"
    assert rig.called("strategy_config.switch") == []


# --- every other answer


def test_waiting_on_looks_as_long_as_was_allowed_and_asks_once_less(rig: Rig) -> None:
    plan = planned(rig)
    told = settle(rig, plan, answer(rig, "keep_waiting", minutes=45))
    assert told.keep_waiting
    assert (told.wait.wait_seconds, told.wait.looks_left, told.wait.again, told.wait.ask) == (45, 60, True, False)
    assert told.wait.asks_left == plan.wait.asks_left - 1 == 2
    assert told.wait.job == plan.wait.job


def waits_on(rig: Rig) -> Outlast:
    """A person allowed to wait on for the venue of s1; s2, elsewhere, has gone stale since, and was told."""
    run = rig.opened()
    rig.strategy("s1", age=3600)
    rig.strategy("s2", age=3600)
    configured(rig, "s2", exchange="okx")
    wait = settle(rig, planned(rig, run, "s1"), answer(rig, "keep_waiting", minutes=60)).wait
    twins(rig.world).incidents.note(run.incident_id, [], also_stale=["s2"])
    return wait


def test_waiting_on_is_given_up_for_a_strategy_elsewhere_that_only_another_run_can_cure(rig: Rig) -> None:
    look: Outlast = rig.work(look_again, plan=waits_on(rig))
    assert (look.over, look.again, look.ask) == (False, False, False)
    assert look.why.endswith("; given up, because s2 went stale meanwhile and only another run can look at it")


def test_waiting_on_goes_on_while_only_others_of_the_same_venue_are_stale(rig: Rig) -> None:
    wait = waits_on(rig)
    configured(rig, "s2")
    assert rig.work(look_again, plan=wait).again


def test_waiting_on_goes_on_once_the_other_beats_again(rig: Rig) -> None:
    wait = waits_on(rig)
    rig.strategy("s2", age=1)
    assert rig.work(look_again, plan=wait).again


def test_a_short_wait_that_nobody_was_asked_for_goes_on(rig: Rig) -> None:
    wait = waits_on(rig)
    assert rig.work(look_again, plan=wait.model_copy(update={"asks_left": 3})).again


@pytest.mark.parametrize("port", ["incidents.get", "trading_state.all", "strategy_config.venues"])
def test_waiting_on_goes_on_where_it_cannot_be_read_who_else_is_stale(rig: Rig, port: str) -> None:
    wait = waits_on(rig)
    rig.world.trouble[port] = Transient("throttled")
    assert rig.work(look_again, plan=wait).again


def test_waiting_on_is_bounded_by_the_settings_and_three_questions(rig: Rig) -> None:
    told = settle(rig, planned(rig), answer(rig, "keep_waiting", minutes=100_000))
    assert told.wait.wait_seconds * told.wait.looks_left == 240 * 60
    run = rig.run()
    last = settle(rig, planned(rig, run, asks_left=1), answer(rig, "keep_waiting", minutes=1))
    seen: Outlast = rig.work(look_again, plan=last.wait)
    seen = rig.work(look_again, plan=seen)
    assert (seen.over, seen.again, seen.ask) == (False, False, False), "nobody is asked a fourth time"


def test_the_wait_ends_in_a_question_only_for_an_exchange_and_never_in_a_dry_run(rig: Rig) -> None:
    run = rig.opened()
    one_look = {"looks_left": 1, "again": True, "ask": False}
    assert rig.work(look_again, plan=waited(rig, run, **one_look)).ask
    assert not rig.work(look_again, plan=waited(rig, run, **one_look, what="rate_limit", asks_left=0)).ask
    dry = run.model_copy(update={"dry_run": True})
    assert not rig.work(look_again, plan=waited(rig, dry, **one_look)).ask
    back(rig)
    over = rig.work(look_again, plan=waited(rig, run, **one_look))
    assert (over.over, over.ask) == (True, False)


def test_leaving_it_is_told_with_its_end(rig: Rig) -> None:
    said = answer(rig, "leave", minutes=120)
    told = settle(rig, planned(rig), said)
    assert (told.result.ending, told.result.result, told.result.answer) == (AfterAsking.LEFT_OPEN, None, said)


@pytest.mark.parametrize("decision", ["lapsed", "unreached", "revoked"])
def test_no_answer_changes_nothing(rig: Rig, decision: str) -> None:
    told = settle(rig, planned(rig), answer(rig, decision))
    assert (told.result.ending, told.result.result) == (AfterAsking.UNANSWERED, None)
    assert exchange_of(rig, "s1") == VENUE


def test_a_question_that_could_not_be_put_says_why(rig: Rig) -> None:
    told = settle(rig, planned(rig), None, ERROR)
    assert told.result.ending is AfterAsking.UNANSWERED
    assert told.result.why == "States.Timeout: nobody was heard"


def test_an_act_that_came_to_grief_is_unknown(rig: Rig) -> None:
    told = settle(rig, planned(rig), answer(rig, "switch"), ERROR)
    assert (told.result.ending, told.result.result) == (AfterAsking.ACTED, Result.UNKNOWN)


@pytest.mark.parametrize("decision", ["keep_waiting", "leave", "lapsed"])
def test_a_venue_that_came_back_meanwhile_is_the_cure_whatever_was_said(rig: Rig, decision: str) -> None:
    plan = planned(rig)
    back(rig)
    told = settle(rig, plan, answer(rig, decision, minutes=60))
    assert (told.result.result, told.result.at, told.keep_waiting) == (Result.DONE, rig.now, False)
    assert ("back while a person was asked", f"{VENUE} answers again: HTTP 200") in rig.evidence()


def test_a_hundred_strategies_fit_into_a_state(rig: Rig) -> None:
    many = [f"strategy-with-a-long-name-{n:03}" for n in range(100)]
    for strategy_id in many:
        configured(rig, strategy_id)
    plan = planned(rig, None, *many)
    told = switch(rig, plan)
    assert len(told.result.strategies) == 100
    (known,) = told.result.known
    assert len(known) < 500, "what people are told must not lose its end"
    assert len([what for what, _ in rig.evidence() if what == "follow-up"]) == 100


def _with(rig: Rig, ports: Ports, task: ModuleType, plan: SwitchPlan, **changed: Any) -> Switched:
    """The task over twins of which one was exchanged."""
    fields = {name: getattr(ports, name) for name in Ports.__dataclass_fields__}
    request = task.Request(plan=plan, answer=answer(rig, "switch"))
    told: Switched = task.handler.work(request, Ports(**{**fields, **changed}), rig.settings)
    return told


def test_the_incident_named_here_is_the_one_of_the_run(rig: Rig) -> None:
    switch(rig, planned(rig))
    item = rig.world.item("strategy_config", "s1") or {}
    assert item["switched_exchange"] == {"incident_id": INCIDENT, "old": VENUE, "value": FALLBACK}
