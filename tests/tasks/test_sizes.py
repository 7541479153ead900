"""Ten thousand stale strategies: no answer exceeds 200 kB, the whole state and the incident stay within bounds.

The rig measures every single answer; here the state grows as it does in the definition.
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.world import Line
from functions.facts import Result
from functions.stages import GroupResult, Remedied
from functions.tasks import (
    account_for_positions,
    classify_heartbeats,
    conclude,
    find_stale,
    look_at_every_strategy,
    look_at_signals,
    look_for_heartbeats,
    plan_proof,
    plan_restart,
    probe_connectivity,
    probe_exchange,
    probe_exposure,
    probe_logs,
    probe_service,
    watcher,
)
from tests.rules import facts
from tests.tasks.rig import INCIDENT, Rig

MOST_OF_A_STATE = 200_000
MOST_OF_AN_ITEM = 400_000


def bytes_of(value: Any) -> int:
    return len(json.dumps(value, default=_plain).encode())


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)


@pytest.fixture
def crowd(rig: Rig) -> Rig:
    """10,000 stale strategies with long names, 2,000 of them with a position under a stop order, and as many
    again that beat, wrote a line or stand under a status that nobody knows."""
    rig.alarm()
    rig.world.service = facts.crashed()
    for n in range(12_000):
        name = f"desk-{n % 7}/momentum-btc-usdt-perpetual-{n:05}"
        if n % 4 == 0:
            rig.world.lines.append(Line(rig.now - timedelta(seconds=n % 400), f"INFO {name} heartbeat"))
        if n >= 10_000:
            rig.strategy(name, age=10, status="running" if n % 2 else "puzzled")
            continue
        rig.strategy(name, age=300)
        rig.world.put("strategy_config", {"strategy_id": name, "exchange": "binanceusdm"})
        if n < 2_000:
            position = {"position_id": f"position-{n:05}", "strategy_id": name, "symbol": "BTC/USDT:USDT"}
            rig.world.put("positions", {**position, "side": "long", "amount": Decimal("0.5"), "status": "open"})
            order = {"position_id": f"position-{n:05}", "order_id": f"order-{n:05}", "type": "stop_market"}
            rig.world.put("orders", {**order, "side": "sell", "status": "open", "reduce_only": True})
    rig.opened()
    return rig


def test_ten_thousand_stale_strategies_fit_into_every_answer_the_state_and_the_incident(crowd: Rig) -> None:
    run = crowd.run()
    found = crowd.work(find_stale, run=run, looks_left=3)
    assert found.stale_total == 10_000
    diagnosis = {
        "service": crowd.work(probe_service, run=run),
        "logs": crowd.work(probe_logs, run=run, found=found),
        "exchange": crowd.work(probe_exchange, run=run, stale=found.stale),
        "database": crowd.work(probe_connectivity, run=run, what="database"),
        "network": crowd.work(probe_connectivity, run=run, what="network"),
        "exposure": crowd.work(probe_exposure, run=run, found=found),
    }
    plan = crowd.work(classify_heartbeats, run=run, found=found, facts=diagnosis)
    state: dict[str, Any] = {"run": run, "found": found, "facts": diagnosis, "plan": plan}
    assert bytes_of(state) <= MOST_OF_A_STATE
    [group] = plan.groups
    assert len(group.strategy_ids) == 100
    restarts = crowd.work(plan_restart, job={"run": run, "group": group})
    assert (len(restarts.restarts), len(restarts.left_out)) == (20, 80)
    outcome = GroupResult(
        group_id=group.group_id, remedy="redeploy", result=Result.DONE, at=crowd.now, why="x" * 300, strategies=()
    )
    state["remedies"] = [Remedied(group=group, outcome=outcome, error=None)]
    assert bytes_of(state) <= MOST_OF_A_STATE
    proof = crowd.work(plan_proof, job={"run": run, "remedies": state["remedies"]})
    crowd.world.advance(seconds=60)
    beats = crowd.work(look_for_heartbeats, run=run, wanted=proof.wanted, looks_left=1)
    signals = crowd.work(look_at_signals, run=run, wanted=proof.wanted)
    watched = crowd.work(look_at_every_strategy, run=run, wanted=proof.wanted, so_far=proof.monitor)
    assert len(watched.others_failed) == 50
    state["proof"] = {
        "outcome": {
            "proved": True,
            "wanted": proof.wanted,
            "beats": beats,
            "monitor": watched,
            "signals": signals.model_dump(),
        }
    }
    state["accounts"] = crowd.work(
        account_for_positions, run=run, before=diagnosis["exposure"], remedies=state["remedies"]
    )
    sizes = {name: bytes_of(part) for name, part in state.items()}
    assert sum(sizes.values()) <= MOST_OF_A_STATE, sizes
    reply = crowd.work(conclude, execution_arn=run.execution_arn, state=state)
    assert reply.escalated
    assert bytes_of(crowd.world.item("incidents", INCIDENT)) <= MOST_OF_AN_ITEM
    assert bytes_of(crowd.world.sent) <= 256 * 1024
    assert crowd.work(watcher).reason == "a run is at work on all of them"
