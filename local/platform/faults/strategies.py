"""Bots that no longer process, and bots whose API says nothing: nothing else of the platform shows it."""

from __future__ import annotations

from local.platform.faults.base import Fault


class SignalsStopped(Fault):
    name = "signals-stopped"
    about = (
        "The strategy's bot analyses nothing any more, for half an hour already; it beats, and its API, its state "
        "and its health look well. Without a strategy every bot."
    )
    takes_strategy = True
    leaves_traces = False

    def stops_analysis(self, strategy_id: str, /) -> bool:
        return self.touches(strategy_id)


class CandlesStopped(Fault):
    name = "candles-stopped"
    about = (
        "The strategy's bot gets no new candles, for half an hour already, and analyses the old ones again and "
        "again. Without a strategy every bot."
    )
    takes_strategy = True
    leaves_traces = False

    def stops_candles(self, strategy_id: str, /) -> bool:
        return self.touches(strategy_id)


class StrategyApiDown(Fault):
    name = "strategy-api-down"
    about = "The REST API of the strategy's bot does not answer; without a strategy that of every bot."
    count_means = "the HTTP status that something else answers in its place, with a page (default: nobody answers)"
    takes_strategy = True
    leaves_traces = False

    def api_answers(self, strategy_id: str, /) -> int | None:
        return (self.count or 0) if self.touches(strategy_id) else None
