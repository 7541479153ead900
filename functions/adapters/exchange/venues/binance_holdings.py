"""Binance USD-M's raw answers about positions, trades and markets to functions.venue's facts.

Source: developers.binance.com, USD-M futures, "Position Information V3", "Account Trade List", "Exchange
Information".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from functions.adapters.exchange import reading
from functions.adapters.exchange.translate import side_of
from functions.adapters.exchange.venues.binance_facts import position_side_of
from functions.venue import Direction, Fill, Market, Unit, VenuePosition


def position_of(unit: Unit, rows: Sequence[Mapping[str, Any]], hedged: bool, at: datetime) -> VenuePosition:
    """From the rows of the unit's symbol; none is flat. In one-way mode the sign is the direction."""
    held: dict[Direction, Mapping[str, Any]] = {}
    for row in rows:
        side, amount = position_side_of(row), reading.number(row, "positionAmt")
        if not amount:
            continue
        if (side is not None) != hedged:
            raise ValueError("the position mode was changed between two readings")
        held[side or ("long" if amount > 0 else "short")] = row
    ours, other = held.get(unit.side), held.get("short" if unit.side == "long" else "long")
    facts: Mapping[str, Any] = ours or {}
    return VenuePosition(
        unit=unit,
        amount=_amount(ours),
        opposite=_amount(other),
        hedged=hedged,
        at=at,
        entry_price=reading.some(facts, "entryPrice"),
        mark_price=reading.some(facts or other or {}, "markPrice"),
        liquidation_price=reading.some(facts, "liquidationPrice"),
        unrealized=reading.maybe(facts, "unRealizedProfit"),
        margin=reading.maybe(facts, "positionInitialMargin"),
    )


def directions_of(rows: Sequence[Mapping[str, Any]]) -> list[Direction]:
    """The directions in which the rows of a symbol hold something."""
    found = ((position_side_of(row), reading.number(row, "positionAmt")) for row in rows)
    return [side or ("long" if amount > 0 else "short") for side, amount in found if amount]


def fill_of(row: Mapping[str, Any]) -> Fill:
    return Fill(
        fill_id=reading.text(row, "id"),
        order_id=reading.text(row, "orderId"),
        side=side_of(row.get("side")),
        amount=reading.number(row, "qty"),
        price=reading.number(row, "price"),
        fee=reading.maybe(row, "commission"),
        fee_asset=reading.maybe_text(row, "commissionAsset"),
        at=reading.when(row, "time"),
        position_side=position_side_of(row),
    )


def market_of(market: Mapping[str, Any]) -> Market:
    """From the raw entry of exchangeInfo, which ccxt keeps under `info`."""
    info = reading.mapping(market.get("info"), "exchangeInfo")
    filters = {str(row.get("filterType")): row for row in reading.rows(info.get("filters"), "filters")}
    lot, percent = filters.get("LOT_SIZE", {}), filters.get("PERCENT_PRICE", {})
    return Market(
        symbol=reading.text(market, "symbol"),
        active=info.get("status") == "TRADING",
        quote=reading.text(info, "quoteAsset"),
        price_tick=reading.number(filters.get("PRICE_FILTER", {}), "tickSize"),
        amount_step=reading.number(lot, "stepSize"),
        amount_least=reading.number(lot, "minQty"),
        notional_least=reading.some(filters.get("MIN_NOTIONAL", {}), "notional"),
        limit_most=reading.some(lot, "maxQty"),
        market_most=reading.some(filters.get("MARKET_LOT_SIZE", {}), "maxQty"),
        status=reading.maybe_text(info, "status"),
        price_down=reading.some(percent, "multiplierDown"),
        price_up=reading.some(percent, "multiplierUp"),
    )


def _amount(row: Mapping[str, Any] | None) -> Decimal:
    return abs(reading.number(row, "positionAmt")) if row else Decimal(0)
