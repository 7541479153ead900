"""The four venues behind the real ccxt, without a socket: plain answers of each, and a wire that spoils them.

The plain answers are those of tests/adapters/venues; every method of the port is answered by them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from random import Random
from typing import Any, Final, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from functions.adapters.clock import SystemClock
from functions.adapters.exchange.adapter import CcxtExchange
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.client import Clients
from functions.adapters.exchange.venues.base import VenueApi
from functions.position_settings import ExchangeSettings
from functions.venue import NewOrder, OrderStatus, ProbeOrder, Unit, VenueOrder, Where
from tests.adapters.rigs import SETTINGS
from tests.adapters.venue_answers import MARKET
from tests.adapters.venues import bybit_payloads as bybit
from tests.adapters.venues import krakenfutures_payloads as kraken
from tests.adapters.venues import okx_payloads as okx
from tests.adapters.venues.recorder import KEY, Secrets
from tests.fuzz.hostile import TEXTS, jsonlike, mutated

OURS: Final = tuple(KEY.values())
Answers = dict[str, list[Any]]
MS: Final = int(datetime.now(UTC).timestamp() * 1_000)
SINCE: Final = datetime.fromtimestamp(MS / 1_000, UTC) - timedelta(hours=1)
NOW_TEXT: Final = datetime.fromtimestamp(MS / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
MINUTE: Final = MS // 60_000 * 60_000
AT: Final = datetime.fromtimestamp(MINUTE / 1_000, UTC)

B_ORDER: Final[dict[str, Any]] = {
    "orderId": 12,
    "clientOrderId": "ours1",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "origType": "LIMIT",
    "status": "NEW",
    "origQty": "0.050",
    "executedQty": "0.020",
    "avgPrice": "60750.50",
    "price": "60700.0",
    "stopPrice": "0.00",
    "reduceOnly": True,
    "closePosition": False,
    "positionSide": "BOTH",
    "timeInForce": "GTC",
    "time": MS,
    "updateTime": MS,
}
B_ALGO: Final[dict[str, Any]] = {
    "algoId": 77,
    "clientAlgoId": "stop1",
    "algoType": "CONDITIONAL",
    "orderType": "STOP_MARKET",
    "symbol": "BTCUSDT",
    "side": "SELL",
    "positionSide": "BOTH",
    "quantity": "0.050",
    "algoStatus": "NEW",
    "triggerPrice": "55000.0",
    "price": "0.00",
    "workingType": "MARK_PRICE",
    "priceProtect": True,
    "reduceOnly": True,
    "closePosition": False,
    "timeInForce": "GTC",
    "createTime": MS,
    "updateTime": MS,
}
BINANCE: Final[Answers] = {
    "GET /fapi/v1/exchangeInfo": [{"symbols": [MARKET]}],
    "GET /fapi/v1/ping": [{}],
    "GET /fapi/v1/time": [{"serverTime": MS}],
    "GET /fapi/v1/positionSide/dual": [{"dualSidePosition": False}],
    "GET /fapi/v3/positionRisk": [
        [
            {
                "symbol": "BTCUSDT",
                "positionSide": "BOTH",
                "positionAmt": "0.050",
                "entryPrice": "60000.5",
                "markPrice": "61000.1",
                "liquidationPrice": "55000",
                "unRealizedProfit": "49.98",
                "positionInitialMargin": "305.5",
            }
        ]
    ],
    "GET /fapi/v1/openOrders": [[B_ORDER]],
    "GET /fapi/v1/openAlgoOrders": [[B_ALGO]],
    "GET /fapi/v1/order": [B_ORDER],
    "GET /fapi/v1/algoOrder": [B_ALGO],
    "GET /fapi/v1/allOrders": [[B_ORDER]],
    "GET /fapi/v1/forceOrders": [[]],
    "GET /fapi/v1/allAlgoOrders": [[B_ALGO]],
    "GET /fapi/v1/userTrades": [
        [
            {
                "id": 5,
                "orderId": 12,
                "symbol": "BTCUSDT",
                "side": "SELL",
                "qty": "0.020",
                "price": "60750.5",
                "commission": "0.6",
                "commissionAsset": "USDT",
                "positionSide": "BOTH",
                "time": MS,
            }
        ],
        [],
    ],
    "GET /fapi/v1/income": [
        [
            {
                "symbol": "BTCUSDT",
                "tranId": 9,
                "income": "-0.0321",
                "asset": "USDT",
                "time": MS,
                "info": "FUNDING_FEE",
            }
        ]
    ],
    "GET /fapi/v1/depth": [{"bids": [["61000", "2"]], "asks": [["61000.1", "3"]]}],
    "GET /fapi/v1/klines": [[[MINUTE, "1", "2", "1", "60000.5", "9"]]],
    "GET /fapi/v1/accountConfig": [{"canTrade": True}],
    "GET /fapi/v3/account": [
        {
            "totalMarginBalance": "1000.5",
            "availableBalance": "900",
            "totalMaintMargin": "50",
            "totalWalletBalance": "1000",
            "assets": [
                {"asset": "USDT", "marginBalance": "1000.5", "availableBalance": "900", "maintMargin": "50"}
            ],
        }
    ],
    "GET /sapi/v1/account/apiRestrictions": [
        {"ipRestrict": True, "enableWithdrawals": False, "enableFutures": True, "enableReading": True}
    ],
    "GET /sapi/v1/account/status": [{"data": "Normal"}],
    "GET /sapi/v1/account/apiTradingStatus": [{"data": {"isLocked": False, "plannedRecoverTime": 0}}],
    "POST /fapi/v1/order/test": [{}],
    "POST /fapi/v1/order": [B_ORDER],
    "POST /fapi/v1/algoOrder": [{**B_ALGO, "clientAlgoId": "ours1"}],
    "DELETE /fapi/v1/order": [B_ORDER],
    "DELETE /fapi/v1/algoOrder": [{"algoId": 77, "code": "200", "msg": "success"}],
}
BYBIT: Final[Answers] = {
    "GET /v5/market/instruments-info": [bybit.INSTRUMENTS],
    "GET /v5/market/time": [bybit.ok({}) | {"time": MS}],
    "GET /v5/system/status": [bybit.ok({"list": []})],
    "GET /v5/position/list": [bybit.listed(bybit.held("Buy", "0.050")), bybit.listed()],
    "GET /v5/order/realtime": [bybit.listed(bybit.ORDER | {"orderStatus": "New"}, bybit.STOP)],
    "GET /v5/order/history": [bybit.listed(bybit.ORDER)],
    "GET /v5/execution/list": [bybit.listed(bybit.TRADE | {"execTime": str(MS)})],
    "GET /v5/account/transaction-log": [
        bybit.listed(
            {"id": "t-1", "symbol": "BTCUSDT", "funding": "-0.0321", "currency": "USDT", "transactionTime": str(MS)}
        )
    ],
    "GET /v5/market/kline": [bybit.ok({"list": [[str(MINUTE), "1", "2", "1", "60000.5", "9", "9"]]})],
    "GET /v5/market/orderbook": [bybit.ok({"s": "BTCUSDT", "b": [["61000", "2"]], "a": [["61000.1", "3"]]})],
    "GET /v5/user/query-api": [
        bybit.ok({"readOnly": 0, "ips": ["10.0.0.1"], "permissions": {"ContractTrade": ["Order", "Position"]}})
    ],
    "GET /v5/account/wallet-balance": [
        bybit.ok(
            {
                "list": [
                    {
                        "totalEquity": "1000.5",
                        "totalAvailableBalance": "900",
                        "accountMMRate": "0.05",
                        "coin": [],
                    }
                ]
            }
        )
    ],
    "POST /v5/order/create": [bybit.ok({"orderId": "o-9", "orderLinkId": "ours1"})],
    "POST /v5/order/cancel": [bybit.ok({"orderId": "o-2", "orderLinkId": "stop1"})],
}
OKX: Final[Answers] = {
    "GET /api/v5/public/instruments": [okx.INSTRUMENTS],
    "GET /api/v5/public/time": [okx.ok({"ts": str(MS)})],
    "GET /api/v5/system/status": [okx.ok()],
    "GET /api/v5/account/config": [okx.config()],
    "GET /api/v5/account/positions": [okx.ok(okx.held("5"))],
    "GET /api/v5/trade/orders-pending": [okx.ok(okx.ORDER | {"state": "live", "ordType": "limit"}), okx.ok()],
    "GET /api/v5/trade/orders-algo-pending": [okx.ok(okx.STOP), okx.ok()],
    "GET /api/v5/trade/order": [okx.ok(okx.ORDER)],
    "GET /api/v5/trade/order-algo": [okx.ok(okx.STOP)],
    "GET /api/v5/trade/orders-history": [okx.ok(okx.ORDER), okx.ok()],
    "GET /api/v5/trade/orders-history-archive": [okx.ok()],
    "GET /api/v5/trade/fills": [okx.ok(okx.FILL | {"fillTime": str(MS), "ts": str(MS)}), okx.ok()],
    "GET /api/v5/trade/fills-history": [okx.ok()],
    "GET /api/v5/account/bills": [
        okx.ok(
            {
                "billId": "b-1",
                "instId": "BTC-USDT-SWAP",
                "type": "8",
                "balChg": "-0.0321",
                "pnl": "-0.0321",
                "ccy": "USDT",
                "ts": str(MS),
            }
        ),
        okx.ok(),
    ],
    "GET /api/v5/account/bills-archive": [okx.ok()],
    "GET /api/v5/market/history-candles": [okx.ok([str(MINUTE), "1", "2", "1", "60000.5", "9", "9", "9", "1"])],
    "GET /api/v5/market/books": [
        okx.ok({"bids": [["61000", "200", "0", "1"]], "asks": [["61000.1", "300", "0", "1"]]})
    ],
    "GET /api/v5/account/balance": [
        okx.ok(
            {"totalEq": "1000.5", "adjEq": "900", "mgnRatio": "20", "details": [{"ccy": "USDT", "availEq": "700"}]}
        )
    ],
    "POST /api/v5/trade/order": [okx.ok({"ordId": "o-9", "clOrdId": "ours1", "tag": "", "sCode": "0", "sMsg": ""})],
    "POST /api/v5/trade/order-algo": [okx.ok({"algoId": "a-9", "algoClOrdId": "ours1", "sCode": "0", "sMsg": ""})],
    "POST /api/v5/trade/cancel-order": [okx.ok({"ordId": "o-1", "clOrdId": "stop1", "sCode": "0", "sMsg": ""})],
    "POST /api/v5/trade/cancel-algos": [okx.ok({"algoId": "a-1", "sCode": "0", "sMsg": ""})],
}
K: Final = "/derivatives/api/v3"
KRAKEN: Final[Answers] = {
    f"GET {K}/instruments": [kraken.INSTRUMENTS],
    f"GET {K}/instruments/status": [kraken.STATUS | {"serverTime": NOW_TEXT}],
    f"GET {K}/tickers/PF_XBTUSD": [kraken.ok(ticker={"symbol": "PF_XBTUSD", "markPrice": 61000.25})],
    f"POST {K}/orders/status": [kraken.ok(orders=[kraken.looked_up("ENTERED_BOOK", 0.05, 0.02)])],
    f"GET {K}/openpositions": [kraken.ok(openPositions=[kraken.held("long", 0.05)])],
    f"GET {K}/openorders": [kraken.ok(openOrders=[kraken.LIMIT, kraken.STOP])],
    f"GET {K}/fills": [kraken.ok(fills=[kraken.FILL | {"fillTime": NOW_TEXT}]), kraken.ok(fills=[])],
    "GET /api/history/v2/orders": [{"elements": [kraken.past("OrderPlaced", "0.05", "0")], "len": 1}],
    "GET /api/history/v3/account-log": [
        {"logs": [kraken.LOGGED | {"date": NOW_TEXT}, kraken.FUNDED | {"date": NOW_TEXT}]},
        {"logs": []},
    ],
    "GET /api/charts/v1/spot/PF_XBTUSD/1m": [
        {"candles": [{"time": MINUTE, "open": "1", "high": "2", "low": "1", "close": "60000.5", "volume": "9"}]}
    ],
    f"GET {K}/orderbook": [kraken.ok(orderBook={"bids": [[61000, 2]], "asks": [[61000.5, 3]]})],
    f"GET {K}/accounts": [
        kraken.ok(
            accounts={
                "flex": {
                    "portfolioValue": 1000,
                    "marginEquity": 800,
                    "availableMargin": 700,
                    "maintenanceMargin": 40,
                    "currencies": {},
                }
            }
        )
    ],
    f"POST {K}/sendorder": [kraken.send("placed", kraken.executed(0.05, 60750.5))],
    f"POST {K}/cancelorder": [kraken.ok(cancelStatus={"status": "cancelled"})],
}
SYMBOLS: Final = {"krakenfutures": "BTC/USD:USD"}
ANSWERS: Final[Mapping[str, Answers]] = {
    "binanceusdm": BINANCE,
    "bybit": BYBIT,
    "okx": OKX,
    "krakenfutures": KRAKEN,
}
# Whole answers that are none of the venue's.
BODIES: Final = (
    b"",
    b"null",
    b"{",
    b"[]",
    b"{}",
    b"<html><title>502 Bad Gateway</title></html>",
    b"\xff\xfe\x00",
    b"[" * 5_000,
    b'{"code": ' + b"9" * 5_000 + b"}",
    b'"' + b"x" * 1_000_000 + b'"',
    b'{"retCode": 0, "result": null, "code": "0", "data": null, "result ": "success"}',
)
HEADERS: Final[tuple[dict[str, str], ...]] = (
    {},
    {},
    {"Retry-After": "9" * 5_000},
    {"Retry-After": "²"},
    {"Retry-After": "-1"},
    {"Retry-After": "5"},
)


@dataclass
class Wire(BaseAdapter):
    """Answers by `METHOD /path`, one after another, the last one again and again; `spoils` may change one as it
    leaves: the answer, its status and its headers."""

    answers: Answers
    spoils: Callable[[str, Any], tuple[int, Any, Mapping[str, str]]] | None = None
    asked: list[str] = field(default_factory=list)

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        what = f"{request.method} {urlsplit(request.url).path}"
        laid = self.answers.get(what, [])
        said = laid[min(self.asked.count(what), len(laid) - 1)] if laid else {}
        self.asked.append(what)
        status, headers = (200 if laid else 404), {}
        if self.spoils is not None:
            status, said, more = self.spoils(what, said)
            headers = dict(more)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request, answer.reason = status, request.url, request, "as it is"
        answer.headers = CaseInsensitiveDict({"Content-Type": "application/json", **headers})
        answer._content = said if isinstance(said, bytes) else json.dumps(said).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""


class Wired(Clients):
    """ccxt's clients, whose sessions end in the wire."""

    def __init__(self, venue: str, wire: Wire) -> None:
        settings = SETTINGS.model_copy(update={"exchanges": {venue: ExchangeSettings()}})
        super().__init__(Secrets(), settings, {venue: "http://venue.example"})
        self._wire = wire

    def _make(self, api: VenueApi, key: Mapping[str, str]) -> Ccxt:
        client: Any = super()._make(api, key)
        client.session.mount("http://", self._wire)
        return cast(Ccxt, client)


def api_of(venue: str) -> VenueApi:
    return cast(VenueApi, import_module(f"functions.adapters.exchange.venues.{venue}").API)


def exchange_at(venue: str, wire: Wire) -> CcxtExchange:
    return CcxtExchange(Wired(venue, wire), api_of, SystemClock())


def unit_of(venue: str) -> Unit:
    return Unit(venue, "main", SYMBOLS.get(venue, "BTC/USDT:USDT"), "long")


def stop_of(venue: str) -> VenueOrder:
    """An order of each venue's own kind that waits for a price."""
    orders: Sequence[VenueOrder] = exchange_at(venue, Wire(ANSWERS[venue])).orders(Where(venue, "main"), None)
    return next(one for one in orders if one.trigger)


def uses(venue: str, stop: VenueOrder) -> dict[str, Callable[[CcxtExchange], Any]]:
    """One use of every method of the port."""
    unit = unit_of(venue)
    where, symbol = unit.where, unit.symbol
    asset, quote = symbol.partition(":")[0].split("/")
    close = NewOrder("ours1", unit, Decimal("0.050"), Decimal("60700"), hedged=False)
    probe = ProbeOrder("ours1", symbol, "buy", Decimal("0.001"), Decimal(58_000), hedged=False)
    return {
        "status": lambda e: e.status(venue),
        "account": lambda e: e.account(where),
        "market": lambda e: e.market(where, symbol),
        "symbols": lambda e: e.symbols(where),
        "book": lambda e: e.book(where, symbol),
        "position": lambda e: e.position(unit),
        "positions": lambda e: e.positions(where),
        "orders": lambda e: e.orders(where, None),
        "order": lambda e: e.order(where, symbol, "ours1"),
        "fills": lambda e: e.fills(where, symbol, SINCE),
        "funding": lambda e: e.funding(where, symbol, SINCE),
        "rate": lambda e: e.rate(where, asset, quote, AT),
        "create": lambda e: e.create(where, close),
        "validate": lambda e: e.validate(where, probe),
        "probe": lambda e: e.probe(where, probe),
        "place_again": lambda e: e.place_again(where, stop, "ours1"),
        "cancel": lambda e: e.cancel(where, stop),
    }


def spoiler(rng: Random) -> Callable[[str, Any], tuple[int, Any, Mapping[str, str]]]:
    """One answer in two as it should be, else spoiled: in its parts, whole, or in its status and headers."""

    def spoils(what: str, said: Any) -> tuple[int, Any, Mapping[str, str]]:
        del what
        match rng.randrange(8):
            case 0:
                return rng.choice((200, 200, 400, 401, 403, 404, 418, 429, 500, 503)), said, rng.choice(HEADERS)
            case 1:
                return rng.choice((200, 400, 429, 502)), rng.choice(BODIES), rng.choice(HEADERS)
            case 2 | 3:
                return 200, mutated(rng, said, _junk), {}
        return 200, said, {}

    return spoils


def _junk(rng: Random) -> Any:
    return rng.choice(TEXTS) if rng.randrange(3) else jsonlike(rng)


FINAL: Final = tuple(OrderStatus)
