"""The contracts that the stand-in exchange lists, and their filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

ORDER_TYPES = (
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
)
TIMES_IN_FORCE = ("GTC", "IOC", "FOK", "GTX")
TRADING: Final = "TRADING"
# A name that the venue does not have: not yet, or no more.
UNLISTED: Final = "UNLISTED"
# How far from the mark a price may be: PERCENT_PRICE.
MOST: Final = Decimal("1.05")
LEAST: Final = Decimal("0.95")


@dataclass(frozen=True)
class Contract:
    """A perpetual future in USDT. Amounts in base units; `notional` is the smallest in USDT; `limit_most` and
    `market_most` the largest single order; `price` what it costs when the venue is made."""

    base: str
    price: Decimal
    tick: Decimal
    step: Decimal
    notional: Decimal
    limit_most: Decimal
    market_most: Decimal

    @property
    def symbol(self) -> str:
        return f"{self.base}USDT"

    def at_tick(self, price: Decimal) -> Decimal:
        """Rounded down to the price tick."""
        return (price / self.tick).to_integral_value(ROUND_DOWN) * self.tick

    def at_step(self, amount: Decimal) -> Decimal:
        """Rounded down to the lot step."""
        return (amount / self.step).to_integral_value(ROUND_DOWN) * self.step

    @property
    def price_decimals(self) -> int:
        return -int(self.tick.as_tuple().exponent)

    @property
    def amount_decimals(self) -> int:
        return -int(self.step.as_tuple().exponent)


def _listed(*sizes: str) -> Contract:
    base, *numbers = sizes
    return Contract(base, *map(Decimal, numbers))


# Sizes as on Binance. The tick's text has as many places as the venue's `pricePrecision`, which may be more than
# the tick needs: such a price is refused by the tick (-4014), one with still more places by its precision (-1111).
_USUAL: Final = {
    contract.symbol: contract
    for contract in (
        _listed("BTC", "60000.00", "0.10", "0.001", "100", "1000", "120"),
        _listed("ETH", "3000.00", "0.01", "0.001", "20", "10000", "2000"),
        _listed("SOL", "150.0000", "0.0100", "0.01", "5", "1000000", "80000"),
        _listed("BNB", "600.000", "0.010", "0.01", "5", "100000", "2000"),
        _listed("XRP", "0.6000", "0.0001", "0.1", "5", "10000000", "2000000"),
    )
}
# What each would be called after it was renamed.
RENAMED: Final[Mapping[str, str]] = {one.symbol: f"{one.base}2USDT" for one in _USUAL.values()}
CONTRACTS: Final[Mapping[str, Contract]] = {
    **_USUAL,
    **{RENAMED[one.symbol]: replace(one, base=f"{one.base}2") for one in _USUAL.values()},
}


def usual_statuses() -> dict[str, str]:
    """Of a venue that is made: those of the list trade, and nothing has been renamed."""
    return {symbol: TRADING if symbol in _USUAL else UNLISTED for symbol in CONTRACTS}


def unified(symbol: str) -> str:
    """`BTC/USDT:USDT` of `BTCUSDT`."""
    return f"{CONTRACTS[symbol].base}/USDT:USDT"


def symbol_id(name: str) -> str:
    """`BTCUSDT` of `BTC/USDT:USDT`; the venue's own name stays."""
    return name.partition(":")[0].replace("/", "")


def exchange_info(now: int, statuses: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`GET /fapi/v1/exchangeInfo`, cut to what a client reads. A symbol without a status is TRADING."""
    known = usual_statuses() | dict(statuses or {})
    listed = [one for one in CONTRACTS.values() if known[one.symbol] != UNLISTED]
    return {
        "timezone": "UTC",
        "serverTime": now,
        "futuresType": "U_MARGINED",
        "rateLimits": [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400},
            {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200},
        ],
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
        "symbols": [_symbol(one, known[one.symbol]) for one in listed],
    }


def _symbol(one: Contract, status: str) -> dict[str, Any]:
    tick, step = str(one.tick), str(one.step)
    return {
        "symbol": one.symbol,
        "pair": one.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "status": status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": one.base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": one.price_decimals,
        "quantityPrecision": one.amount_decimals,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "triggerProtect": "0.0500",
        "liquidationFee": "0.012500",
        "marketTakeBound": "0.05",
        "orderTypes": list(ORDER_TYPES),
        "timeInForce": list(TIMES_IN_FORCE),
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": tick, "minPrice": tick, "maxPrice": "10000000"},
            {"filterType": "LOT_SIZE", "stepSize": step, "minQty": step, "maxQty": str(one.limit_most)},
            {"filterType": "MARKET_LOT_SIZE", "stepSize": step, "minQty": step, "maxQty": str(one.market_most)},
            {"filterType": "MAX_NUM_ORDERS", "limit": 200},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
            {"filterType": "MIN_NOTIONAL", "notional": str(one.notional)},
            {
                "filterType": "PERCENT_PRICE",
                "multiplierUp": str(MOST),
                "multiplierDown": str(LEAST),
                "multiplierDecimal": "4",
            },
        ],
    }
