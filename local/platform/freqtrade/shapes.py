"""What a bot says of itself and of its trades: `/show_config`, `/health`, `/whitelist`, `/status`.

Source: freqtrade 2026.9, `rpc/api_server/api_schemas.py`: ShowConfig, Health, WhitelistResponse, OpenTradeSchema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from local.platform.freqtrade.candles import CANDLE, TIMEFRAME
from local.platform.pace import parse

VERSION: Final = "2026.9"
API_VERSION: Final = 2.50
# freqtrade names an exchange as ccxt does and its futures by the trading mode.
EXCHANGES: Final = {"binanceusdm": "binance", "krakenfutures": "kraken"}
ORDER_TYPES: Final = {
    "entry": "limit",
    "exit": "limit",
    "stoploss": "market",
    "stoploss_on_exchange": True,
}


def strategy_class(strategy_id: str) -> str:
    """As a Python class would be called."""
    return "".join(part.capitalize() for part in strategy_id.replace("_", "-").split("-"))


def show_config(strategy_id: str, exchange: str, mode: str, state: str) -> dict[str, Any]:
    milliseconds = int(CANDLE.total_seconds()) * 1_000
    return {
        "version": VERSION,
        "strategy_version": None,
        "api_version": API_VERSION,
        "dry_run": mode != "live",
        "trading_mode": "futures",
        "margin_mode": "isolated",
        "short_allowed": True,
        "stake_currency": "USDT",
        "stake_amount": "500",
        "available_capital": None,
        "stake_currency_decimals": 3,
        "max_open_trades": 5,
        "minimal_roi": {},
        "stoploss": -0.05,
        "stoploss_on_exchange": True,
        "trailing_stop": False,
        "trailing_stop_positive": None,
        "trailing_stop_positive_offset": 0.0,
        "trailing_only_offset_is_reached": False,
        "unfilledtimeout": {"entry": 10, "exit": 10, "exit_timeout_count": 0, "unit": "minutes"},
        "order_types": ORDER_TYPES,
        "use_custom_stoploss": False,
        "timeframe": TIMEFRAME,
        "timeframe_ms": milliseconds,
        "timeframe_min": milliseconds // 60_000,
        "exchange": EXCHANGES.get(exchange, exchange),
        "demo_trading": False,
        "strategy": strategy_class(strategy_id),
        "force_entry_enable": False,
        "exit_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
        "entry_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
        "bot_name": strategy_id,
        "state": state,
        "runmode": "live" if mode == "live" else "dry_run",
        "position_adjustment_enable": False,
        "max_entry_position_adjustment": -1,
    }


def health(last_process: datetime | None, started: datetime) -> dict[str, Any]:
    return {
        "last_process": _iso(last_process) if last_process else None,
        "last_process_ts": int(last_process.timestamp()) if last_process else None,
        "bot_start": _iso(started),
        "bot_start_ts": int(started.timestamp()),
        "bot_startup": _iso(started),
        "bot_startup_ts": int(started.timestamp()),
    }


def whitelist(pairs: Sequence[str]) -> dict[str, Any]:
    return {"whitelist": list(pairs), "length": len(pairs), "method": ["StaticPairList"]}


def open_trade(number: int, item: Mapping[str, Any], strategy_id: str, exchange: str) -> dict[str, Any]:
    """A position of the table as the bot keeps it: `number` is its trade's id."""
    pair, amount, rate = str(item["symbol"]), _float(item.get("amount")), _float(item.get("entry_price"))
    base, _, rest = pair.partition("/")
    opened = parse(item.get("opened_at"))
    date = opened.strftime("%Y-%m-%d %H:%M:%S") if opened else ""
    timestamp = int(opened.timestamp() * 1_000) if opened else 0
    return {
        "trade_id": number,
        "pair": pair,
        "base_currency": base,
        "quote_currency": rest.partition(":")[0],
        "is_open": True,
        "is_short": item.get("side") == "short",
        "exchange": EXCHANGES.get(exchange, exchange),
        "amount": amount,
        "amount_requested": amount,
        "stake_amount": amount * rate,
        "max_stake_amount": amount * rate,
        "strategy": strategy_class(strategy_id),
        "enter_tag": None,
        "timeframe": int(CANDLE.total_seconds()) // 60,
        "open_date": date,
        "open_timestamp": timestamp,
        "open_fill_date": date,
        "open_fill_timestamp": timestamp,
        "open_rate": rate,
        "open_rate_requested": rate,
        "open_trade_value": amount * rate,
        "realized_profit": 0.0,
        "nr_of_successful_entries": 1,
        "nr_of_successful_exits": 0,
        "has_open_orders": False,
        "orders": [],
        "leverage": 1.0,
        "trading_mode": "futures",
        "current_rate": rate,
        "total_profit_abs": 0.0,
    }


def _float(value: Any) -> float:
    return float(value) if isinstance(value, Decimal) else 0.0


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
