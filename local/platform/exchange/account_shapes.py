"""Positions and accounts as Binance writes them."""

from __future__ import annotations

from local.platform.exchange.account import Account, Position
from local.platform.exchange.margin import Margins, initial, liquidation_price, maintenance
from local.platform.exchange.orders import ZERO
from local.platform.exchange.prices import Prices
from local.platform.exchange.shapes import Json, amount, plain


def position(account: Account, one: Position, prices: Prices, version: int) -> Json:
    """`positionRisk`, version 2 or 3."""
    mark = prices.mark(one.symbol)
    common = {
        "symbol": one.symbol,
        "positionSide": one.side,
        "positionAmt": amount(one.amount, one.symbol),
        "entryPrice": plain(one.entry) if one.amount else "0.0",
        "breakEvenPrice": plain(one.entry) if one.amount else "0.0",
        "markPrice": plain(mark),
        "unRealizedProfit": plain(one.profit(mark)),
        "liquidationPrice": plain(liquidation_price(account, one, prices)) if one.amount else "0",
        "isolatedMargin": "0",
        "notional": plain(one.amount * mark),
        "isolatedWallet": "0",
        "updateTime": one.updated,
    }
    if version == 2:
        return {
            **common,
            "leverage": str(account.leverage),
            "marginType": "cross",
            "isAutoAddMargin": "false",
            "isolated": False,
            "adlQuantile": 1,
            "maxNotionalValue": "1000000000",
        }
    margin = plain(initial(account, one, mark))
    return {
        **common,
        "marginAsset": "USDT",
        "initialMargin": margin,
        "maintMargin": plain(maintenance(one, mark)),
        "positionInitialMargin": margin,
        "openOrderInitialMargin": "0",
        "adl": 1,
        "bidNotional": "0",
        "askNotional": "0",
    }


def account(one: Account, prices: Prices, positions: list[Position], now: int) -> Json:
    """`account`, version 3, with what version 2 says besides."""
    whole = Margins(one, prices)
    totals = {
        "walletBalance": plain(whole.wallet),
        "unrealizedProfit": plain(whole.unrealized),
        "marginBalance": plain(whole.balance),
        "maintMargin": plain(whole.maintenance),
        "initialMargin": plain(whole.initial),
        "positionInitialMargin": plain(whole.positions),
        "openOrderInitialMargin": plain(whole.orders),
        "crossWalletBalance": plain(whole.wallet),
        "crossUnPnl": plain(whole.unrealized),
    }
    available = {"availableBalance": plain(whole.available), "maxWithdrawAmount": plain(whole.available)}
    renamed = {f"total{name[0].upper()}{name[1:]}": value for name, value in totals.items()}
    nothing = dict.fromkeys((*totals, *available), plain(ZERO))
    in_bnb = {name: plain(one.bnb) for name in ("walletBalance", "marginBalance", "crossWalletBalance")}
    return {
        "feeTier": 0,
        "canTrade": one.can_trade,
        "canDeposit": True,
        "canWithdraw": True,
        "multiAssetsMargin": False,
        "updateTime": 0,
        **renamed,
        **available,
        "assets": [
            {"asset": "USDT", **totals, **available, "marginAvailable": True, "updateTime": now},
            {"asset": "BNB", **nothing, **in_bnb, "marginAvailable": True, "updateTime": now},
        ],
        "positions": [_in_account(one, held, prices) for held in positions],
    }


def _in_account(one: Account, held: Position, prices: Prices) -> Json:
    mark = prices.mark(held.symbol)
    return {
        "symbol": held.symbol,
        "positionSide": held.side,
        "positionAmt": amount(held.amount, held.symbol),
        "unrealizedProfit": plain(held.profit(mark)),
        "isolatedMargin": "0",
        "notional": plain(held.amount * mark),
        "isolatedWallet": "0",
        "initialMargin": plain(initial(one, held, mark)),
        "maintMargin": plain(maintenance(held, mark)),
        "entryPrice": plain(held.entry),
        "leverage": str(one.leverage),
        "isolated": False,
        "updateTime": held.updated,
    }
