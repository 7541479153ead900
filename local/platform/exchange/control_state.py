"""Everything that the venue holds, for tests and people. No secrets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from local.platform.exchange import account_shapes, shapes
from local.platform.exchange.account import Account
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.venue import Venue


def state(venue: Venue) -> dict[str, Any]:
    exchange = venue.exchange
    return {
        "time": exchange.clock(),
        "accounts": {name: _account(one, exchange) for name, one in exchange.accounts.items()},
        "prices": {
            symbol: {
                "last": shapes.price(exchange.prices.last(symbol), symbol),
                "mark": shapes.price(exchange.prices.mark(symbol), symbol),
            }
            for symbol in exchange.listed
        },
        "statuses": {symbol: exchange.statuses[symbol] for symbol in exchange.listed},
        "faults": [one.as_dict() for one in venue.faults.active],
        "calls": len(venue.calls),
    }


def _account(one: Account, exchange: Exchange) -> dict[str, Any]:
    held = [position for position in one.positions.values() if position.amount]
    return {
        "key": one.key,
        "wallet": shapes.plain(one.wallet),
        "bnb": shapes.plain(one.bnb),
        "hedged": one.hedged,
        "leverage": one.leverage,
        "rights": asdict(one.rights),
        "positions": [account_shapes.position(one, position, exchange.prices, 3) for position in held],
        "orders": [shapes.order(order) for order in one.orders],
        "triggers": [shapes.trigger(trigger) for trigger in one.triggers],
        "fills": [{**shapes.trade(fill), "clientOrderId": fill.client_id} for fill in one.fills],
        "incomes": [shapes.income(income) for income in one.incomes],
    }
