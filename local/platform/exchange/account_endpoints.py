"""The account over HTTP: positions, balances, fills, income, rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from local.platform.exchange import account_shapes, errors, shapes
from local.platform.exchange.account import MAKER, TAKER, Position
from local.platform.exchange.asked import Asked, Endpoint, signed, wallet
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.margin import brackets

WEEK: Final = 7 * 86_400_000
SUCCESS = {"code": 200, "msg": "success"}


def _positions(asked: Asked, *, all_symbols: bool) -> list[Position]:
    """As queries see them now; those that are flat and have no open order only where all symbols are wanted."""
    account, named = asked.account, asked.symbol
    sides = ("LONG", "SHORT") if account.hedged else ("BOTH",)
    shown = []
    for symbol in [named] if named else _known(asked):
        with_orders = bool(account.open_orders(symbol))
        for side in sides:
            one = account.shown(account.position(symbol, side), asked.now)
            if all_symbols or one.amount or with_orders:
                shown.append(one)
    return shown


def _known(asked: Asked) -> list[str]:
    """What is listed, and what is held under a name that is no more."""
    held = {one.symbol for one in asked.account.positions.values() if one.amount}
    return [one for one in asked.exchange.statuses if one in held or one in asked.exchange.listed]


def _risk(version: int) -> Callable[[Asked], Any]:
    def handle(asked: Asked) -> Any:
        positions = _positions(asked, all_symbols=version == 2)
        return [account_shapes.position(asked.account, one, asked.exchange.prices, version) for one in positions]

    return handle


def _account(version: int) -> Callable[[Asked], Any]:
    def handle(asked: Asked) -> Any:
        positions = _positions(asked, all_symbols=version == 2)
        return account_shapes.account(asked.account, asked.exchange.prices, positions, asked.now)

    return handle


def _balance(asked: Asked) -> Any:
    whole = account_shapes.account(asked.account, asked.exchange.prices, [], asked.now)
    names = (
        "asset",
        "crossWalletBalance",
        "crossUnPnl",
        "availableBalance",
        "maxWithdrawAmount",
        "marginAvailable",
    )
    return [
        {
            "accountAlias": asked.account.name,
            "balance": one["walletBalance"],
            **{name: one[name] for name in names},
            "updateTime": asked.now,
        }
        for one in whole["assets"]
    ]


def _config(asked: Asked) -> Any:
    return {
        "feeTier": 0,
        "canTrade": asked.account.can_trade,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": asked.account.hedged,
        "updateTime": 0,
        "multiAssetsMargin": False,
        "tradeGroupId": -1,
    }


def _trades(asked: Asked) -> Any:
    """At most 1000, the oldest first: from an id on, from a time on (at most a week), or the newest of a week."""
    symbol, limit = asked.one_symbol, asked.limit(500, 1000)
    first, order_id = asked.whole("fromId"), asked.whole("orderId")
    start, end = asked.whole("startTime"), asked.whole("endTime")
    mine = [
        one
        for one in asked.account.fills
        if one.symbol == symbol and one.visible_at <= asked.now and order_id in (None, one.order_id)
    ]
    if first is not None:
        if start is not None or end is not None:
            raise Refused(errors.BAD_COMBINATION)
        return [shapes.trade(one) for one in mine if one.fill_id >= first][:limit]
    if order_id is not None and start is None and end is None:
        return [shapes.trade(one) for one in mine][:limit]
    since, until = _window(asked, start, end)
    inside = sorted((one for one in mine if since <= one.at <= until), key=lambda one: (one.at, one.fill_id))
    return [shapes.trade(one) for one in (inside[-limit:] if start is None else inside[:limit])]


def _window(asked: Asked, start: int | None, end: int | None) -> tuple[int, int]:
    """Never more than a week: after the start where that is given, else before the end."""
    if start is None:
        until = asked.now if end is None else end
        return until - WEEK, until
    if end is not None and end - start > WEEK:
        raise Refused(errors.LONG_INTERVAL)
    return start, start + WEEK if end is None else end


def _income(asked: Asked) -> Any:
    symbol, kind, limit = asked.symbol, asked.params.get("incomeType"), asked.limit(100, 1000)
    start, end, page = asked.whole("startTime"), asked.whole("endTime"), asked.whole("page") or 1
    since = asked.now - WEEK if start is None and end is None else start or 0
    until = asked.now if end is None else end
    mine = [
        one
        for one in asked.account.incomes
        if symbol in (None, one.symbol) and kind in (None, one.kind) and since <= one.at <= until
    ]
    mine.sort(key=lambda one: (one.at, one.income_id))
    return [shapes.income(one) for one in mine[(page - 1) * limit : page * limit]]


def _mode(asked: Asked) -> Any:
    return {"dualSidePosition": asked.account.hedged}


def _set_mode(asked: Asked) -> Any:
    wanted = asked.params.get("dualSidePosition", "").lower()
    if wanted not in ("true", "false"):
        raise Refused(mandatory("dualSidePosition"))
    asked.exchange.set_hedged(asked.account.name, wanted == "true", asked=True)
    return SUCCESS


def _brackets(asked: Asked) -> Any:
    symbols = [asked.symbol] if asked.symbol else asked.exchange.listed
    return [{"symbol": one, "notionalCoef": 1.0, "brackets": brackets()} for one in symbols]


def _commission(asked: Asked) -> Any:
    maker, taker = shapes.plain(MAKER, 6), shapes.plain(TAKER, 6)
    return {
        "symbol": asked.one_symbol,
        "makerCommissionRate": maker,
        "takerCommissionRate": taker,
        "rpiCommissionRate": "0.000000",
    }


def _leverage(asked: Asked) -> Any:
    symbol, leverage = asked.one_symbol, asked.whole("leverage")
    if leverage is None or not 1 <= leverage <= 125:
        raise Refused(mandatory("leverage"))
    asked.account.leverage = leverage
    return {"leverage": leverage, "maxNotionalValue": "1000000000", "symbol": symbol}


def _symbol_config(asked: Asked) -> Any:
    common = {"marginType": "CROSSED", "isAutoAddMargin": False, "maxNotionalValue": "1000000000"}
    symbols = [asked.symbol] if asked.symbol else asked.exchange.listed
    return [{"symbol": one, **common, "leverage": asked.account.leverage} for one in symbols]


def _burn(asked: Asked) -> Any:
    return {"feeBurn": asked.account.rights.fees_in_bnb}


def _restrictions(asked: Asked) -> Any:
    rights = asked.account.rights
    return {
        "ipRestrict": rights.ip_restricted,
        "createTime": 1623840271000,
        "enableReading": rights.reading,
        "enableFutures": rights.futures,
        "enableWithdrawals": rights.withdrawals,
        "enableInternalTransfer": False,
        "permitsUniversalTransfer": False,
        "enableMargin": False,
        "enableSpotAndMarginTrading": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enablePortfolioMarginTrading": False,
    }


def _status(asked: Asked) -> Any:
    return {"data": "Locked" if asked.account.rights.frozen else "Normal"}


def _trading_status(asked: Asked) -> Any:
    return {
        "data": {
            "isLocked": asked.account.rights.frozen,
            "plannedRecoverTime": 0,
            "triggerCondition": {"GCR": 150, "IFER": 150, "UFR": 300},
            "updateTime": asked.now,
        }
    }


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/fapi/v2/positionRisk"): signed(_risk(2)),
    ("GET", "/fapi/v3/positionRisk"): signed(_risk(3)),
    ("GET", "/fapi/v2/account"): signed(_account(2)),
    ("GET", "/fapi/v3/account"): signed(_account(3)),
    ("GET", "/fapi/v2/balance"): signed(_balance),
    ("GET", "/fapi/v3/balance"): signed(_balance),
    ("GET", "/fapi/v1/accountConfig"): signed(_config),
    ("GET", "/fapi/v1/userTrades"): signed(_trades),
    ("GET", "/fapi/v1/income"): signed(_income),
    ("GET", "/fapi/v1/positionSide/dual"): signed(_mode),
    ("POST", "/fapi/v1/positionSide/dual"): signed(_set_mode),
    ("GET", "/fapi/v1/leverageBracket"): signed(_brackets),
    ("GET", "/fapi/v1/commissionRate"): signed(_commission),
    ("POST", "/fapi/v1/leverage"): signed(_leverage),
    ("GET", "/fapi/v1/symbolConfig"): signed(_symbol_config),
    ("GET", "/fapi/v1/feeBurn"): signed(_burn),
    ("GET", "/sapi/v1/account/apiRestrictions"): wallet(_restrictions),
    ("GET", "/sapi/v1/account/status"): wallet(_status),
    ("GET", "/sapi/v1/account/apiTradingStatus"): wallet(_trading_status),
}
