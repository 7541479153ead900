"""Orders that fail at a venue in memory, and gather-order-facts walked as its definition walks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.adapters.memory.venue import BTC, a_market
from functions.adapters.memory.world import Line
from functions.errors import RunbookError
from functions.facts import Reading
from functions.orders.gathering import LogLook, StuckSeen, TradersSeen, VenuesSeen
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderPlan
from functions.settings import Settings
from functions.tasks import (
    classify_orders,
    fetch_log_counts,
    find_stuck_orders,
    look_at_order_venues,
    look_at_traders,
    start_log_queries,
)
from functions.venue import AccountFact, Row, Trouble, VenueStatus, Where
from tests.tasks.rig import SETTINGS, Rig

ETH = "ETH/USDT:USDT"
WHERE = Where("binanceusdm", "main")
MARGIN = '{"code":-2019,"msg":"Margin is insufficient."}'
PRICE = '{"code":-4016,"msg":"Limit price can\'t be higher than 60000."}'


class OrdersRig(Rig):
    """`alpha` and `beta` trade BTC live on the account `main`; nothing fails."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        super().__init__(settings)
        self.venue = self.world.venue
        self.venue.markets[ETH] = a_market(ETH)
        self.venue.bids[ETH] = [(Decimal(2999), Decimal(10))]
        self.venue.asks[ETH] = [(Decimal(3000), Decimal(10))]
        for name in ("alpha", "beta"):
            self.strategy(name, age=10)
            self.config(name)
        self.the_run = self.opened(runbook="order-failures", alarm_name=None, alarm_at=None)

    def config(self, strategy_id: str, **more: Any) -> None:
        given = {
            "exchange": "binanceusdm",
            "account": "main",
            "mode": "live",
            "symbols": [BTC],
            "stake_amount": Decimal(1000),
            "order_type": "limit",
            "limit_offset_bps": Decimal(5),
            **more,
        }
        item = {"strategy_id": strategy_id, **{key: value for key, value in given.items() if value is not None}}
        self.world.put("strategy_config", item)

    def log(self, message: str, *, ago: float = 30, times: int = 1) -> None:
        """`times` lines, the newest `ago` seconds old, one a second before the other."""
        for n in range(times):
            self.world.lines.append(Line(self.now - timedelta(seconds=ago + n), message))

    def fails(
        self, answer: str, *, strategy: str = "alpha", ago: float = 30, times: int = 5, symbol: str = BTC
    ) -> None:
        """As a bot writes it."""
        text = f"ERROR {strategy}: limit buy {symbol} failed: ccxt.base.errors.ExchangeError: binanceusdm {answer}"
        self.log(text, ago=ago, times=times)

    def account(self, **more: Any) -> None:
        fact = AccountFact(
            where=WHERE,
            at=self.now,
            can_trade=True,
            can_withdraw=False,
            ip_restricted=True,
            frozen=False,
            hedged=False,
            quote="USDT",
            equity=Decimal(100_000),
            available=Decimal(90_000),
            margin_ratio=Decimal("0.02"),
            clock_skew=Decimal("0.01"),
        )
        self.venue.accounts[WHERE] = replace(fact, **more)

    def status(self, row: Row, detail: str = "503", until: datetime | None = None) -> None:
        trouble = Trouble(row, "status", None, detail)
        self.venue.statuses["binanceusdm"] = VenueStatus(
            "binanceusdm", Reading.FAILED, detail, self.now, trouble, until
        )

    def position(self, position_id: str = "pos-1", strategy: str = "alpha", **more: Any) -> None:
        self.world.put(
            "positions",
            {
                "position_id": position_id,
                "strategy_id": strategy,
                "exchange": "binanceusdm",
                "symbol": BTC,
                "side": "long",
                "amount": Decimal("0.5"),
                "account": "main",
                "mode": "live",
                "status": "open",
                **more,
            },
        )

    def order(self, order_id: str, *, age: float, position_id: str = "pos-1", **more: Any) -> None:
        """A pending entry."""
        self.world.put(
            "orders",
            {
                "position_id": position_id,
                "order_id": order_id,
                "client_order_id": f"c-{order_id}",
                "side": "buy",
                "type": "limit",
                "status": "pending",
                "amount": Decimal("0.5"),
                "created_at": (self.now - timedelta(seconds=age)).isoformat(),
                **more,
            },
        )

    def gather(self, *, since: datetime | None = None, strategy_id: str | None = None) -> OrderFacts:
        """The whole child; a look that dies is unknown, as its catches say."""
        job = {"run": self.the_run, "since": since, "strategy_id": strategy_id}
        log = as_look(self.work(start_log_queries, job=job))
        while log.again:
            self.world.advance(seconds=self.settings.orders.query_look_every)
            try:
                log = as_look(self.work(fetch_log_counts, log=log))
            except RunbookError as error:
                log = log.model_copy(update={"fact": None, "why": str(error), "again": False})
        traders = self._traders(log)
        stuck = self._stuck(log)
        venues = self._venues(log, traders)
        return OrderFacts(
            logs=log.fact,
            logs_unread=log.why,
            stuck=stuck.stuck,
            stuck_total=stuck.total,
            stuck_unread=stuck.unread,
            venues=venues.venues,
            venues_unread=venues.unread,
            traders=traders.traders,
            traders_total=traders.total,
            traders_unread=traders.unread,
        )

    def classified(self, facts: OrderFacts | None = None) -> OrderPlan:
        plan: OrderPlan = self.work(classify_orders, run=self.the_run, facts=facts or self.gather())
        return plan

    def _traders(self, log: LogLook) -> TradersSeen:
        try:
            return TradersSeen.model_validate(self.work(look_at_traders, log=log).model_dump())
        except RunbookError as error:
            return TradersSeen(traders=(), total=0, unread=str(error))

    def _stuck(self, log: LogLook) -> StuckSeen:
        try:
            return StuckSeen.model_validate(self.work(find_stuck_orders, log=log).model_dump())
        except RunbookError as error:
            return StuckSeen(stuck=(), total=0, unread=str(error))

    def _venues(self, log: LogLook, traders: TradersSeen) -> VenuesSeen:
        try:
            return VenuesSeen.model_validate(self.work(look_at_order_venues, log=log, traders=traders).model_dump())
        except RunbookError as error:
            return VenuesSeen(venues=(), unread=str(error))


def as_look(answer: Any) -> LogLook:
    return LogLook.model_validate(answer.model_dump())
