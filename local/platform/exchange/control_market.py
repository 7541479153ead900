"""Control of the market: prices, depth, symbols, funding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.platform.exchange import control_fields as fields
from local.platform.exchange.asked import Asked
from local.platform.exchange.book import Depth
from local.platform.exchange.control_state import state
from local.platform.exchange.public_endpoints import ENDPOINTS as PUBLIC
from local.platform.exchange.venue import Venue
from local.platform.http import BadRequest

Fields = Mapping[str, Any]


def set_price(venue: Venue, given: Fields) -> Any:
    symbol, price, at = fields.symbol(given), fields.needed(given, "price"), fields.moment(given, "at")
    if at is None:
        venue.exchange.set_price(symbol, price, fields.number(given, "mark"))
    else:
        venue.exchange.prices.put_past(symbol, price, at)
    return state(venue)["prices"]


def set_depth(venue: Venue, given: Fields) -> Any:
    symbol, exchange = fields.symbol(given), venue.exchange
    if "bids" in given or "asks" in given:
        exchange.set_book(symbol, fields.levels(given, "bids"), fields.levels(given, "asks"))
    else:
        usual = Depth()
        apart = fields.number(given, "apart")
        exchange.set_depth(
            symbol,
            Depth(
                int(given.get("levels", usual.levels)),
                fields.number(given, "amount"),
                usual.apart if apart is None else apart,
            ),
        )
    asked = Asked(exchange, {"symbol": symbol, "limit": "1000"}, exchange.clock())
    return PUBLIC["GET", "/fapi/v1/depth"].handle(asked)


def walk(venue: Venue, given: Fields) -> Any:
    venue.exchange.walk(fields.symbol(given), fields.needed(given, "bps"))
    return state(venue)["prices"]


def set_status(venue: Venue, given: Fields) -> Any:
    venue.exchange.set_status(fields.symbol(given), fields.text(given, "status"))
    return state(venue)["statuses"]


def set_covered(venue: Venue, given: Fields) -> Any:
    code = given.get("code")
    if not isinstance(code, int):
        raise BadRequest("code: must be a whole number")
    venue.exchange.set_covered(code)
    return {"code": code}


def funding(venue: Venue, given: Fields) -> Any:
    rate = fields.needed(given, "rate")
    venue.exchange.funding(fields.symbol(given), rate, fields.moment(given, "at"))
    return state(venue)["accounts"]
