"""Orders, positions and fills as Binance writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from local.platform.exchange.account import Account, Fill, Income, Position
from local.platform.exchange.margin import Margins, initial, liquidation_price, maintenance
from local.platform.exchange.market import CONTRACTS
from local.platform.exchange.orders import ZERO, Order, Trigger
from local.platform.exchange.prices import Prices

Json = dict[str, Any]


def plain(number: Decimal, places: int = 8) -> str:
    """With so many places, never as an exponent."""
    return format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def price(number: Decimal, symbol: str) -> str:
    return plain(number, CONTRACTS[symbol].price_decimals)


def amount(number: Decimal, symbol: str) -> str:
    return plain(number, CONTRACTS[symbol].amount_decimals)


def order(one: Order) -> Json:
    """As a query answers it."""
    return {**new_order(one), "time": one.created}


def new_order(one: Order) -> Json:
    """As RESULT answers it."""
    return {
        "orderId": one.order_id,
        "symbol": one.symbol,
        "status": one.status,
        "clientOrderId": one.client_id,
        "price": price(one.price, one.symbol),
        "avgPrice": plain(one.average, 5),
        "origQty": amount(one.amount, one.symbol),
        "executedQty": amount(one.filled, one.symbol),
        "cumQty": amount(one.filled, one.symbol),
        "cumQuote": plain(one.cost, 5),
        "timeInForce": one.time_in_force,
        "type": one.type,
        "reduceOnly": one.reduce_only,
        "closePosition": one.close_position,
        "side": one.side,
        "positionSide": one.position_side,
        "stopPrice": price(one.stop_price, one.symbol),
        "workingType": one.working_type,
        "priceProtect": one.price_protect,
        "origType": one.orig_type or one.type,
        "priceMatch": "NONE",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "goodTillDate": 0,
        "updateTime": one.updated,
    }


def acknowledged(one: Order) -> Json:
    """As ACK answers it: that it came, before anything was matched."""
    return {
        **new_order(one),
        "status": "NEW",
        "avgPrice": "0.00",
        "executedQty": "0",
        "cumQty": "0",
        "cumQuote": "0",
    }


def trigger(one: Trigger) -> Json:
    symbol = one.symbol
    return {
        "algoId": one.algo_id,
        "clientAlgoId": one.client_id,
        "algoType": "CONDITIONAL",
        "orderType": one.type,
        "symbol": symbol,
        "side": one.side,
        "positionSide": one.position_side,
        "timeInForce": one.time_in_force,
        "quantity": amount(one.amount, symbol),
        "algoStatus": one.status,
        "actualOrderId": "" if one.order_id is None else str(one.order_id),
        "actualPrice": "0.00000",
        "triggerPrice": price(one.trigger_price, symbol),
        "price": price(one.price, symbol),
        "icebergQuantity": None,
        "tpOrderType": "",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "workingType": one.working_type,
        "priceMatch": "NONE",
        "closePosition": one.close_position,
        "priceProtect": one.price_protect,
        "reduceOnly": one.reduce_only,
        "activatePrice": price(one.activate_price, symbol) if one.activate_price else "",
        "callbackRate": plain(one.callback_rate, 1) if one.callback_rate else "",
        "createTime": one.created,
        "updateTime": one.updated,
        "triggerTime": one.triggered_at,
        "goodTillDate": 0,
    }


def trade(one: Fill) -> Json:
    return {
        "symbol": one.symbol,
        "id": one.fill_id,
        "orderId": one.order_id,
        "side": one.side,
        "price": price(one.price, one.symbol),
        "qty": amount(one.amount, one.symbol),
        "realizedPnl": plain(one.profit),
        "quoteQty": plain(one.price * one.amount),
        "commission": plain(one.fee),
        "commissionAsset": one.fee_asset,
        "time": one.at,
        "positionSide": one.position_side,
        "buyer": one.side == "BUY",
        "maker": one.maker,
    }


def income(one: Income) -> Json:
    return {
        "symbol": one.symbol,
        "incomeType": one.kind,
        "income": plain(one.amount),
        "asset": one.asset,
        "info": one.trade_id or one.kind,
        "time": one.at,
        "tranId": one.income_id,
        "tradeId": one.trade_id,
    }


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
