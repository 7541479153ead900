"""What a halt leaves in the guards table beside the kill switch itself; used by the real adapter and its twin.

`halt/{halt_id}/strategy/{strategy_id}`, `halt/{halt_id}/service` and `halt/{halt_id}/told` carry no `ttl`: the
way back may be walked long after.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from functions.adapters.items import MOST_TOLD, number, text
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

UNREADABLE: Final = "what the record says of auto-scaling cannot be read"
_SUSPENDED: Final = ("scale_in_suspended", "scale_out_suspended", "scheduled_suspended")


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
        raise Broken(f"{item['guard_id']}: recorded_at cannot be read: {item.get('recorded_at')!r}"[:MOST_TOLD])
    return StoppedRecord(
        strategy_id=_strategy(item),
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
        why = f"cannot be read: desired {desired!r}, {item.get('recorded_at')!r}"
        raise Broken(f"{item['guard_id']}: {why}"[:MOST_TOLD])
    scaling = item.get("scaling")
    read = _scaling_of(scaling)
    return ServiceRecord(
        desired=int(desired),
        scaling=read,
        recorded_at=recorded_at,
        scaling_unread=UNREADABLE if read is None and scaling is not None else text(item.get("scaling_unread")),
    )


def _scaling_item(scaling: ScalingFact) -> dict[str, Any]:
    return {
        "minimum": scaling.minimum,
        "maximum": scaling.maximum,
        "scale_in_suspended": scaling.scale_in_suspended,
        "scale_out_suspended": scaling.scale_out_suspended,
        "scheduled_suspended": scaling.scheduled_suspended,
    }


def _scaling_of(item: Any) -> ScalingFact | None:
    """None: it cannot be read. What was suspended before is put back by it, so nothing of it is guessed."""
    found = item if isinstance(item, Mapping) else {}
    least, most = (number(found.get(name)) for name in ("minimum", "maximum"))
    suspended = {name: found.get(name) for name in _SUSPENDED}
    if least is None or most is None or not all(isinstance(one, bool) for one in suspended.values()):
        return None
    flags = {name: one is True for name, one in suspended.items()}
    return ScalingFact(minimum=int(least), maximum=int(most), **flags)


def _strategy(item: Mapping[str, Any]) -> str:
    """The key says whose record it is, whatever else stands in it."""
    return str(item["guard_id"]).partition("/strategy/")[2] or str(item.get("strategy_id"))
