"""The symbols that the stand-in exchange lists."""

from __future__ import annotations

import time
from typing import Any

# Base asset: (price tick, lot step, smallest notional in USDT), as on Binance in size.
SYMBOLS = {
    "BTC": ("0.10", "0.001", "100"),
    "ETH": ("0.01", "0.001", "20"),
    "SOL": ("0.0100", "0.01", "5"),
    "BNB": ("0.010", "0.01", "5"),
    "XRP": ("0.0001", "0.1", "5"),
}
ORDER_TYPES = (
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
)


def exchange_info() -> dict[str, Any]:
    """`GET /fapi/v1/exchangeInfo`, cut to what a client reads."""
    return {
        "timezone": "UTC",
        "serverTime": time.time_ns() // 1_000_000,
        "futuresType": "U_MARGINED",
        "rateLimits": [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400},
            {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200},
        ],
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
        "symbols": [_symbol(base, *sizes) for base, sizes in SYMBOLS.items()],
    }


def _symbol(base: str, tick: str, step: str, notional: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "pair": f"{base}USDT",
        "contractType": "PERPETUAL",
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": _decimals(tick),
        "quantityPrecision": _decimals(step),
        "orderTypes": list(ORDER_TYPES),
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": tick, "minPrice": tick, "maxPrice": "10000000"},
            {"filterType": "LOT_SIZE", "stepSize": step, "minQty": step, "maxQty": "1000"},
            {"filterType": "MARKET_LOT_SIZE", "stepSize": step, "minQty": step, "maxQty": "120"},
            {"filterType": "MIN_NOTIONAL", "notional": notional},
            {"filterType": "PERCENT_PRICE", "multiplierUp": "1.0500", "multiplierDown": "0.9500"},
        ],
    }


def _decimals(step: str) -> int:
    return len(step.rstrip("0").partition(".")[2])
