"""A stuck position at a venue in memory, and the loop of settle-position walked as its definition walks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.adapters.memory.venue import BTC as BTC
from functions.contracts import Answer, Run
from functions.errors import RunbookError
from functions.settings import Settings
from functions.stuck.model import MOST_LOOKS, Job, Look, Said, begin
from functions.tasks import (
    assess_position,
    clear_left_over,
    correct_record,
    mend_close,
    prove_gone,
    read_close,
    take_close_answer,
)
from functions.venue import CLOSES, Direction, OrderStatus, Unit, VenueOrder
from tests.tasks.rig import EXECUTION, INCIDENT, SETTINGS, Rig

POSITION, STRATEGY, APPROVAL = "pos-1", "alpha", "apr-1"
MARK = Decimal(60_000)


class StuckRig(Rig):
    """One long of 0.5 BTC of `alpha` on the live account `main`, opened three hours ago at 59,000, whose exit was
    signalled an hour ago and never sent. It beats, and a stop protects it at the venue."""

    def __init__(self, settings: Settings = SETTINGS, side: Direction = "long") -> None:
        super().__init__(settings)
        self.unit = Unit("binanceusdm", "main", BTC, side)
        self.venue = self.world.venue
        self.strategy(STRATEGY, age=10)
        self.config(STRATEGY)
        self.position(POSITION, STRATEGY)
        self.venue.hold(self.unit, "0.5", "59000")
        # The market's price when the exit was due.
        self.venue.rates["BTC", "USDT"] = MARK
        self.protect()
        self.the_run = self.run(runbook="stuck-position", alarm_name=None, alarm_at=None)
        self.incident(self.the_run)
        self.execution(EXECUTION)
        self.world.put("guards", {**self._lock(), "guard_id": self.unit.guard_id})

    def _lock(self) -> dict[str, Any]:
        at = text(self.now)
        return {"owner": EXECUTION, "incident_id": INCIDENT, "taken_at": at, "act_until": at}

    def config(self, strategy_id: str, **more: Any) -> None:
        given = {"exchange": "binanceusdm", "account": "main", "mode": "live", "symbols": [BTC], **more}
        self.world.put("strategy_config", {"strategy_id": strategy_id, **given})

    def position(self, position_id: str, strategy_id: str, **more: Any) -> None:
        item = {
            "position_id": position_id,
            "strategy_id": strategy_id,
            "exchange": "binanceusdm",
            "symbol": BTC,
            "side": self.unit.side,
            "amount": Decimal("0.5"),
            "entry_price": Decimal(59_000),
            "account": "main",
            "mode": "live",
            "status": "open",
            "opened_at": text(self.now - timedelta(hours=3)),
            "exit_signal_at": text(self.now - timedelta(hours=1)),
            "exit_reason": "roi",
            **more,
        }
        self.world.put("positions", {key: value for key, value in item.items() if value is not None})

    def order(self, order_id: str, status: str, *, filled: str = "0", **more: Any) -> None:
        """An exit order of the table."""
        item = {
            "position_id": POSITION,
            "order_id": order_id,
            "client_order_id": f"c-{order_id}",
            "side": CLOSES[self.unit.side],
            "type": "limit",
            "reduce_only": True,
            "status": status,
            "amount": Decimal("0.5"),
            "filled": Decimal(filled),
            "created_at": text(self.now - timedelta(minutes=50)),
            **more,
        }
        self.world.put("orders", item)

    def protect(self) -> None:
        self.venue.rest(
            self.unit.where,
            VenueOrder(
                order_id="",
                client_order_id="stop-1",
                symbol=BTC,
                side=CLOSES[self.unit.side],
                type="stop_market",
                status=OrderStatus.OPEN,
                amount=Decimal("0.5"),
                filled=Decimal(0),
                trigger_price=Decimal(57_000),
                reduce_only=True,
                trigger=True,
            ),
        )

    def gone(self, *, by: str | None = None, price: str = "60000", minutes: float = 30) -> None:
        """The whole of it was closed at the venue, by that order; None: by one that nobody knows."""
        at = self.now - timedelta(minutes=minutes)
        amount = self.venue.amount(self.unit)
        self.venue.trade(self.unit, CLOSES[self.unit.side], amount, Decimal(price), at, by)

    def job(self, run: Run | None = None, reason: str | None = None) -> Job:
        return Job(run=run or self.the_run, position_id=POSITION, guard_id=self.unit.guard_id, reason=reason)

    def look(self, look: Look | None = None, **job: Any) -> Look:
        """The next look at the position."""
        return as_look(self.work(assess_position, look=look or begin(self.job(**job))))

    def answer(self, decision: str, *, note: str | None = None, minutes: float | None = None) -> Answer:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        return Answer(
            approval_id=APPROVAL,
            decision=decision,
            decided_by=("ana",),
            decided_at=self.now,
            note=note,
            until=until,
            why_alone=None,
        )

    def said(self, look: Look, decision: str, **more: Any) -> Look:
        said = Said(answer=self.answer(decision, **more), error=None)
        return as_look(self.work(take_close_answer, look=look, said=said))

    def settle(
        self,
        *answers: str | tuple[str, dict[str, Any]],
        close: Callable[[Look], None] = lambda _: None,
        waits: Callable[[int], None] = lambda _: None,
        **job: Any,
    ) -> Look:
        """The loop of settle-position, to its end. `close`: what the child machine does."""
        left: Iterator[str | tuple[str, dict[str, Any]]] = iter(answers)
        look = self.look(**job)
        for _ in range(4 * MOST_LOOKS):
            match look.verdict:
                case "end":
                    return look
                case "ask":
                    given = next(left)
                    decision, more = given if isinstance(given, tuple) else (given, {})
                    look = self.said(look, decision, **more)
                case "second_read":
                    self.world.advance(seconds=look.wait_seconds)
                    look = as_look(self.work(prove_gone, look=look))
                case "correct":
                    look = as_look(self.work(correct_record, look=look))
                    return as_look(self.work(clear_left_over, look=look))
                case "close":
                    close(look)
                    look = as_look(self.work(read_close, look=look, error=None))
                case "mend":
                    self.world.advance(seconds=look.wait_seconds)
                    try:
                        look = as_look(self.work(mend_close, look=look))
                    except RunbookError:
                        return look
                case "wait_venue" | "wait_cycle":
                    self.world.advance(seconds=look.wait_seconds)
                    waits(look.wait_seconds)
                    self.strategy(STRATEGY, age=10)
                    look = self.look(look)
                case "look":
                    look = self.look(look)
        raise AssertionError("it never came to an end")

    def record(self) -> dict[str, Any]:
        item = self.world.item("positions", POSITION)
        assert item is not None
        return item


def as_look(answer: Any) -> Look:
    return Look.model_validate(answer.model_dump())


def text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
