"""Control of positions and orders: what a strategy, the venue or somebody else does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.platform.exchange import control_fields as fields
from local.platform.exchange import shapes
from local.platform.exchange.account import Account
from local.platform.exchange.desk import Twist
from local.platform.exchange.opening import open_position
from local.platform.exchange.venue import Venue
from local.platform.http import BadRequest

Fields = Mapping[str, Any]


def account_of(venue: Venue, given: Fields) -> Account:
    """The one that is named, or `main`."""
    name = given.get("account", "main")
    account = venue.exchange.accounts.get(name)
    if account is None:
        raise BadRequest(f"account: no {name}")
    return account


def position(venue: Venue, given: Fields) -> Any:
    account, side = account_of(venue, given), fields.text(given, "side").lower()
    if side not in ("long", "short"):
        raise BadRequest("side: long or short")
    order, fills = open_position(
        venue.exchange,
        account.name,
        fields.symbol(given),
        side,
        fields.needed(given, "amount"),
        client_id=given.get("client_id"),
        at=fields.moment(given, "at"),
    )
    return {
        "order": shapes.order(order),
        "order_id": order.order_id,
        "client_order_id": order.client_id,
        "fills": [shapes.trade(one) for one in fills],
        "entry_price": shapes.plain(order.average),
        "amount": shapes.amount(order.filled, order.symbol),
    }


def order(venue: Venue, given: Fields) -> Any:
    account, params = account_of(venue, given), given.get("params")
    if not isinstance(params, dict):
        raise BadRequest("params: the order, by the venue's names")
    said = {name: fields.plain_text(value) for name, value in params.items()}
    said["symbol"] = fields.symbol(params)
    share = fields.number(given, "share")
    twist = Twist(at=fields.moment(given, "at"), share=Twist().share if share is None else share)
    exchange = venue.exchange
    if given.get("trigger"):
        return shapes.trigger(exchange.place_trigger(account.name, said, twist))
    return shapes.order(exchange.place(account.name, said, twist))


def fill(venue: Venue, given: Fields) -> Any:
    order_id, amount = fields.whole(given, "order_id"), fields.needed(given, "amount")
    return shapes.order(venue.exchange.fill_resting(account_of(venue, given).name, order_id, amount))


def cancel(venue: Venue, given: Fields) -> Any:
    name, exchange = account_of(venue, given).name, venue.exchange
    if "algo_id" in given:
        return shapes.trigger(exchange.cancel_trigger(name, fields.whole(given, "algo_id")))
    return shapes.order(exchange.cancel(name, fields.whole(given, "order_id")))


def liquidate(venue: Venue, given: Fields) -> Any:
    side = str(given.get("position_side", "BOTH")).upper()
    return shapes.order(venue.exchange.liquidate(account_of(venue, given).name, fields.symbol(given), side))


def funds(venue: Venue, given: Fields) -> Any:
    """Into the wallet, or out of it where the amount is below 0."""
    account, amount = account_of(venue, given), fields.needed(given, "amount")
    venue.exchange.transfer(account.name, amount)
    return {"account": account.name, "wallet": shapes.plain(account.wallet)}


def set_mode(venue: Venue, given: Fields) -> Any:
    hedged = given.get("hedged")
    if not isinstance(hedged, bool):
        raise BadRequest("hedged: true or false")
    venue.exchange.set_hedged(account_of(venue, given).name, hedged)
    return {"hedged": hedged}
