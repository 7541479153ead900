"""The bots' REST API below `/_local/freqtrade/{strategy_id}`, and what a test makes them signal.

A bot answers while a copy of the service runs. What keeps it from trading (a fault of the exchange, of the network,
of its process) ends its candles and nothing else: `/ping`, `state` and `/health` stay green, as the real one's do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from local.platform.aws import Aws
from local.platform.freqtrade.candles import CANDLE, SIGNALS, TIMEFRAME, Analysis, never_analysed, pair_candles
from local.platform.freqtrade.doors import Doors
from local.platform.freqtrade.shapes import VERSION, health, open_trade, show_config, strategy_class, whitelist
from local.platform.freqtrade.signals import Signals
from local.platform.freqtrade.view import BotView
from local.platform.holdings import Holdings
from local.platform.http import Answer, BadRequest, Request
from local.platform.pace import now

NOT_FOUND: Final = Answer.json({"detail": "Not Found"}, 404)
# What has to be old is old at once: no threshold is scaled.
STOPPED_FOR: Final = timedelta(minutes=30)
STARTED_BEFORE: Final = timedelta(days=2)
PAGE: Final = b"<!DOCTYPE html><html><body><h1>freqtrade</h1></body></html>"
Look = Callable[[str], BotView | None]


class FreqtradeRoutes:
    """`doors.known` is the bots' user and password, one of all of them."""

    def __init__(self, aws: Aws, look: Look, signals: Signals) -> None:
        self._aws, self._look, self._signals = aws, look, signals
        self._holdings = Holdings(aws)
        self.doors = Doors()
        self._private: dict[tuple[str, str], Callable[[Request, BotView], Answer]] = {
            ("GET", "/version"): lambda _request, _bot: Answer.json({"version": VERSION}),
            ("GET", "/show_config"): self._config,
            ("GET", "/health"): self._health,
            ("GET", "/whitelist"): lambda _request, bot: Answer.json(whitelist(self._pairs(bot))),
            ("GET", "/status"): self._status,
            ("GET", "/pair_candles"): lambda request, bot: self._candles(bot, _queried(request.query)),
            ("POST", "/pair_candles"): lambda request, bot: self._candles(bot, _posted(request)),
        }

    @property
    def handlers(self) -> dict[tuple[str, str], Callable[[Request], Awaitable[Answer]]]:
        return {("POST", "/signals"): self._signal, ("DELETE", "/signals"): self._silence}

    async def answer(self, request: Request, path: str) -> Answer:
        """`path`: `/{strategy_id}/api/v1/...`."""
        strategy_id, found, below = path.removeprefix("/").partition("/api/v1/")
        bot = await asyncio.to_thread(self._look, strategy_id) if found else None
        if bot is None:
            return NOT_FOUND
        if not bot.runs:
            return Answer(0, dropped=True)
        if bot.broken is not None:
            return _broken(bot.broken)
        return await asyncio.to_thread(self._said, request, bot, f"/{below}")

    def _said(self, request: Request, bot: BotView, path: str) -> Answer:
        if path == "/ping" and request.method in ("GET", "HEAD"):
            return Answer.json({"status": "pong"})
        if request.method == "POST" and path == "/token/login":
            return self.doors.login(request)
        if request.method == "POST" and path == "/token/refresh":
            return self.doors.refresh(request)
        handler = self._private.get((request.method, path))
        if handler is None:
            known = any(one == path for _, one in self._private)
            return Answer.json({"detail": "Method Not Allowed"}, 405) if known else NOT_FOUND
        turned_away = self.doors.turned_away(request)
        if turned_away is not None:
            return turned_away
        try:
            return handler(request, bot)
        except BadRequest as error:
            return _unprocessable(str(error), "body" if request.method == "POST" else "query")

    def _config(self, _request: Request, bot: BotView) -> Answer:
        item = self._holdings.config(bot.strategy_id)
        exchange, mode = str(item.get("exchange", "binanceusdm")), str(item.get("mode", "live"))
        return Answer.json(show_config(bot.strategy_id, exchange, mode, bot.state))

    def _health(self, _request: Request, _bot: BotView) -> Answer:
        return Answer.json(health(now(), now() - STARTED_BEFORE))

    def _status(self, _request: Request, bot: BotView) -> Answer:
        exchange = str(self._holdings.config(bot.strategy_id).get("exchange", "binanceusdm"))
        mine = [
            item
            for _, item in sorted(self._holdings.positions().items())
            if item.get("strategy_id") == bot.strategy_id and item.get("status") != "closed"
        ]
        return Answer.json(
            [open_trade(number, item, bot.strategy_id, exchange) for number, item in enumerate(mine, 1)]
        )

    def _pairs(self, bot: BotView) -> list[str]:
        return [str(one) for one in self._holdings.config(bot.strategy_id).get("symbols") or ["BTC/USDT:USDT"]]

    def _candles(self, bot: BotView, wanted: Mapping[str, Any]) -> Answer:
        pair, timeframe = wanted["pair"], wanted["timeframe"]
        known = {*self._pairs(bot), *self._signals.pairs(bot.strategy_id), *self._traded(bot)}
        name, at = strategy_class(bot.strategy_id), now()
        if pair not in known or timeframe != TIMEFRAME:
            return Answer.json(never_analysed(name, pair, timeframe))
        old = at - STOPPED_FOR
        seen = Analysis(at if bot.analyses else old, at if bot.has_candles else old)
        signals = self._signals.of(bot.strategy_id, pair)
        found = pair_candles(
            name, pair, seen=seen, signals=signals, limit=wanted.get("limit"), columns=wanted.get("columns")
        )
        return Answer.json(found)

    def _traded(self, bot: BotView) -> set[str]:
        """A bot analyses the pairs of its open trades, whatever its whitelist says."""
        open_ones = self._holdings.positions().values()
        return {str(one.get("symbol")) for one in open_ones if one.get("strategy_id") == bot.strategy_id}

    async def _signal(self, request: Request) -> Answer:
        """`{"strategy": "momentum-btc", "symbol": "BTC/USDT:USDT", "signal": "exit_long", "candles_ago": 3}`: on
        the complete candle that many before the newest one."""
        fields = request.fields()
        strategy, symbol, signal = (fields.get(name) for name in ("strategy", "symbol", "signal"))
        ago = fields.get("candles_ago", 0)
        if set(fields) - {"strategy", "symbol", "signal", "candles_ago"}:
            raise BadRequest("send strategy, symbol, signal and candles_ago")
        if not isinstance(strategy, str) or not isinstance(symbol, str) or signal not in SIGNALS:
            raise BadRequest(f"strategy and symbol: text; signal: one of {', '.join(SIGNALS)}")
        if not isinstance(ago, int) or isinstance(ago, bool) or not 0 <= ago < 500:
            raise BadRequest("candles_ago: a whole number from 0 to 499")
        at = self._signals.add(strategy, symbol, str(signal), now() - (ago + 1) * CANDLE)
        return Answer.json({"candle": at.isoformat(), "closes": (at + CANDLE).isoformat()}, 201)

    async def _silence(self, _request: Request) -> Answer:
        self._signals.clear()
        return Answer(204)


def _queried(query: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = dict(query)
    if "limit" in given:
        if not str(given["limit"]).isdecimal():
            raise BadRequest("limit")
        given["limit"] = int(given["limit"])
    # The columns of a GET are the bot's own, all of them.
    given.pop("columns", None)
    return _asked(given)


def _posted(request: Request) -> dict[str, Any]:
    given = request.fields()
    columns, limit = given.get("columns"), given.get("limit")
    if columns is not None and not (isinstance(columns, list) and all(isinstance(one, str) for one in columns)):
        raise BadRequest("columns")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool)):
        raise BadRequest("limit")
    return _asked(given)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("pair", "timeframe"):
        if not isinstance(given.get(name), str):
            raise BadRequest(name)
    return given


def _unprocessable(name: str, where: str) -> Answer:
    """As FastAPI says it."""
    problem = {"type": "missing", "loc": [where, name], "msg": "Field required", "input": None}
    return Answer.json({"detail": [problem]}, 422)


def _broken(status: int) -> Answer:
    """What stands before a bot that is away, or in its place: 0 hangs up, 200 is somebody else's page."""
    if status == 0:
        return Answer(0, dropped=True)
    return Answer(status, PAGE, "text/html; charset=utf-8")
