"""One plain item of every table, as the platform or a run writes it: what a poisoned one is made of."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any, Final

from functions.adapters.approval_items import item_of
from functions.adapters.values import plain
from tests.adapters.asked import approval, decided
from tests.adapters.closing import attempt, result, stop_order
from tests.fuzz.hostile import mutated, stored

AT: Final = "2026-01-31T03:00:00.000000Z"
LATER: Final = "2026-01-31T04:00:00.000000Z"

STRATEGY: Final[dict[str, Any]] = {
    "strategy_id": "s1",
    "status": "running",
    "last_heartbeat": AT,
    "acknowledged_status": "running",
    "stopped_by": "inc-1",
    "stopped_at": AT,
    "status_before": "running",
    "started_by": "inc-1",
    "started_as": "running",
    "started_at": AT,
    "paused_by": "inc-1",
    "paused_from": "running",
}
POSITION: Final[dict[str, Any]] = {
    "position_id": "p1",
    "strategy_id": "s1",
    "exchange": "binanceusdm",
    "symbol": "BTC/USDT:USDT",
    "side": "long",
    "amount": Decimal("0.5"),
    "entry_price": Decimal(59_000),
    "opened_at": AT,
    "account": "main",
    "mode": "live",
    "exit_signal_at": AT,
    "exit_reason": "roi",
    "status": "open",
    "closed_at": AT,
    "exit_price": Decimal(60_000),
    "closed_by": "inc-1",
}
ORDER: Final[dict[str, Any]] = {
    "position_id": "p1",
    "order_id": "o1",
    "strategy_id": "s1",
    "client_order_id": "c1",
    "side": "sell",
    "type": "limit",
    "status": "open",
    "reduce_only": True,
    "close_position": False,
    "amount": Decimal("0.5"),
    "filled": Decimal("0.1"),
    "price": Decimal(60_000),
    "created_at": AT,
    "error": "binanceusdm -2019 Margin is insufficient.",
}
CONFIG: Final[dict[str, Any]] = {
    "strategy_id": "s1",
    "exchange": "binanceusdm",
    "fallback_exchange": "okx",
    "account": "main",
    "mode": "live",
    "symbols": ["BTC/USDT:USDT"],
    "stake_amount": Decimal(1_000),
    "order_type": "limit",
    "limit_offset_bps": Decimal(5),
    "order_cooldown_seconds": Decimal(60),
    "max_position_age_minutes": Decimal(1_440),
    "stake": Decimal(1),
    "override_stake": {"incident_id": "inc-1", "old": Decimal(1), "value": Decimal(2), "expires_at": AT},
    "change_stake": {"incident_id": "inc-1", "old": Decimal(1), "value": Decimal(2), "at": AT},
    "switched_exchange": {"incident_id": "inc-1", "old": "okx", "value": "binanceusdm"},
}
INTENT: Final[dict[str, Any]] = {
    "action": "stop the strategy",
    "target": "s1",
    "before": "running",
    "by": "arn:execution:1",
    "at": AT,
    "result": "done",
    "after": "stopped",
}
INCIDENT: Final[dict[str, Any]] = {
    "incident_id": "inc-1",
    "runbook": "stale-heartbeat",
    "execution_arn": "arn:aws:states:eu-central-1:000000000000:execution:tradai-local-stale-heartbeat:e1",
    "opened_at": AT,
    "severity": "high",
    "dry_run": False,
    "strategy_ids": ["s1"],
    "position_ids": ["p1"],
    "cause": "service crashed",
    "evidence": [{"what": "a", "where": "b", "value": "c", "at": AT}],
    "evidence_total": Decimal(1),
    "intents": {"act": INTENT},
    "revision": Decimal(3),
    "approvals": [{"approval_id": "apr-1", "version": Decimal(2), "standing": "pending"}],
    "checklist": [{"item": "heartbeats", "result": "pass", "value": "all beat"}],
    "follow_up": [{"field": "note", "text": "seen", "by": "ana", "at": AT}],
}
ENDED: Final[dict[str, Any]] = {
    **{name: value for name, value in INCIDENT.items() if name != "intents"},
    "outcome": "resolved",
    "ended_at": LATER,
    "closed_at": LATER,
    "notified_at": LATER,
    "actions": [INTENT],
    "actions_total": Decimal(1),
    "cured_at": LATER,
}
LOCK: Final[dict[str, Any]] = {
    "guard_id": "service/strategies",
    "owner": "arn:execution:1",
    "incident_id": "inc-1",
    "taken_at": AT,
    "act_until": AT,
}
KILL_SWITCH: Final[dict[str, Any]] = {
    "guard_id": "kill-switch",
    "engaged": True,
    "halt_id": "inc-1",
    "reason": "drill",
    "engaged_by": "ana",
    "engaged_at": AT,
    "stops": {"arn:2"},
    "strategy_ids": {"s1", "s2"},
    "released_ids": {"s3"},
    "manage_only": True,
    "service_up": True,
    "last_halt_id": "inc-0",
    "released_by": "ben",
}
BUDGET: Final[dict[str, Any]] = {
    "guard_id": "b",
    "at": {"a": AT},
    "version": Decimal(1),
    "ttl": Decimal(1_800_000_000),
}
RECORD: Final[dict[str, Any]] = {
    "guard_id": "halt/inc-1/strategy/s1",
    "halt_id": "inc-1",
    "strategy_id": "s1",
    "status": "running",
    "recorded_at": AT,
    "last_heartbeat": AT,
}
SERVICE: Final[dict[str, Any]] = {
    "guard_id": "halt/inc-1/service",
    "halt_id": "inc-1",
    "desired": Decimal(2),
    "recorded_at": AT,
    "scaling": {
        "minimum": Decimal(1),
        "maximum": Decimal(4),
        "scale_in_suspended": False,
        "scale_out_suspended": False,
        "scheduled_suspended": False,
    },
    "scaling_unread": "turned away",
}
ATTEMPT: Final[dict[str, Any]] = {"guard_id": "close/p1/inc-1/attempt/1", **plain(attempt())}
PROTECTION: Final[dict[str, Any]] = {"guard_id": "close/p1/inc-1/protection", "orders": plain([stop_order()])}
RESULT: Final[dict[str, Any]] = {"guard_id": "close/p1/inc-1/result", "result": plain(result())}
CLOSES: Final[dict[str, Any]] = {"guard_id": "closes/p1", "incidents": ["inc-1"]}
CLOSING: Final[dict[str, Any]] = {"guard_id": "closing/s1", "incidents": {"inc-1": AT}, "act_until": AT}
REMEDY: Final[dict[str, Any]] = {"guard_id": "remedy/s1", "incident_id": "inc-1", "earlier": "inc-0"}
APPROVAL: Final[dict[str, Any]] = {**item_of(approval(), "mark"), "task_token": "token", "used_by": "inc-1"}
DECIDED: Final[dict[str, Any]] = item_of(decided(approval()), "mark")

# By the port's name of the table; the guards table holds things of many kinds under one key.
TABLES: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "trading_state": (STRATEGY,),
    "positions": (POSITION,),
    "orders": (ORDER,),
    "strategy_config": (CONFIG,),
    "incidents": (INCIDENT, ENDED),
    "guards": (
        LOCK,
        KILL_SWITCH,
        BUDGET,
        RECORD,
        SERVICE,
        ATTEMPT,
        PROTECTION,
        RESULT,
        CLOSES,
        CLOSING,
        REMEDY,
    ),
    "approvals": (APPROVAL, DECIDED),
}
KEYS: Final = {
    "trading_state": ("strategy_id",),
    "positions": ("position_id",),
    "orders": ("position_id", "order_id"),
    "strategy_config": ("strategy_id",),
    "incidents": ("incident_id",),
    "guards": ("guard_id",),
    "approvals": ("approval_id",),
}


def poisoned(rng: Random, table: str, item: dict[str, Any]) -> dict[str, Any]:
    """The item with some of its attributes as nobody means them. Its key stays a text: DynamoDB sees to that."""
    keys = {name: item[name] for name in KEYS[table]}
    found = mutated(rng, {name: value for name, value in item.items() if name not in keys}, stored)
    return {**found, **keys} if isinstance(found, dict) else keys
