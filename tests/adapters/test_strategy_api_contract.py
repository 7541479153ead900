"""The bots' API under one contract: the adapter, asking what freqtrade's shapes are, and its twin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from functions.adapters.memory import World, twins
from functions.adapters.memory.bots import MemoryBot
from functions.errors import Refused
from functions.ports import StrategyApi
from functions.strategy_bot import BotFact, CandlesFact, SignalCandle
from local.platform.freqtrade.candles import CANDLE, HELD, Analysis, never_analysed, pair_candles
from local.platform.freqtrade.shapes import VERSION, health, show_config, strategy_class, whitelist
from tests.adapters.test_strategy_api import Bot, api, served

BTC, ETH, NAME = "BTC/USDT:USDT", "ETH/USDT:USDT", "momentum-btc"
NOW = datetime(2026, 3, 1, 3, 2, tzinfo=UTC)
STARTED = NOW - timedelta(hours=9)
LAST = datetime(2026, 3, 1, 2, 55, tzinfo=UTC)
ANALYZED = datetime(2026, 3, 1, 3, 0, 2, tzinfo=UTC)
SIGNALS = [("exit_long", LAST - 2 * CANDLE), ("enter_short", LAST)]


class Rig(Protocol):
    @property
    def port(self) -> StrategyApi: ...


class Twin:
    def __init__(self) -> None:
        world = World(now=NOW)
        fact = BotFact(
            NAME, "paused", "5m", CANDLE, "MomentumBtc", NAME, "binance", True, VERSION, started_at=STARTED
        )
        held = []
        for back in reversed(range(HELD)):
            at = LAST - back * CANDLE
            held.append(SignalCandle(at, **{name: True for name, marked in SIGNALS if marked == at}))
        world.bots[NAME] = MemoryBot(fact, {BTC: CandlesFact(BTC, "5m", CANDLE, ANALYZED, tuple(held))})
        self.port: StrategyApi = twins(world).strategy_api


class Http:
    def __init__(self, bot: Bot) -> None:
        bot.says, self._bot = self._say, bot
        self.port: StrategyApi = api(bot.url)

    def _say(self, path: str) -> tuple[int, str, bytes]:
        _, given = path, self._bot.asked[-1][3]
        answers: dict[str, Any] = {
            "show_config": show_config(NAME, "binanceusdm", "paper", "paused"),
            "health": health(NOW, STARTED),
            "whitelist": whitelist([BTC]),
        }
        name = path.rpartition("/")[2]
        found = answers[name] if name in answers else self._candles(given)
        return 200, "application/json", json.dumps(found).encode()

    def _candles(self, given: dict[str, Any]) -> dict[str, Any]:
        pair, timeframe = given["pair"], given["timeframe"]
        if (pair, timeframe) != (BTC, "5m"):
            return never_analysed(strategy_class(NAME), pair, timeframe)
        return pair_candles(
            strategy_class(NAME), pair, seen=Analysis(NOW, NOW), signals=SIGNALS, limit=given["limit"],
            columns=given["columns"],
        )  # fmt: skip


@pytest.fixture(params=["twin", "http"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    if request.param == "twin":
        yield Twin()
        return
    with served(Bot()) as bot:
        yield Http(bot)


def test_a_bot_says_what_it_is(rig: Rig) -> None:
    assert rig.port.bot(NAME) == BotFact(
        NAME, "paused", "5m", CANDLE, "MomentumBtc", NAME, "binance", True, VERSION, started_at=STARTED
    )
    assert tuple(rig.port.pairs(NAME)) == (BTC,)


def test_the_newest_candles_come_with_their_signals(rig: Rig) -> None:
    found = rig.port.candles(NAME, BTC, "5m", 4)
    assert found == CandlesFact(
        BTC,
        "5m",
        CANDLE,
        ANALYZED,
        (
            SignalCandle(LAST - 3 * CANDLE),
            SignalCandle(LAST - 2 * CANDLE, exit_long=True),
            SignalCandle(LAST - CANDLE),
            SignalCandle(LAST, enter_short=True),
        ),
    )
    assert found.last_opened_at == LAST


def test_no_more_come_than_the_bot_remembers(rig: Rig) -> None:
    assert len(rig.port.candles(NAME, BTC, "5m", HELD + 1).candles) == HELD


@pytest.mark.parametrize("symbol", [BTC, ETH])
def test_what_the_bot_does_not_analyse_has_no_candles(rig: Rig, symbol: str) -> None:
    timeframe = "1h" if symbol == BTC else "5m"
    found = rig.port.candles(NAME, symbol, timeframe, 4)
    assert (found.symbol, found.timeframe, found.analyzed_at, found.candles) == (symbol, timeframe, None, ())


def test_a_strategy_without_an_api_is_refused(rig: Rig) -> None:
    for ask in (rig.port.bot, rig.port.pairs):
        with pytest.raises(Refused, match="no API"):
            ask("no one")
