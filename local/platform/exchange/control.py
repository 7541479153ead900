"""The stand-in exchange from behind: what a test or `local open-position` does to it. No part of Binance's API.

Below `/_local/exchange-control`, JSON in and out. Symbols are `BTCUSDT` or `BTC/USDT:USDT`; numbers may be text
(exact) or JSON numbers; times are epoch milliseconds or ISO 8601 with an offset; `account` is `main` unless told.

| call | fields | answers |
|---|---|---|
| `GET /state` | | accounts (no secrets) with positions, orders, fills; prices, statuses, faults |
| `GET /calls` | query: `path`, `method`, `client_id`, `since` | what came in, the oldest first |
| `POST /accounts` | `name`, `key`, `secret`, `wallet`, `bnb`, `hedged`, `leverage`, rights | the account |
| `POST /price` | `symbol`, `price`, `mark`; with `at`: what it was from then on | the prices |
| `POST /depth` | `symbol`, `bids`, `asks` as [[price, amount]], or `levels`, `amount`, `apart` (bps) | the book |
| `POST /walk` | `symbol`, `bps` a second (0: still) | the prices |
| `POST /status` | `symbol`, `status` | the statuses |
| `POST /position` | `symbol`, `side`, `amount`, `account`, `client_id`, `at` | order, fills, `entry_price` |
| `POST /order` | `account`, `params` by the venue's names, `trigger` (bool), `at`, `share` | the order |
| `POST /covered` | `code` -2022 or -4118: what is said where resting orders hold all of a position | `code` |
| `POST /fill` | `account`, `order_id`, `amount` | the resting order after somebody took so much of it |
| `POST /cancel` | `account`, `order_id` or `algo_id` | the order |
| `POST /liquidate` | `account`, `symbol`, `position_side` | the closing order |
| `POST /funds` | `account`, `amount` in USDT, below 0: out of it | `wallet` |
| `POST /mode` | `account`, `hedged` | `hedged` |
| `POST /funding` | `symbol`, `rate`, `at` | the state of the accounts |
| `GET /faults` | | the known ones, and those that are active |
| `POST /faults` | `name`, `count`, `options` | the fault |
| `DELETE /faults` | | what is active: nothing |
| `POST /reset` | | accounts and keys stay, all else is as new |

`side` of a position is `long` or `short`; `share` of an order: how much of what it could fill at once it gets.

What the venue refuses is answered with 400 and its code and text; a field that makes no sense with 422.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from local.platform.exchange import control_market, control_orders, control_venue
from local.platform.exchange.control_state import state
from local.platform.exchange.errors import Refused
from local.platform.exchange.faults import UnknownFault
from local.platform.exchange.venue import Venue
from local.platform.http import Answer, BadRequest, Request

Act = Callable[[Venue, Mapping[str, Any]], Any]
ACTS: Final[dict[tuple[str, str], Act]] = {
    ("GET", "/state"): lambda venue, _: state(venue),
    ("GET", "/calls"): control_venue.calls,
    ("POST", "/accounts"): control_venue.add_account,
    ("POST", "/price"): control_market.set_price,
    ("POST", "/depth"): control_market.set_depth,
    ("POST", "/walk"): control_market.walk,
    ("POST", "/status"): control_market.set_status,
    ("POST", "/covered"): control_market.set_covered,
    ("POST", "/funding"): control_market.funding,
    ("POST", "/position"): control_orders.position,
    ("POST", "/order"): control_orders.order,
    ("POST", "/fill"): control_orders.fill,
    ("POST", "/cancel"): control_orders.cancel,
    ("POST", "/liquidate"): control_orders.liquidate,
    ("POST", "/funds"): control_orders.funds,
    ("POST", "/mode"): control_orders.set_mode,
    ("GET", "/faults"): control_venue.faults,
    ("POST", "/faults"): control_venue.break_with,
    ("DELETE", "/faults"): control_venue.mend,
    ("POST", "/reset"): control_venue.reset,
}


class ExchangeControl:
    """Answers a path below `/_local/exchange-control`."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def answer(self, request: Request, path: str) -> Answer:
        """`path`: what follows the prefix."""
        act = ACTS.get((request.method, path.rstrip("/")))
        if act is None:
            return Answer.json({"message": f"not found: {request.method} {path}"}, 404)
        try:
            given = dict(request.query) if request.method == "GET" else request.fields()
            self._venue.exchange.tick()
            with self._venue.exchange.lock:
                return Answer.json(act(self._venue, given))
        except Refused as refused:
            return Answer.json({"code": refused.no.code, "msg": refused.no.text}, 400)
        except (BadRequest, UnknownFault, ValueError) as error:
            return Answer.json({"message": str(error)}, 422)
