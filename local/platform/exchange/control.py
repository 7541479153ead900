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
from typing import Any

from local.platform.exchange import control_fields as fields
from local.platform.exchange import shapes
from local.platform.exchange.account import Account
from local.platform.exchange.asked import Asked
from local.platform.exchange.book import Depth
from local.platform.exchange.control_state import state
from local.platform.exchange.desk import Twist
from local.platform.exchange.errors import Refused
from local.platform.exchange.faults import FAULTS, UnknownFault
from local.platform.exchange.opening import open_position
from local.platform.exchange.public_endpoints import ENDPOINTS as PUBLIC
from local.platform.exchange.venue import Venue
from local.platform.http import Answer, BadRequest, Request

Fields = Mapping[str, Any]
Act = Callable[[Fields], Any]


class ExchangeControl:
    """Answers a path below `/_local/exchange-control`."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._acts: dict[tuple[str, str], Act] = {
            ("GET", "/state"): lambda _: state(venue),
            ("GET", "/calls"): self._calls,
            ("POST", "/accounts"): self._account,
            ("POST", "/price"): self._price,
            ("POST", "/depth"): self._depth,
            ("POST", "/walk"): self._walk,
            ("POST", "/status"): self._status,
            ("POST", "/position"): self._position,
            ("POST", "/order"): self._order,
            ("POST", "/covered"): self._covered,
            ("POST", "/fill"): self._fill,
            ("POST", "/cancel"): self._cancel,
            ("POST", "/liquidate"): self._liquidate,
            ("POST", "/mode"): self._mode,
            ("POST", "/funding"): self._funding,
            ("GET", "/faults"): self._faults,
            ("POST", "/faults"): self._break,
            ("DELETE", "/faults"): self._mend,
            ("POST", "/reset"): self._reset,
        }

    async def answer(self, request: Request, path: str) -> Answer:
        """`path`: what follows the prefix."""
        act = self._acts.get((request.method, path.rstrip("/")))
        if act is None:
            return Answer.json({"message": f"not found: {request.method} {path}"}, 404)
        try:
            given = dict(request.query) if request.method == "GET" else request.fields()
            self._venue.exchange.tick()
            with self._venue.exchange.lock:
                return Answer.json(act(given))
        except Refused as refused:
            return Answer.json({"code": refused.no.code, "msg": refused.no.text}, 400)
        except (BadRequest, UnknownFault, ValueError) as error:
            return Answer.json({"message": str(error)}, 422)

    def _one(self, given: Fields) -> Account:
        name = given.get("account", "main")
        account = self._venue.exchange.accounts.get(name)
        if account is None:
            raise BadRequest(f"account: no {name}")
        return account

    def _prices(self) -> Any:
        return state(self._venue)["prices"]

    def _calls(self, given: Fields) -> Any:
        since = fields.moment(given, "since") or 0
        wanted = {name: given[name] for name in ("path", "method", "client_id") if name in given}
        kept = (one.as_dict() for one in list(self._venue.calls) if one.at >= since)
        return [one for one in kept if all(one[name] == value for name, value in wanted.items())]

    def _account(self, given: Fields) -> Any:
        name, key, secret = (fields.text(given, one) for one in ("name", "key", "secret"))
        numbers = {one: fields.needed(given, one) for one in ("wallet", "bnb", "leverage") if one in given}
        flags = {one: value for one, value in given.items() if one not in ("name", "key", "secret", *numbers)}
        make: Callable[..., Account] = self._venue.exchange.add_account
        try:
            make(name, key, secret, **numbers, **flags)
        except TypeError as error:
            raise BadRequest(str(error)) from None
        return state(self._venue)["accounts"][name]

    def _price(self, given: Fields) -> Any:
        symbol, price, at = fields.symbol(given), fields.needed(given, "price"), fields.moment(given, "at")
        if at is None:
            self._venue.exchange.set_price(symbol, price, fields.number(given, "mark"))
        else:
            self._venue.exchange.prices.put_past(symbol, price, at)
        return self._prices()

    def _depth(self, given: Fields) -> Any:
        symbol, exchange = fields.symbol(given), self._venue.exchange
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

    def _walk(self, given: Fields) -> Any:
        self._venue.exchange.walk(fields.symbol(given), fields.needed(given, "bps"))
        return self._prices()

    def _status(self, given: Fields) -> Any:
        self._venue.exchange.set_status(fields.symbol(given), fields.text(given, "status"))
        return dict(self._venue.exchange.statuses)

    def _position(self, given: Fields) -> Any:
        account, side = self._one(given), fields.text(given, "side").lower()
        if side not in ("long", "short"):
            raise BadRequest("side: long or short")
        order, fills = open_position(
            self._venue.exchange,
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

    def _order(self, given: Fields) -> Any:
        account, params = self._one(given), given.get("params")
        if not isinstance(params, dict):
            raise BadRequest("params: the order, by the venue's names")
        said = {name: fields.plain_text(value) for name, value in params.items()}
        said["symbol"] = fields.symbol(params)
        share = fields.number(given, "share")
        twist = Twist(at=fields.moment(given, "at"), share=Twist().share if share is None else share)
        exchange = self._venue.exchange
        if given.get("trigger"):
            return shapes.trigger(exchange.place_trigger(account.name, said, twist))
        return shapes.order(exchange.place(account.name, said, twist))

    def _covered(self, given: Fields) -> Any:
        code = given.get("code")
        if not isinstance(code, int):
            raise BadRequest("code: must be a whole number")
        self._venue.exchange.set_covered(code)
        return {"code": code}

    def _fill(self, given: Fields) -> Any:
        order_id, amount = fields.whole(given, "order_id"), fields.needed(given, "amount")
        return shapes.order(self._venue.exchange.fill_resting(self._one(given).name, order_id, amount))

    def _cancel(self, given: Fields) -> Any:
        name, exchange = self._one(given).name, self._venue.exchange
        if "algo_id" in given:
            return shapes.trigger(exchange.cancel_trigger(name, fields.whole(given, "algo_id")))
        return shapes.order(exchange.cancel(name, fields.whole(given, "order_id")))

    def _liquidate(self, given: Fields) -> Any:
        side = str(given.get("position_side", "BOTH")).upper()
        return shapes.order(self._venue.exchange.liquidate(self._one(given).name, fields.symbol(given), side))

    def _mode(self, given: Fields) -> Any:
        hedged = given.get("hedged")
        if not isinstance(hedged, bool):
            raise BadRequest("hedged: true or false")
        self._venue.exchange.set_hedged(self._one(given).name, hedged)
        return {"hedged": hedged}

    def _funding(self, given: Fields) -> Any:
        rate = fields.needed(given, "rate")
        self._venue.exchange.funding(fields.symbol(given), rate, fields.moment(given, "at"))
        return state(self._venue)["accounts"]

    def _faults(self, _given: Fields) -> Any:
        return {"faults": dict(FAULTS), "active": [one.as_dict() for one in self._venue.faults.active]}

    def _break(self, given: Fields) -> Any:
        options = given.get("options", {})
        if not isinstance(options, dict):
            raise BadRequest("options: must be an object")
        count = {"count": given["count"]} if "count" in given else {}
        return self._venue.break_with(fields.text(given, "name"), **count, **options).as_dict()

    def _mend(self, given: Fields) -> Any:
        self._venue.mend()
        return self._faults(given)

    def _reset(self, _given: Fields) -> Any:
        self._venue.reset()
        return state(self._venue)
