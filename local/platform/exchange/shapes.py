"""Orders, fills and income as Binance writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from local.platform.exchange.account import Fill, Income
from local.platform.exchange.market import CONTRACTS
from local.platform.exchange.orders import Order, Trigger

Json = dict[str, Any]


def plain(number: Decimal, places: int = 8) -> str:
    """With so many places, never as an exponent."""
    return format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def price(number: Decimal, symbol: str) -> str:
    return plain(number, CONTRACTS[symbol].price_decimals)


def amount(number: Decimal, symbol: str) -> str:
    """With as many places as the lot step has; what is less than a step (dust) is never rounded."""
    contract = CONTRACTS[symbol]
    return plain(number, contract.amount_decimals) if contract.at_step(number) == number else plain(number)


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
