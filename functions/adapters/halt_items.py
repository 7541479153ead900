"""What a halt leaves in the guards table beside the kill switch itself; used by the real adapter and its twin.

`halt/{halt_id}/strategy/{strategy_id}`, `halt/{halt_id}/service` and `halt/{halt_id}/told` carry no `ttl`: the
way back may be walked long after.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from functions.adapters.values import text_of, time_of
from functions.errors import Broken
from functions.facts import ScalingFact, ServiceRecord, StoppedRecord

# What a stop leaves on the kill switch and a release takes away.
OF_THE_FIRST: Final = ("halt_id", "reason", "engaged_by", "engaged_at")
OF_A_HALT: Final = (
    *OF_THE_FIRST,
    "stops",
    "strategy_ids",
    "released_ids",
    "manage_only",
    "service_up",
    "stopped_since",
)


def strategy_prefix(halt_id: str) -> str:
    return f"halt/{halt_id}/strategy/"


def service_key(halt_id: str) -> str:
    return f"halt/{halt_id}/service"


def told_key(halt_id: str) -> str:
    return f"halt/{halt_id}/told"


def record_item(halt_id: str, record: StoppedRecord) -> dict[str, Any]:
    beat = {} if record.last_heartbeat is None else {"last_heartbeat": text_of(record.last_heartbeat)}
    return {
        "guard_id": f"{strategy_prefix(halt_id)}{record.strategy_id}",
        "halt_id": halt_id,
        "strategy_id": record.strategy_id,
        "status": record.status,
        "recorded_at": text_of(record.recorded_at),
        **beat,
    }


def record_of(item: Mapping[str, Any]) -> StoppedRecord:
    recorded_at = time_of(item.get("recorded_at"))
    if recorded_at is None:
        raise Broken(f"{item['guard_id']}: recorded_at cannot be read: {item.get('recorded_at')!r}")
    return StoppedRecord(
        strategy_id=str(item["strategy_id"]),
        status=str(item.get("status") or ""),
        last_heartbeat=time_of(item.get("last_heartbeat")),
        recorded_at=recorded_at,
    )


def service_item(halt_id: str, record: ServiceRecord) -> dict[str, Any]:
    scaling = {} if record.scaling is None else {"scaling": _scaling_item(record.scaling)}
    unread = {} if record.scaling_unread is None else {"scaling_unread": record.scaling_unread}
    return {
        "guard_id": service_key(halt_id),
        "halt_id": halt_id,
        "desired": record.desired,
        "recorded_at": text_of(record.recorded_at),
        **scaling,
        **unread,
    }


def service_of(item: Mapping[str, Any]) -> ServiceRecord:
    recorded_at, desired = time_of(item.get("recorded_at")), item.get("desired")
    if recorded_at is None or not isinstance(desired, Decimal | int) or isinstance(desired, bool):
        raise Broken(f"{item['guard_id']}: cannot be read: desired {desired!r}, {item.get('recorded_at')!r}")
    scaling = item.get("scaling")
    return ServiceRecord(
        desired=int(desired),
        scaling=_scaling_of(scaling) if isinstance(scaling, Mapping) else None,
        recorded_at=recorded_at,
        scaling_unread=None if item.get("scaling_unread") is None else str(item["scaling_unread"]),
    )


def _scaling_item(scaling: ScalingFact) -> dict[str, Any]:
    return {
        "minimum": scaling.minimum,
        "maximum": scaling.maximum,
        "scale_in_suspended": scaling.scale_in_suspended,
        "scale_out_suspended": scaling.scale_out_suspended,
        "scheduled_suspended": scaling.scheduled_suspended,
    }


def _scaling_of(item: Mapping[str, Any]) -> ScalingFact:
    return ScalingFact(
        minimum=int(item["minimum"]),
        maximum=int(item["maximum"]),
        scale_in_suspended=bool(item["scale_in_suspended"]),
        scale_out_suspended=bool(item["scale_out_suspended"]),
        scheduled_suspended=bool(item["scheduled_suspended"]),
    )
