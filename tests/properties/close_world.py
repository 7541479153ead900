"""A venue, tables and a strategy that are hostile in every way that a close has to survive, by one seed.

Faults befall single calls: refused, not accepted, executed although the answer was lost, executed late. Functions
die before or after any call, and slow ones go on beside their retry (a zombie). Owners, strategies and the book
move in between. `truth` knows whose every part of the unit is, which no run can read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from threading import Event, Thread
from typing import Any, Final, cast

from functions.adapters.memory.exchange import said
from functions.adapters.memory.venue import MemoryVenue
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.ports import Ports
from functions.venue import NewOrder, OrderStatus, Row, VenueOrder, VenuePosition
from tests.properties.asl import Engine
from tests.properties.close_away import RECOVERS, SEEN_BY_ALL, Absence
from tests.tasks.close_rig import BTC, MARK, POSITION, STRATEGY, CloseRig, terms

OWN, NEW = "own", "own again"
DEATHS: Final = ("Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError", "Lambda.ServiceException")
# How likely a fault or a death is at a call of each method, in percent; others have 1.
LIKELY: Final = {
    "exchange.create": 30, "closes.prepare": 8, "closes.send": 12, "closes.settle": 8, "exchange.order": 8,
    "exchange.cancel": 12, "exchange.place_again": 20, "exchange.position": 3, "exchange.orders": 2,
    "positions.close": 10, "closes.conclude": 5, "trading_state.pause": 10, "trading_state.unpause": 10,
    "closes.write_down": 8,
}  # fmt: skip
WRITES: Final = frozenset(LIKELY) - {"exchange.order", "exchange.position", "exchange.orders"}
# What a venue says when it takes no order, and may take the next.
PASSING: Final = (
    (Transient, Row.RATE_LIMITED, "DDoSProtection", "429"),
    (Transient, Row.CLOCK, "InvalidNonce", "-1021"),
    (Transient, Row.MAINTENANCE, "OnMaintenance", None),
    (Refused, Row.INSUFFICIENT_BALANCE, "InsufficientFunds", "-2019"),
    (Refused, Row.INVALID_PRICE, "InvalidOrder", "-4131"),
)


class Killed(BaseException):
    """The function is gone: no line of it runs any more, not even in `finally`."""


@dataclass
class Invocation:
    """One run of a function. `dead`: its calls reach nobody. With `go` it is a zombie: the engine counts it as
    lost, and it goes on when it is let, before `until`."""

    task: str
    dead: bool = False
    thread: Thread | None = None
    go: Event | None = None
    until: datetime | None = None


class CloseWorld(CloseRig):
    """`faults` and `deaths`: how many may still come. `zombie_at`: the first function that calls this becomes one
    there. `recoverable`: nothing happened that a person must decide. How often: `LONE`, nobody else owns a part;
    `HOLDING`, the venue holds the quantity for stops that rest; `EVENTFUL`, something happens before a task;
    `AWAY`, the venue goes away."""

    LONE = 0.6
    HOLDING = 0.2
    EVENTFUL = 0.05
    AWAY = 0.15

    def __init__(
        self, seed: int, *, zombie_at: str | None = None, venue: MemoryVenue | None = None, **more: Any
    ) -> None:
        self.zombie_at = zombie_at
        rnd = self.rnd = Random(seed)
        self.bounded = rnd.random() < 0.85
        hedged = rnd.random() < 0.3
        super().__init__(
            side=rnd.choice(["long", "short"]),
            amount=self._size(),
            hedged=hedged,
            option="emergency_close" if self.bounded else "emergency_close_unbounded",
            venue=venue,
            **more,
        )
        self.began = self.now
        self.quoted_at = terms(self).quoted_at
        self.holds = timedelta(seconds=self.settings.positions.quote_holds)
        self.trace: list[str] = []
        self.also = Random(f"also/{seed}")
        self.away = Absence.drawn(self.also, self.AWAY)
        self.faults, self.deaths = rnd.choice([0, 1, 1, 2, 3]), rnd.choice([0, 0, 1, 1, 2, 3])
        self.recoverable, self.raw = True, False
        self.truth: dict[str, Decimal] = {OWN: self.amount}
        self.own_fills: list[tuple[Decimal, Decimal]] = []
        self.ours_filled = Decimal(0)
        self.seen: list[str] = []
        self.pending: list[tuple[datetime, Callable[[], None]]] = []
        self.zombies: list[Invocation] = []
        self.now_at_work: Invocation | None = None
        self.violations: list[str] = []
        self.order_lag = timedelta(seconds=rnd.choice([0, 0, 0, 1, 3, 5]))
        self.position_lag = timedelta(seconds=rnd.choice([0, 0, 0, 0, 1.5]))
        self.held_before: list[tuple[datetime, Decimal]] = [(self.now, self.amount)]
        self._protect()
        self._others()
        self._market()
        self.is_protected = self._protected()
        self.bare_since: datetime | None = None
        self.bare: list[tuple[datetime, datetime]] = []

    # What stands there.

    def _size(self) -> str:
        return self.rnd.choice(["0.05", "0.05", "0.002", "1.234"])

    def _protect(self) -> None:
        kind = self.rnd.choice(["stop", "stop", "stop", "two", "none", "whole"])
        if kind in ("stop", "two"):
            self.stop("stop-1")
        if kind == "two":
            self.stop("take-1", type="take_profit_market", trigger_price=MARK * 2)
        if kind == "whole":
            self.stop("stop-1", close_position=True, amount=Decimal(0))
        self.whole = kind == "whole"
        # A venue on which resting stops hold the quantity.
        self.stops_hold = self.rnd.random() < self.HOLDING
        if self.rnd.random() < 0.3:
            # It holds a part of the quantity, or all of it.
            self.exit("exit-1", amount=self.amount if self.rnd.random() < 0.5 else self.amount / 2)
        self.own_ids = {"stop-1", "take-1", "exit-1"}

    def _others(self) -> None:
        self.other_orders: set[str] = set()
        if self.whole or self.rnd.random() < self.LONE:
            return
        for number in range(self.rnd.choice([1, 1, 2])):
            name = f"other-{number}"
            amount = self.rnd.choice([self.amount, self.amount * 2, Decimal("0.007")])
            self.truth[name] = amount
            self.venue.hold(self.unit, sum(self.truth.values(), Decimal(0)))
            self.strategy(name, age=5, status="running")
            self.position(name, name, amount)
            self.stop(f"stop-{name}", name, amount=amount)
            self.other_orders.add(f"stop-{name}")
            if self.rnd.random() < 0.3:
                self.exit(f"exit-{name}", name, amount=amount)
                self.other_orders.add(f"exit-{name}")
        self.held_before = [(self.now, self.held)]

    def _market(self) -> None:
        if self.rnd.random() < 0.15 and self.amount >= Decimal("0.05"):
            most = self.amount / 3
            market = self.venue.markets[BTC]
            self.venue.markets[BTC] = replace(market, limit_most=most, market_most=most)
        self.partly = self.rnd.choice([0, 0, 0, 1, 2])

    @property
    def alone(self) -> bool:
        return len(self.truth) == 1

    # What happens in between.

    def between(self) -> None:
        """Before a task begins."""
        if self.away.begins(self.now):
            # Nobody trades at a venue that is gone, and for some of it a person must decide.
            self.recoverable = self.recoverable and self.away.lasts < RECOVERS
            self._say(f"away: {self.away.kind}")
        if self.away.is_on(self.now):
            return
        self._exit_may_fill()
        if self.rnd.random() > self.EVENTFUL or len(self.seen) > 8:
            return
        events = ["enters again", "enters again silently", "other grows", "dry", "moved by hand"]
        if not self.pending and not self.zombies and not self.position_lag:
            events += ["stop fires", "stop fires", "exit fills", "exit fills", "other closes"]
        getattr(self, f"_{self.rnd.choice(events).replace(' ', '_')}")()

    def _exit_may_fill(self) -> None:
        """Seldom there, so that it is likelier where one is."""
        rests = any(o.client_order_id == "exit-1" for o in self.venue.working(self.unit.where, BTC))
        quiet = not (self.pending or self.zombies or self.position_lag)
        if rests and quiet and "exit fills" not in self.seen and self.also.random() < 0.06:
            self._exit_fills()

    def _stop_fires(self) -> None:
        mine = [o for o in self.venue.working(self.unit.where, BTC) if o.client_order_id == "stop-1"]
        if mine and self.truth[OWN] > 0 and NEW not in self.truth:
            self._own_fill(mine[0], self.truth[OWN])
            self._say("stop fires")

    def _exit_fills(self) -> None:
        mine = [o for o in self.venue.working(self.unit.where, BTC) if o.client_order_id == "exit-1"]
        if mine and self.truth[OWN] > 0:
            step = self.venue.markets[BTC].amount_step
            part = self.rnd.choice([mine[0].left, mine[0].left / 2])
            part = min(part - part % step, self.truth[OWN])
            if part > 0:
                self._own_fill(mine[0], part)
                self._say("exit fills")

    def _own_fill(self, order: VenueOrder, amount: Decimal) -> None:
        done = order.filled + amount
        status = OrderStatus.FILLED if done >= order.amount else OrderStatus.OPEN
        self._fills(replace(order, filled=done, status=status, average=MARK - 100), amount)
        self._remember()
        item = self.world.item("orders", POSITION, order.order_id)
        if item and self.rnd.random() < 0.5:
            done_word = "filled" if status is OrderStatus.FILLED else "open"
            self.world.put("orders", {**item, "status": done_word, "filled": done})

    def _fills(self, order: VenueOrder, amount: Decimal) -> None:
        """So much of an order that stands there; the order as it is afterwards."""
        price = order.average or MARK
        self.venue.trade(self.unit, self.closes, amount, price, self.now, order.order_id)
        self.venue.change(self.unit.where, order)
        self.truth[OWN] -= amount
        self.own_fills.append((amount, price))

    def _enters_again(self) -> None:
        """By a position of its own, as a strategy does that takes no notice of the pause."""
        if NEW in self.truth or self.whole:
            return
        self._opens(self.rnd.choice([self.amount, Decimal("0.003")]))
        self.position("pos-new", STRATEGY, self.truth[NEW], opened_at=_text(self.now))
        self._say("enters again")

    def _enters_again_silently(self) -> None:
        """Nothing in the table says so: what stands there cannot be told apart."""
        if NEW in self.truth or self.rnd.random() < 0.5:
            return
        self._opens(self.rnd.choice([self.amount, Decimal("0.003")]))
        self.recoverable = False
        self._say("enters again silently")

    def _opens(self, amount: Decimal) -> None:
        self._buys(NEW, amount)
        self._remember()

    def _buys(self, name: str, amount: Decimal) -> None:
        """More is held in the unit's direction, by that owner."""
        side = "buy" if self.closes == "sell" else "sell"
        self.venue.trade(self.unit, cast(Any, side), amount, MARK, self.now)
        self.truth[name] = self.truth.get(name, Decimal(0)) + amount

    def _sells(self, name: str) -> bool:
        """That owner's part is gone; False: the venue did not take it."""
        self.venue.trade(self.unit, self.closes, self.truth[name], MARK, self.now)
        self.truth[name] = Decimal(0)
        return True

    def _other_grows(self) -> None:
        names = [name for name in self.truth if name.startswith("other")]
        if names:
            name, more = self.rnd.choice(names), Decimal("0.004")
            if not self.truth[name]:
                return
            self._buys(name, more)
            self.world.put("positions", {**self.row(name), "amount": self.truth[name]})
            self._remember()
            self._say("other grows")

    def _other_closes(self) -> None:
        names = [name for name in self.truth if name.startswith("other") and self.truth[name] > 0]
        if names:
            name = self.rnd.choice(names)
            if not self._sells(name):
                return
            for order in self.venue.working(self.unit.where, BTC):
                if str(order.client_order_id).endswith(name):
                    self.venue.change(self.unit.where, replace(order, status=OrderStatus.CANCELED))
                    self.other_orders.discard(str(order.client_order_id))
            self.world.put("positions", {**self.row(name), "status": "closed"})
            self._remember()
            self._say("other closes")

    def _dry(self) -> None:
        self.dry()
        self.recoverable = self.recoverable and not self.bounded
        self._say("dry")

    def _moved_by_hand(self) -> None:
        """The strategy moves its stop: it manages its exits."""
        mine = [o for o in self.venue.working(self.unit.where, BTC) if o.client_order_id == "stop-1"]
        if mine and self.truth[OWN] > 0 and not self.pending:
            self.venue.change(self.unit.where, replace(mine[0], status=OrderStatus.CANCELED))
            price = (mine[0].trigger_price or MARK) + 50
            self.stop("stop-moved", trigger_price=price, close_position=self.whole, amount=mine[0].amount)
            self.own_ids.add("stop-moved")
            self._say("stop moved")

    def _say(self, what: str) -> None:
        self.seen.append(what)
        self.note(f"** {what}")

    def note(self, what: str) -> None:
        """A line of the trace."""
        self.trace.append(f"{(self.now - self.began).total_seconds():8.2f}  {what}")

    def _remember(self) -> None:
        self.held_before.append((self.now, self.held))

    # Calls.

    def ports(self) -> Ports:
        made, at_work = self.bare_ports(), self.now_at_work
        seen = {name: _Seen(self, name, getattr(made, name), at_work) for name in Ports.__dataclass_fields__}
        return Ports(**cast(Any, seen))

    def bare_ports(self) -> Ports:
        return super().ports()

    def call(self, who: Invocation | None, what: str, args: tuple[Any, ...], inner: Callable[[], Any]) -> Any:
        if what == "clock.now" or who is None:
            return inner()
        self._alive(who)
        if what.startswith("exchange."):
            self._goes_on(what)
            if self.away.stops(what, self.now):
                return self._is_away(what, inner)
        if what == self.zombie_at and who.go is None:
            self.zombie_at = None
            self._say(f"death at {what}")
            self._pause(who)
        die = self._draws(what) and self.deaths > 0 and self.rnd.random() < 0.4
        if die:
            self.deaths -= 1
            self._say(f"death at {what}")
            how = self.rnd.choice(["before", "after", "zombie"])
            if how == "zombie" and who.go is None:
                self._pause(who)
            elif how != "after":
                self._die(who)
        if what == "exchange.create":
            self._by_an_old_quote()
        fault = not die and self.faults > 0 and self._draws(what)
        answer = self._faulty(what, args, inner) if fault else self._plain(what, args, inner)
        if die and how == "after":
            self._die(who)
        return answer

    def _is_away(self, what: str, inner: Callable[[], Any]) -> Any:
        """A reading was not answered; an order may have been taken, for all that its sender knows, unless the venue
        has said that it takes none."""
        del inner
        row, kind = (
            (Row.UNREACHABLE, "NetworkError") if self.away.kind == "down" else (Row.MAINTENANCE, "OnMaintenance")
        )
        if self.away.kind == "down" and what in WRITES:
            raise said(Uncertain, row, kind, None, "no answer")
        raise said(Transient, row, kind, None, "it is away")

    def _goes_on(self, what: str) -> None:
        """Time passes with every call to the venue."""
        del what
        self.world.advance(seconds=0.05)
        self.due()

    def _draws(self, what: str) -> bool:
        return self.rnd.random() * 100 < LIKELY.get(what, 1)

    def _plain(self, what: str, args: tuple[Any, ...], inner: Callable[[], Any]) -> Any:
        if what == "exchange.create":
            return self._created(args, inner)
        answer = inner()
        if what == "exchange.order" and answer is not None and answer.created_at + self.order_lag > self.now:
            return None
        if what == "exchange.position":
            return self._lagging(answer)
        self.watch()
        return answer

    def _lagging(self, answer: VenuePosition) -> VenuePosition:
        at = self.now - self.position_lag
        then = [amount for when, amount in self.held_before if when <= at]
        return replace(answer, amount=then[-1]) if then and self.position_lag else answer

    def _faulty(self, what: str, args: tuple[Any, ...], inner: Callable[[], Any]) -> Any:
        self.faults -= 1
        if what == "exchange.create":
            return self._faulty_create(args, inner)
        self._say(f"fault at {what}")
        if what in WRITES and self.rnd.random() < 0.5:
            inner()
            self.watch()
            raise Uncertain(f"{what}: the answer was lost")
        raise Transient(f"{what}: not reached")

    def _faulty_create(self, args: tuple[Any, ...], inner: Callable[[], Any]) -> Any:
        how = self.rnd.choice(["passing", "before", "after", "late", "late"])
        self._say(f"create: {how}")
        if how == "passing":
            word, row, kind, code = self.rnd.choice(PASSING)
            raise said(word, row, kind, code, "as the test wants it")
        if how == "after":
            self._created(args, inner)
        if how == "late":
            due = self.now + timedelta(seconds=self.rnd.uniform(0.1, 3.9))

            def arrives() -> None:
                try:
                    self._created(args, inner)
                except RunbookError:
                    self._say("late: refused")

            self.pending.append((due, arrives))
        raise Uncertain("create: the answer was lost")

    def _created(self, args: tuple[Any, ...], inner: Callable[[], VenueOrder]) -> VenueOrder:
        order = cast(NewOrder, args[1])
        self._judge(order)
        if self.stops_hold and self._protected():
            raise said(Refused, Row.NOTHING_TO_REDUCE, "InvalidOrder", "-2022", "ReduceOnly Order is rejected.")
        if self.partly:
            self.partly -= 1
            step = self.venue.markets[BTC].amount_step
            part = order.amount / 2
            self.venue.fills_at_most = part - part % step
        try:
            made = inner()
        finally:
            self.venue.fills_at_most = None
        if made.filled:
            self._remember()
            self.ours_filled += made.filled
            self.truth[OWN] -= made.filled
            self.own_fills.append((made.filled, made.average or Decimal(0)))
            if self.truth[OWN] < 0:
                self.violations.append(f"an order took {-self.truth[OWN]} that was not this position's")
        self.watch()
        return made

    def _by_an_old_quote(self) -> None:
        """After an absence that no close can have missed."""
        age = self.now - self.quoted_at
        if self.away.is_over(self.now) and self.away.lasts >= SEEN_BY_ALL and age > self.holds:
            self.violations.append(f"an order by a quote of {age} after the venue was away")

    def _judge(self, order: NewOrder) -> None:
        if self.bounded and order.price != self.worst:
            self.violations.append(f"an order at {order.price}, approved was {self.worst}")
        if self.ours_filled + order.amount > self.amount:
            self.violations.append(f"{order.amount} sent after {self.ours_filled} of {self.amount} was closed")

    def due(self) -> None:
        for one in [one for one in self.pending if one[0] <= self.now]:
            self.pending.remove(one)
            one[1]()

    # Deaths.

    def _alive(self, who: Invocation) -> None:
        if who.dead:
            raise Killed

    def _die(self, who: Invocation) -> None:
        who.dead = True
        raise Killed

    def _pause(self, who: Invocation) -> None:
        """The engine is told that it is lost, and it goes on when `release` lets it: at most its timeout later."""
        who.go = Event()
        who.until = self.now + timedelta(seconds=self.rnd.uniform(0, 55))
        self.zombies.append(who)
        self._handed.set()
        who.go.wait()

    def invoke(self, task: str, work: Callable[[], Any]) -> Any:
        """In a thread of its own, so that it can be left behind alive; only one thread ever moves."""
        who = Invocation(task)
        self.now_at_work, self._handed = who, Event()
        box: dict[str, Any] = {}

        def body() -> None:
            try:
                box["answer"] = work()
            except Killed:
                box["lost"] = True
            except BaseException as error:
                box["error"] = error
            finally:
                self._handed.set()

        who.thread = Thread(target=body, daemon=True)
        who.thread.start()
        self._handed.wait()
        if who.go is not None or "lost" in box:
            raise Engine(self.rnd.choice(DEATHS))
        who.thread.join()
        if "error" in box:
            raise box["error"]
        return box["answer"]

    def release(self, *, everybody: bool = False) -> None:
        """Zombies whose time has come go on to their end."""
        for who in [one for one in self.zombies if everybody or (one.until and one.until <= self.now)]:
            self.zombies.remove(who)
            self._handed = Event()
            assert who.go is not None
            assert who.thread is not None
            who.go.set()
            who.thread.join(30)

    # Protection.

    def _protected(self) -> bool:
        mine = [o for o in self.venue.working(self.unit.where, BTC) if o.protects(self.unit) and self._is_own(o)]
        return bool(mine)

    def _is_own(self, order: VenueOrder) -> bool:
        return order.client_order_id not in self.other_orders

    def watch(self) -> None:
        """Keeps the book of seconds without protection."""
        if not self.is_protected:
            return
        bare = self.truth[OWN] > 0 and not self._protected()
        if bare and self.bare_since is None:
            self.bare_since = self.now
        elif not bare and self.bare_since is not None:
            self.bare.append((self.bare_since, self.now))
            self.bare_since = None


class Leaving(CloseWorld):
    """The venue goes away in every close."""

    AWAY = 1.0


class _Seen:
    def __init__(self, world: CloseWorld, name: str, port: object, who: Invocation | None) -> None:
        self._world, self._name, self._port, self._who = world, name, port, who

    def __getattr__(self, method: str) -> Callable[..., Any]:
        inner = getattr(self._port, method)
        what = f"{self._name}.{method}"
        return lambda *args, **kwargs: self._world.call(self._who, what, args, lambda: inner(*args, **kwargs))


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
