"""Orders that fail at a venue in memory, and the loop of order-remedy walked as its definition walks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.adapters.memory.venue import BTC as BTC
from functions.adapters.memory.venue import a_market
from functions.adapters.values import text_of
from functions.approvals import Question
from functions.contracts import Answer
from functions.ids import orders_guard
from functions.orders.model import MOST_LOOKS, RemedyEnd, Round, Said
from functions.rules.asking import phrase, sound
from functions.rules.orders.causes import REMEDIES, Cause, Remedy
from functions.rules.orders.plan import OrderGroup
from functions.settings import Settings
from functions.tasks import apply_order_change, decide_order_remedy, open_order_remedy, start_closes
from functions.venue import Unit, Where
from tests.tasks.rig import EXECUTION, SERVICE, SETTINGS, Rig
from tests.tasks.rig import INCIDENT as INCIDENT

ETH = "ETH/USDT:USDT"
RUN = EXECUTION.replace("stale-heartbeat", "order-failures")
VENUE, MAIN = "binanceusdm", Where("binanceusdm", "main")
A, B = "alpha", "beta"

Given = str | tuple[str, dict[str, Any]]


def as_round(answer: Any) -> Round:
    return Round.model_validate(answer.model_dump())


class RemedyRig(Rig):
    """`alpha` and `beta` trade BTC and ETH live on the account `main`; the run holds its guard. `asked` are the
    questions that were put, `waited` the seconds of every wait; the time passes by them."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        super().__init__(settings)
        self.venue = self.world.venue
        self.venue.markets[ETH] = a_market(ETH)
        self.venue.marks[ETH] = Decimal(3_000)
        for strategy_id in (A, B):
            self.config(strategy_id)
        self.the_run = self.run(runbook="order-failures", execution_arn=RUN)
        self.incident(self.the_run)
        self.execution(RUN)
        at = text_of(self.now)
        lock = {"owner": RUN, "incident_id": INCIDENT, "taken_at": at, "act_until": at}
        self.world.put("guards", {**lock, "guard_id": orders_guard(SERVICE)})
        self.asked: list[Question] = []
        self.waited: list[int] = []
        self.steps: list[str] = []

    def config(self, strategy_id: str, **more: Any) -> None:
        given = {
            "exchange": VENUE,
            "account": "main",
            "mode": "live",
            "symbols": [BTC, ETH],
            "stake_amount": Decimal(500),
            "order_type": "limit",
            "limit_offset_bps": Decimal(5),
            "order_cooldown_seconds": Decimal(20),
            **more,
        }
        item = {key: value for key, value in given.items() if value is not None}
        self.world.put("strategy_config", {"strategy_id": strategy_id, **item})

    def stands(self, strategy_id: str = A) -> dict[str, Any]:
        return self.world.item("strategy_config", strategy_id) or {}

    def someone_sets(self, strategy_id: str = A, **fields: Any) -> None:
        self.world.put("strategy_config", {**self.stands(strategy_id), **fields})

    def position(self, position_id: str, strategy_id: str = A, symbol: str = BTC, **more: Any) -> Unit:
        """Open by the table, and held by the venue."""
        amount = Decimal(str(more.pop("amount", "0.1")))
        item = {
            "position_id": position_id,
            "strategy_id": strategy_id,
            "exchange": VENUE,
            "symbol": symbol,
            "side": "long",
            "amount": amount,
            "account": "main",
            "mode": "live",
            "status": "open",
            "opened_at": text_of(self.now - timedelta(hours=3)),
            **more,
        }
        self.world.put("positions", item)
        unit = Unit(VENUE, "main", symbol, "long")
        self.venue.hold(unit, self.venue.amount(unit) + amount, more.get("entry", "59000"))
        return unit

    def order(self, order_id: str, status: str = "pending", position_id: str = "p1", **more: Any) -> None:
        item = {
            "position_id": position_id,
            "order_id": order_id,
            "client_order_id": f"c-{order_id}",
            "strategy_id": A,
            "side": "sell",
            "type": "limit",
            "reduce_only": True,
            "status": status,
            "amount": Decimal("0.1"),
            "filled": Decimal(0),
            "price": Decimal(61_000),
            "created_at": text_of(self.now - timedelta(minutes=20)),
            **more,
        }
        self.world.put("orders", {key: value for key, value in item.items() if value is not None})

    def group(self, cause: Cause, **more: Any) -> OrderGroup:
        given: dict[str, Any] = {
            "group_id": f"{cause.value}:{VENUE}/main",
            "cause": cause,
            "remedy": REMEDIES[cause],
            "venue": VENUE,
            "account": "main",
            "strategy_ids": (A, B),
            "symbols": (),
            "confirmed": True,
            "count": 12,
            "first_at": self.now - timedelta(minutes=20),
            "last_at": self.now - timedelta(seconds=20),
            "codes": ("-1",),
            "fix": "look at it",
            **more,
        }
        return OrderGroup(**given)

    def stuck_group(self, *orders: tuple[str, str]) -> OrderGroup:
        return self.group(Cause.UNKNOWN, remedy=Remedy.RESOLVE_STUCK, strategy_ids=(A,), orders=orders)

    def group_of(self, *orders: tuple[str, str]) -> OrderGroup:
        """Stuck orders of both strategies."""
        return self.group(Cause.UNKNOWN, remedy=Remedy.RESOLVE_STUCK, orders=orders)

    def begin(self, group: OrderGroup, **run: Any) -> Round:
        job = {"run": self.the_run.model_copy(update=run), "guard_id": orders_guard(SERVICE), "group": group}
        job["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"] = RUN
        return as_round(self.work(open_order_remedy, job=job))

    def decide(self, current: Round, answer: Answer | None = None, error: dict[str, Any] | None = None) -> Round:
        return as_round(self.work(decide_order_remedy, round=current, said=Said(answer=answer, error=error)))

    def apply(self, current: Round) -> Round:
        return as_round(self.work(apply_order_change, round=current))

    def close(self, current: Round) -> Round:
        return as_round(self.work(start_closes, round=current))

    def answer(self, decision: str, *, minutes: float | None = None, note: str | None = None) -> Answer:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        return Answer(
            approval_id="apr-1",
            decision=decision,
            decided_by=("ana",),
            decided_at=self.now,
            note=note,
            until=until,
            why_alone=None,
        )

    def walk(
        self,
        group: OrderGroup,
        *answers: Given,
        asked: Callable[[Round], None] = lambda _: None,
        acts: Callable[[Round], None] = lambda _: None,
        waits: Callable[[int], None] = lambda _: None,
        **run: Any,
    ) -> RemedyEnd:
        """To its end. `asked` happens while a question stands, `acts` right before a write, `waits` at the end of a
        wait of so many seconds."""
        left: Iterator[Given] = iter(answers)
        current, answer = self.begin(group, **run), None
        for _ in range(4 * MOST_LOOKS):
            current = self.decide(current, answer)
            self.steps.append(current.step)
            match current.step:
                case "end":
                    assert current.end is not None
                    return current.end
                case "ask":
                    self._sound(current)
                    asked(current)
                    given = next(left)
                    decision, more = given if isinstance(given, tuple) else (given, {})
                    answer = self.answer(decision, **more)
                case "act":
                    acts(current)
                    current = self.apply(current)
                case "close":
                    current = self.close(current)
                case "wait":
                    assert current.again
                    self.waited.append(current.wait_seconds)
                    self.pass_time(current.wait_seconds * self.settings.time_scale)
                    waits(current.wait_seconds)
        raise AssertionError("it never ends")

    def pass_time(self, seconds: float) -> None:
        self.world.now += timedelta(seconds=seconds)

    def _sound(self, current: Round) -> None:
        question = current.question
        assert question is not None
        assert sound.faults(question, people=2) == ()
        phrases = [phrase.whole(option, question) for option in question.options]
        assert len(set(phrases)) == len(phrases)
        assert {"leave_open", "decline"} <= {option.id for option in question.options}
        self.asked.append(question)

    def facts(self, number: int = -1) -> dict[str, str]:
        return {line.name: line.value for line in self.asked[number].facts}

    def options(self, number: int = -1) -> list[str]:
        return [option.id for option in self.asked[number].options]

    def writes(self) -> list[str]:
        """What was said to tables of the platform that changes them."""
        words = ("override", "change", "correct", "put_back", "undo", "start")
        return [call for call in self.world.calls if call.partition(".")[2] in words]


def at(now: datetime, **ago: float) -> datetime:
    return now - timedelta(**ago)
