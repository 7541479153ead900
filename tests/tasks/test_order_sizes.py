"""Ten thousand strategies whose orders fail in a busy hour: every answer and the whole state stay within bounds.

The rig measures every single answer; here the state grows as it does in the definitions, round by round. How many
lines there are makes no difference to it: `rows_read` of each pattern are read, the rest is counted.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.adapters.memory.venue import BTC
from functions.adapters.memory.world import Line
from functions.facts import Result
from functions.orders.model import OrderRemedied, RemedyEnd
from functions.orders.state import VenueRemedies
from functions.orders.steps import MOST_TOLD, bounded
from functions.rules.orders.facts import MOST_STRATEGIES, MOST_STUCK
from functions.rules.orders.plan import OrderPlan, groups_of
from functions.tasks import conclude_orders, detect_orders, plan_order_proof, prove_orders
from tests.tasks.orders_rig import ETH, MARGIN, PRICE, OrdersRig
from tests.tasks.rig import INCIDENT, SETTINGS
from tests.tasks.test_sizes import MOST_OF_AN_ITEM, bytes_of

# What Step Functions takes as the input or output of a state.
MOST_OF_A_STATE = 262_144
MOST_OF_AN_ANSWER = 200_000
STRATEGIES, LINES, STUCK = 10_000, 20_000, 500
SYMBOL = '{"code":-1121,"msg":"Invalid symbol."}'
LIMIT = '{"code":-1015,"msg":"Too many new orders; current limit is 300 orders per TEN_SECONDS."}'
PERMISSION = '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action, request ip: 203.0.113.7"}'
ANSWERS = (MARGIN, PRICE, SYMBOL, LIMIT, PERMISSION)


def name_of(number: int) -> str:
    return f"desk-{number % 7}/momentum-btc-usdt-perpetual-{number:05}"


@pytest.fixture(scope="module")
def crowd() -> OrdersRig:
    """Every tenth line is a failure, of one of five causes and of one of 10,000 strategies at four accounts; 500
    positions have an order that is pending since long."""
    rig = OrdersRig()
    for number in range(STRATEGIES):
        rig.strategy(name_of(number), age=10)
        rig.config(name_of(number), account=f"account-{number % 4}", symbols=[BTC, ETH])
    for number in range(LINES):
        at, name = rig.now - timedelta(seconds=number * 3_540 / LINES), name_of(number * 7 % STRATEGIES)
        text = f"INFO {name} heartbeat"
        if number % 10 == 0:
            said = ANSWERS[number // 10 % len(ANSWERS)]
            text = f"ERROR {name}: limit buy {BTC} failed: ccxt.base.errors.ExchangeError: binanceusdm {said}"
        rig.world.lines.append(Line(at, text))
    for number in range(STUCK):
        rig.position(f"position-{number:05}", name_of(number), account=f"account-{number % 4}", amount=Decimal(1))
        rig.order(f"order-{number:05}", age=900, position_id=f"position-{number:05}")
    return rig


def plain(value: Any) -> Any:
    """As it stands in a state."""
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def cured(plan: OrderPlan) -> tuple[VenueRemedies, ...]:
    """As much as a remedy ever tells of itself in sentences of a usual length."""
    known = tuple(f"limit_offset_bps 5 to 10 of {name_of(n)}, until 2026-03-01 07:00 UTC" for n in range(MOST_TOLD))
    end = RemedyEnd(result=Result.DONE, at=plan_at(plan), why="x" * 300, ending="acted", known=bounded(known))
    ended = {one.group_id: OrderRemedied(group=one, end=end, error=None) for one in groups_of(plan)}
    return tuple(
        VenueRemedies(
            calm=tuple(ended[one.group_id] for one in venue.calm),
            change=tuple(ended[one.group_id] for one in venue.change),
        )
        for venue in plan.venues
    )


def plan_at(plan: OrderPlan) -> Any:
    return min(one.last_at for one in groups_of(plan) if one.last_at is not None)


def test_ten_thousand_strategies_that_fail_by_five_causes_fit_into_every_state(crowd: OrdersRig) -> None:
    facts = crowd.gather()
    assert facts.logs is not None
    assert sum(facts.logs.matched.values()) > LINES / 20
    assert (facts.stuck_total, len(facts.stuck)) == (STUCK, MOST_STUCK)
    assert (facts.traders_total, len(facts.traders)) == (STRATEGIES + 2, MOST_STRATEGIES)
    assert bytes_of(plain(facts)) <= MOST_OF_AN_ANSWER
    run, venues = crowd.the_run, tuple[VenueRemedies, ...]()
    before: Any = {"number": 1, "since": None, "remedied": (), "proofs": (), "strategy_ids": ()}
    state: dict[str, Any] = {"run": run, "guard_id": "orders/service", "before": before}
    sizes = {}
    for number in range(1, SETTINGS.orders.rounds + 1):
        assert state["before"]["number"] == number
        state["diagnosed"] = {"facts": plain(facts), "plan": None}
        sizes[f"facts {number}"] = bytes_of(state)
        plan = crowd.classified(facts)
        assert len(groups_of(plan)) >= 8
        state["diagnosed"] = {"facts": None, "plan": plain(plan)}
        venues = cured(plan)
        state["venues"] = [one.model_dump(mode="json") for one in venues]
        job = {"run": run, "plan": plan, "before": state["before"], "venues": venues}
        proof = crowd.work(plan_order_proof, job=job)
        assert proof.again
        sizes[f"proof {number}"] = bytes_of({"proof": proof, "gathered": {"facts": plain(facts)}})
        proof = crowd.work(prove_orders, proof=proof, facts=facts)
        found = proof.model_dump(mode="json")
        state["proof"] = {"again": proof.another, "verify": proof.verify, "found": found}
        state.setdefault("guard", {"guard_id": "orders/service", "owned": True, "why": "taken"})
        sizes[f"round {number}"] = bytes_of(state)
        state["before"] = found["next"]
        # As the definition's RoundIsOver has it.
        state["venues"], state["proof"]["found"] = [], {name: found[name] for name in ("appeared", "blind")}
        sizes[f"end {number}"] = bytes_of(state)
    assert max(sizes.values()) <= MOST_OF_A_STATE, sizes
    answer = crowd.work(conclude_orders, execution_arn=run.execution_arn, state={**state, "run": plain(run)})
    assert answer.escalated
    assert bytes_of(crowd.world.item("incidents", INCIDENT)) <= MOST_OF_AN_ITEM
    assert bytes_of(crowd.world.sent) <= 256 * 1024


def test_the_detector_says_in_a_few_bytes_how_many_of_them_fail(crowd: OrdersRig) -> None:
    seen = crowd.work(detect_orders)
    assert seen.failing >= STUCK
    assert bytes_of(seen) <= 1_000
