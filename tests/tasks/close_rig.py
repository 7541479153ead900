"""A position that is to be closed, with its unit at the venue, its protection, its incident and its approval."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from functions.adapters.memory import twins
from functions.adapters.memory.venue import MemoryVenue
from functions.approvals import Approval, CloseTerms, Decision, Delivery, Option, Question, Risk, Standing
from functions.closing.job import CloseJob
from functions.errors import RunbookError
from functions.ports.exchange import Attempt, CloseResult
from functions.settings import Settings
from functions.tasks import open_close
from functions.venue import CLOSES, Direction, OrderStatus, Unit, VenueOrder
from infra.asl import discover
from tests.properties.asl import Ended, Rest, walk
from tests.tasks.rig import EXECUTION, INCIDENT, SETTINGS, Rig

ROOT = Path(__file__).parents[2]
BTC = "BTC/USDT:USDT"
POSITION, STRATEGY, APPROVAL = "pos-1", "alpha", "apr-1"
INPUT = {"position_id": POSITION, "incident_id": INCIDENT, "approval_id": APPROVAL}
MARK = Decimal(60_000)
BPS = Decimal("0.005")


class CloseRig(Rig):
    """One long of 0.05 BTC of the strategy `alpha`, opened an hour ago, protected by a stop at the venue, which the
    orders table knows; the venue's book takes all of it inside the bound of 50 bps."""

    def __init__(
        self,
        settings: Settings = SETTINGS,
        *,
        side: Direction = "long",
        amount: str = "0.05",
        hedged: bool = False,
        option: str = "emergency_close",
        now: datetime | None = None,
        venue: MemoryVenue | None = None,
    ) -> None:
        super().__init__(settings)
        self.world.now = now or self.world.now
        self.world.venue = venue or self.world.venue
        self.unit = Unit("binanceusdm", "main", BTC, side)
        self.amount = Decimal(amount)
        self.venue = self.world.venue
        self.venue.hedged = hedged
        self.closes: Literal["buy", "sell"] = CLOSES[side]
        self.worst = MARK * (1 - BPS if side == "long" else 1 + BPS)
        self.liquid()
        self.strategy(STRATEGY, age=5, status="running")
        self.position(POSITION, STRATEGY, self.amount)
        self.venue.hold(self.unit, self.amount)
        self.incident(self.run())
        self.execution(EXECUTION)
        self.guard()
        self.approve(APPROVAL, option=option)

    # The venue.

    def liquid(self, amount: str = "100") -> None:
        """The book takes so much near the mark."""
        self.venue.bids[BTC] = [(MARK - Decimal("0.1"), Decimal(amount))]
        self.venue.asks[BTC] = [(MARK + Decimal("0.1"), Decimal(amount))]

    def dry(self) -> None:
        """Nothing is offered inside the bound."""
        self.venue.bids[BTC] = [(MARK * Decimal("0.9"), Decimal(100))]
        self.venue.asks[BTC] = [(MARK * Decimal("1.1"), Decimal(100))]

    def stop(self, client_id: str = "stop-1", position_id: str = POSITION, **more: Any) -> VenueOrder:
        """A stop-market at the venue and in the orders table."""
        at = MARK * (Decimal("0.95") if self.unit.side == "long" else Decimal("1.05"))
        given: dict[str, Any] = {"type": "stop_market", "trigger": True, "trigger_price": at, **more}
        return self.order(client_id, position_id, **given)

    def exit(self, client_id: str = "exit-1", position_id: str = POSITION, **more: Any) -> VenueOrder:
        """A resting reduce-only limit, far from the market, which holds the quantity."""
        at = MARK * (Decimal("1.1") if self.unit.side == "long" else Decimal("0.9"))
        return self.order(client_id, position_id, **{"type": "limit", "price": at, **more})

    def order(self, client_id: str, position_id: str, *, listed: bool = True, **more: Any) -> VenueOrder:
        given: dict[str, Any] = {
            "order_id": "",
            "client_order_id": client_id,
            "symbol": BTC,
            "side": self.closes,
            "status": OrderStatus.OPEN,
            "amount": self.amount,
            "filled": Decimal(0),
            "reduce_only": not self.venue.hedged,
            "position_side": self.unit.side if self.venue.hedged else None,
            "created_at": self.now - timedelta(hours=1),
            **more,
        }
        stands = self.venue.rest(self.unit.where, VenueOrder(**given))
        if listed:
            item = {
                "position_id": position_id,
                "order_id": stands.order_id,
                "client_order_id": client_id,
                "side": self.closes,
                "type": stands.type,
                "status": "open",
                "amount": stands.amount,
                "filled": Decimal(0),
                "created_at": _text(self.now - timedelta(hours=1)),
            }
            self.world.put("orders", item)
        return stands

    def working(self) -> list[str]:
        return [str(order.client_order_id) for order in self.venue.working(self.unit.where, BTC)]

    @property
    def held(self) -> Decimal:
        return self.venue.amount(self.unit)

    # The tables.

    def position(self, position_id: str, strategy_id: str, amount: Decimal, **more: Any) -> None:
        item = {
            "position_id": position_id,
            "strategy_id": strategy_id,
            "exchange": "binanceusdm",
            "account": "main",
            "mode": "live",
            "symbol": BTC,
            "side": self.unit.side,
            "amount": amount,
            "entry_price": MARK,
            "opened_at": _text(self.now - timedelta(hours=1)),
            "status": "open",
            **more,
        }
        self.world.put("positions", item)

    def guard(self, incident_id: str = INCIDENT) -> None:
        at = _text(self.now)
        lock = {"guard_id": self.unit.guard_id, "owner": EXECUTION, "incident_id": incident_id}
        self.world.put("guards", {**lock, "taken_at": at, "act_until": at})

    def approve(self, approval_id: str, *, option: str = "emergency_close", **more: Any) -> Approval:
        approval = approved(self, approval_id, option=option, **more)
        assert twins(self.world).approvals.ask(approval, "token")
        return approval

    def row(self, position_id: str = POSITION) -> dict[str, Any]:
        item = self.world.item("positions", position_id)
        assert item is not None
        return item

    # The close.

    def job(self) -> CloseJob:
        job: CloseJob = self.work(open_close, input=INPUT)
        return job

    def attempts(self) -> list[Attempt]:
        return list(twins(self.world).closes.attempts(POSITION, INCIDENT))

    def result(self) -> CloseResult:
        result = twins(self.world).closes.result(POSITION, INCIDENT)
        assert result is not None, "no result is stored"
        return result


def terms(rig: CloseRig, **more: Any) -> CloseTerms:
    return replace(
        CloseTerms(
            position_id=POSITION,
            venue=rig.unit.venue,
            account=rig.unit.account,
            symbol=rig.unit.symbol,
            side=rig.unit.side,
            amount=rig.amount,
            worst_price=rig.worst,
            mark_price=MARK,
            average=MARK,
            quoted_at=rig.now - timedelta(seconds=60),
        ),
        **more,
    )


def approved(rig: CloseRig, approval_id: str, *, option: str, **more: Any) -> Approval:
    about = more.pop("terms", None) or terms(rig)
    chosen = Option(option, "Close it", "an order is sent", Risk.REDUCES, "CLOSE")
    given: dict[str, Any] = {
        "approval_id": approval_id,
        "version": 1,
        "standing": Standing.DECIDED,
        "delivery": Delivery.TAKEN,
        "runbook": "stuck-position",
        "incident_id": INCIDENT,
        "execution_arn": EXECUTION,
        "state": "AskPerson",
        "entered_at": rig.now - timedelta(seconds=60),
        "question": Question("close", "Close it?", "BTCUSDT", (), (chosen,), close=about),
        "asked_at": rig.now - timedelta(seconds=60),
        "lapses_at": rig.now + timedelta(seconds=540),
        "decision": Decision(option, ("ana",), rig.now - timedelta(seconds=10)),
        **more,
    }
    return Approval(**given)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def closes(rig: CloseRig, given: Any = None, *, between: Callable[[str], None] | None = None) -> Ended:
    """The whole machine, as its definition says; `between` is told each task's state before it works."""
    context = {"Execution": {"Id": "arn:close:e1", "StartTime": rig.now.isoformat()}}
    going = walk(close_position(), {"cycle": 60}, INPUT if given is None else given, context)
    answer: Any = None
    error: RunbookError | None = None
    while True:
        try:
            step = going.throw(error) if error else going.send(answer)
        except StopIteration as end:
            ended: Ended = end.value
            return ended
        answer = error = None
        if isinstance(step, Rest):
            rig.world.advance(seconds=step.seconds)
            continue
        rig.world.advance(seconds=0.2)
        if between is not None:
            between(step.state)
        try:
            told = rig.work(import_module(f"functions.tasks.{step.task}"), **step.request)
        except RunbookError as raised:
            error = raised
        else:
            answer = json.loads(TypeAdapter(type(told)).dump_json(told))


@cache
def close_position() -> dict[str, Any]:
    """The machine as it stands in its file."""
    found = next(one for one in discover(ROOT / "statemachines") if one.name == "close-position")
    return dict(found.machine)
