"""Items of the platform's and of our own tables to facts; used by the real adapters and their twins alike.

An attribute that is missing or of a type that nobody agreed on becomes None or an empty word, never a
value that looks healthy. A position without a readable amount is refused: exposure must not look smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from functions.adapters.attribute_values import Item
from functions.adapters.values import text_of, time_of
from functions.errors import Broken, Refused
from functions.facts import KillSwitchFact, OpenPositions, OrderCorrection, OrderFact, PositionFact, StrategyState
from functions.ports import Held

KILL_SWITCH: Final = "kill-switch"
WORKING: Final = ("pending", "open")
# Characters of an error that quotes an item: it stands in a history and in an incident.
MOST_TOLD: Final = 300

# Order types that rest at the venue to limit a loss or take a profit (EXCHANGE.md, "Protection goes last").
_PROTECTIVE: Final = ("stop", "takeprofit", "trailing")


def text(value: Any) -> str | None:
    """What stands there as text; None where nothing does."""
    return None if value is None else str(value)


def number(value: Any) -> Decimal | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    found = Decimal(value)
    return found if found.is_finite() else None


def strategy_of(item: Mapping[str, Any], acknowledged_attribute: str) -> StrategyState:
    """An item of the trading state table."""
    return StrategyState(
        strategy_id=str(item["strategy_id"]),
        status=str(item.get("status") or ""),
        last_heartbeat=time_of(item.get("last_heartbeat")),
        heartbeat_text=text(item.get("last_heartbeat")),
        acknowledged_status=text(item.get(acknowledged_attribute)),
        stopped_by=text(item.get("stopped_by")),
        stopped_at=time_of(item.get("stopped_at")),
        status_before=text(item.get("status_before")),
        started_by=text(item.get("started_by")),
        started_as=text(item.get("started_as")),
        started_at=time_of(item.get("started_at")),
        paused_by=text(item.get("paused_by")),
        paused_from=text(item.get("paused_from")),
    )


def position_of(item: Mapping[str, Any]) -> PositionFact:
    """An item of the positions table. A negative amount is none: its side says where it stands."""
    amount = number(item.get("amount"))
    if amount is None or amount < 0:
        why = f"its amount cannot be read: {item.get('amount')!r}"
        raise Refused(f"position {item['position_id']}: {why}"[:MOST_TOLD])
    return PositionFact(
        position_id=str(item["position_id"]),
        strategy_id=str(item.get("strategy_id") or ""),
        symbol=str(item.get("symbol") or ""),
        side=str(item.get("side") or ""),
        amount=amount,
        status=str(item.get("status") or ""),
        exchange=text(item.get("exchange")),
        exit_signal_at=time_of(item.get("exit_signal_at")),
        account=text(item.get("account")),
        mode=text(item.get("mode")),
        entry_price=number(item.get("entry_price")),
        opened_at=time_of(item.get("opened_at")),
        exit_reason=text(item.get("exit_reason")),
        closed_at=time_of(item.get("closed_at")),
        exit_price=number(item.get("exit_price")),
        closed_by=text(item.get("closed_by")),
    )


def positions_of(found: Iterable[Mapping[str, Any]]) -> OpenPositions:
    """Each by itself; one whose amount cannot be read is named."""
    readable: list[PositionFact] = []
    broken: list[tuple[PositionFact, str]] = []
    for item in found:
        try:
            readable.append(position_of(item))
        except Refused as error:
            broken.append((position_of({**item, "amount": Decimal(0)}), str(error)))
    return OpenPositions(tuple(readable), tuple(broken))


def closing(exit_price: Decimal | None, closed_at: datetime, *, manually: bool, closed_by: str) -> dict[str, Any]:
    """What a close writes in a position's record. `closed_manually` stands only where a person or we closed it."""
    price = {} if exit_price is None else {"exit_price": exit_price}
    by_hand = {"closed_manually": True} if manually else {}
    return {"status": "closed", "closed_at": text_of(closed_at), "closed_by": closed_by, **price, **by_hand}


def closed_by_us(item: Mapping[str, Any], closed_by: str) -> bool:
    return bool(item.get("status") == "closed" and item.get("closed_by") == closed_by)


def oldest_first(orders: Iterable[OrderFact]) -> list[OrderFact]:
    """Those whose time cannot be read come last."""
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(orders, key=lambda order: (order.created_at or far, order.order_id))


def order_of(item: Mapping[str, Any]) -> OrderFact:
    """An item of the orders table. `reducing` is None where the item does not say."""
    closes = _yes(item.get("close_position", item.get("closePosition")))
    reduces = True if closes else _yes(item.get("reduce_only", item.get("reduceOnly")))
    kind = str(item.get("type") or "")
    stops = kind.lower().replace("_", "").replace("-", "").replace(" ", "").startswith(_PROTECTIVE)
    return OrderFact(
        position_id=str(item["position_id"]),
        order_id=str(item["order_id"]),
        strategy_id=text(item.get("strategy_id")),
        side=str(item.get("side") or ""),
        type=kind,
        status=str(item.get("status") or ""),
        protective=bool(closes) or (stops and reduces is not False),
        reducing=reduces,
        client_order_id=text(item.get("client_order_id")),
        amount=number(item.get("amount")),
        filled=number(item.get("filled")),
        price=number(item.get("price")),
        created_at=time_of(item.get("created_at")),
        error=text(item.get("error")),
    )


def correcting(seen: OrderFact, correction: OrderCorrection, *, corrected_by: str, at: datetime) -> Item:
    """What a correction writes into an order's item."""
    given = {"filled": correction.filled, "price": correction.price, "error": correction.error}
    return {
        "status": correction.status,
        "status_before": seen.status,
        "corrected_by": corrected_by,
        "corrected_at": text_of(at),
        **{name: value for name, value in given.items() if value is not None},
    }


def corrected_by_us(item: Mapping[str, Any], correction: OrderCorrection, corrected_by: str) -> bool:
    return item.get("status") == correction.status and item.get("corrected_by") == corrected_by


def held_of(item: Mapping[str, Any]) -> Held:
    """A lock of the guards table."""
    return Held(
        guard_id=str(item["guard_id"]),
        owner=_named_one(item, "owner"),
        incident_id=_named_one(item, "incident_id"),
        taken_at=_must(item, "taken_at"),
        act_until=_must(item, "act_until"),
    )


def kill_switch_of(item: Mapping[str, Any] | None) -> KillSwitchFact:
    """A missing item is a released kill switch; one that does not plainly say `engaged: false` is engaged.

    A list of strategies that is empty or unreadable means all of them; one of released strategies that cannot be
    read releases none.
    """
    if item is None:
        return KillSwitchFact(engaged=False)
    last, by = text(item.get("last_halt_id")), text(item.get("released_by"))
    if item.get("engaged") is False:
        return KillSwitchFact(engaged=False, last_halt_id=last, released_by=by)
    return KillSwitchFact(
        engaged=True,
        reason=text(item.get("reason")),
        engaged_by=text(item.get("engaged_by")),
        engaged_at=time_of(item.get("engaged_at")),
        strategy_ids=_named(item, "strategy_ids") or None,
        halt_id=text(item.get("halt_id")),
        stops=_named(item, "stops"),
        released_ids=_named(item, "released_ids"),
        manage_only=item.get("manage_only") is True,
        service_up=item.get("service_up") is True,
        last_halt_id=last,
        released_by=by,
    )


def _named(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A set or a list of names, sorted; empty where there is none that can be read."""
    named = item.get(name)
    return tuple(sorted(map(str, named))) if isinstance(named, set | list) else ()


def _yes(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _named_one(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value:
        raise Broken(f"guard {item.get('guard_id')}: {name} cannot be read: {value!r}"[:MOST_TOLD])
    return value


def _must(item: Mapping[str, Any], name: str) -> datetime:
    at = time_of(item.get(name))
    if at is None:
        raise Broken(f"guard {item.get('guard_id')}: {name} cannot be read: {item.get(name)!r}"[:MOST_TOLD])
    return at.astimezone(UTC)
