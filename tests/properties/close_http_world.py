"""The hostile world of close_world.py around the stand-in venue: every call goes over HTTP by the real adapter.

Faults befall single requests. What an order did, whose it was and whether it was allowed is read from the venue's
own books (`sync`), never from an answer: orders of ours by their client ids, triggers by the order they made.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import requests

from functions.adapters.memory import twins
from functions.ports import Ports
from functions.venue import VenueOrder
from local.platform.exchange.account import Account, Fill
from local.platform.exchange.errors import Refused as VenueRefused
from local.platform.exchange.faults import Fault
from local.platform.exchange.orders import Order
from local.platform.exchange.server import MAIN, Served
from tests.properties.close_faults import HOW, HOW_ELSE, OF_AN_ORDER, READING, Said
from tests.properties.close_wire import ANSWERS, PATIENCE, Timekeeper, deliver, exchange_over, instead
from tests.properties.close_world import LIKELY, OWN, CloseWorld
from tests.properties.stand_in_venue import ID, StandInVenue
from tests.rules.facts import NOW
from tests.tasks.close_rig import BTC, MARK

OURS: Final = "rbc"
ORDER, POSITIONS = "/fapi/v1/order", "/fapi/v3/positionRisk"
# Seconds of the walker's clock: of one request, and until the client gives up.
TAKES, GIVES_UP = 0.02, 5.0


class HttpCloseWorld(CloseWorld):
    """`first`: what befalls the first order of the close, whatever else does."""

    def __init__(
        self,
        seed: int,
        served: Served,
        keeper: Timekeeper,
        *,
        zombie_at: str | None = None,
        first: Said | None = None,
    ) -> None:
        self.first = first
        self.stand = served.venue
        self._orders_seen = self._fills_seen = 0
        self._wanted: tuple[str | None, int] | None = None
        self._fault: Fault | None = None
        self._hangs = self._lies = False
        keeper.now = lambda: self.world.now if "world" in self.__dict__ else NOW
        self._open_account(served, Random(f"account/{seed}"))
        super().__init__(seed, zombie_at=zombie_at, venue=StandInVenue(self.stand.exchange, self.sync))
        # What was put into effect shows in queries only then.
        self.order_lag = timedelta(0)
        self.position_lag = timedelta(seconds=self.rnd.choice([0, 0, 0, 0, 0.5, 2, 5]))
        self.faults += 1
        self.exchange = exchange_over(served, twins(self.world).clock, self)

    def _open_account(self, served: Served, rnd: Random) -> None:
        keys = served.keys[MAIN]
        self.stand.reset()
        self.stand.exchange.add_account(
            MAIN, keys.key, keys.secret, wallet=Decimal(10**9), bnb=Decimal(10**6), fees_in_bnb=rnd.random() < 0.3
        )
        self.stand.exchange.set_covered(rnd.choice([-2022, -4118]))

    @property
    def stands(self) -> StandInVenue:
        assert isinstance(self.venue, StandInVenue)
        return self.venue

    @property
    def account(self) -> Account:
        return self.stand.exchange.accounts[MAIN]

    def bare_ports(self) -> Ports:
        return replace(super().bare_ports(), exchange=self.exchange)

    # What stands there.

    def _size(self) -> str:
        """The smallest step, which is less than the smallest order's worth, and more than one order takes."""
        most = "2500" if self.bounded else "250"
        return self.rnd.choice(["0.05", "0.05", "0.05", "0.002", "1.234", "0.001", most])

    def _market(self) -> None:
        self.partly = self.rnd.choice([0, 0, 0, 1, 2])

    def liquid(self, amount: str = "1000000") -> None:
        self.stands.offer(MARK - Decimal("0.1"), MARK + Decimal("0.1"), Decimal(amount))

    def dry(self) -> None:
        """On the side that a close meets."""
        near, long = Decimal("0.1"), self.unit.side == "long"
        bids, asks = (MARK * Decimal("0.9"), MARK + near) if long else (MARK - near, MARK * Decimal("1.1"))
        self.stands.offer(bids, asks, Decimal(1_000_000))

    # What happens in between.

    def _dry(self) -> None:
        super()._dry()
        # A market order against such a book is turned away too (PERCENT_PRICE).
        self.recoverable = False

    def _stop_fires(self) -> None:
        """A stop that asks for more than is left would take the others' part: the strategy's doing."""
        mine = [o for o in self.venue.working(self.unit.where, BTC) if o.client_order_id == "stop-1"]
        others = sum(amount for name, amount in self.truth.items() if name != OWN)
        if mine and (not others or mine[0].amount == self.truth[OWN]):
            super()._stop_fires()

    def _fills(self, order: VenueOrder, amount: Decimal) -> None:
        if order.trigger:
            self.stands.fire(order)
        else:
            self.stands.fill(order, amount)

    def _buys(self, name: str, amount: Decimal) -> None:
        amount = max(amount, Decimal("0.003"))
        self.truth[name] = self.truth.get(name, Decimal(0)) + amount
        self.stands.enter(self.unit, amount, f"enter-{len(self.seen)}")

    def _sells(self, name: str) -> bool:
        try:
            self.stands.leave(self.unit, self.truth[name], f"close-{name}")
        except VenueRefused:
            return False
        return True

    # Calls.

    def _draws(self, what: str) -> bool:
        """A close has fewer calls than requests."""
        if what == "exchange.create" and self.first is not None:
            return True
        often = 3 if what.startswith("exchange.") else 1
        return self.rnd.random() * 100 < often * LIKELY.get(what, 1)

    def _goes_on(self, what: str) -> None:
        """Time passes with every request."""
        self._wanted = None

    def _is_away(self, what: str, inner: Callable[[], Any]) -> Any:
        """Its requests find that out."""
        del what
        return inner()

    def _plain(self, what: str, args: tuple[Any, ...], inner: Callable[[], Any]) -> Any:
        if not what.startswith("exchange."):
            return super()._plain(what, args, inner)
        answer = inner()
        self.watch()
        return answer

    def _faulty(self, what: str, args: tuple[Any, ...], inner: Callable[[], Any]) -> Any:
        if not what.startswith("exchange."):
            return super()._faulty(what, args, inner)
        if what in ("exchange.create", "exchange.place_again"):
            self._wanted = ("POST", 0)
        elif what == "exchange.cancel":
            self._wanted = ("DELETE", 0)
        else:
            self._wanted = (None, self.rnd.choice([0, 0, 1, 2]))
        return inner()

    # Requests.

    def leaving(self, request: requests.PreparedRequest) -> float:
        self.world.advance(seconds=TAKES)
        self.due()
        method, path = str(request.method), urlsplit(str(request.url)).path
        self._fault, self._hangs = None, False
        if self._is_gone(method):
            return ANSWERS
        said = self._befalls(request, method, path)
        if method != "GET" or said is not None:
            self.note(f"{method} {path} {_shown(request)}{f' <- {said[0]} {said[1]}' if said else ''}")
        if said is None:
            return ANSWERS
        name, options = said
        self._fault = self.stand.break_with(name, 1, path=path, method=method, **options)
        self._hangs = name.startswith("timeout")
        return PATIENCE if self._hangs else ANSWERS

    def _is_gone(self, method: str) -> bool:
        """Whether the venue takes no such request now, because it is away."""
        if not self.away.is_on(self.now) or (self.away.kind == "no orders" and method == "GET"):
            return False
        if self.away.kind == "down":
            raise requests.exceptions.ConnectionError("the connection was refused")
        self._fault = self.stand.break_with("maintenance", 1, method=method)
        return True

    def _befalls(self, request: requests.PreparedRequest, method: str, path: str) -> Said | None:
        if self._wanted is not None and self._wanted[0] in (None, method):
            if self._wanted[1]:
                self._wanted = (self._wanted[0], self._wanted[1] - 1)
                return None
            self._wanted = None
            self.faults -= 1
            if (method, path) == ("POST", ORDER) and self.first is not None:
                (name, options), self.first = self.first, None
                self._say(f"create: first ({name})")
                return (name, options)
            return self._faulty_order(request, path) if method != "GET" else self._faulty_reading(path)
        if (method, path) != ("POST", ORDER):
            return None
        if self.stops_hold and self._protected():
            return ("reduce-only-refused", {"code": -2022})
        if self.partly:
            self.partly -= 1
            return ("partial-fill", {})
        return None

    def reads(self, answer: requests.Response) -> requests.Response:
        lies, self._lies = self._lies, False
        return instead(answer, b"[]") if lies and answer.ok else answer

    def _faulty_reading(self, path: str) -> Said | None:
        if path == POSITIONS and self.rnd.random() < 0.5:
            self._say("a reading says flat")
            self._lies = True
            return None
        said = self.rnd.choice(READING)
        self._say(f"fault at GET {path}: {said[0]}")
        return said

    def _faulty_order(self, request: requests.PreparedRequest, path: str) -> Said:
        what = "create" if (request.method, path) == ("POST", ORDER) else f"fault at {request.method} {path}"
        how = self.rnd.choice(HOW if what == "create" else HOW_ELSE)
        if how == "late":
            self._say(f"{what}: late")
            self._held_up(request)
        said = self.rnd.choice(OF_AN_ORDER[how])
        self._say(f"{what}: {how} ({said[0]})")
        if how == "hopeless":
            self.recoverable = False
        return said

    def _held_up(self, request: requests.PreparedRequest) -> None:
        """It comes to the venue later than anybody waits; whether in time is for the venue to say (recvWindow)."""
        seconds = self.rnd.uniform(0.1, self.rnd.choice([4, 4, 20]))
        copy = request.copy()

        def arrives() -> None:
            self.note(f"the held up {copy.method} arrives")
            deliver(copy)
            self.sync()
            self.watch()

        self.pending.append((self.now + timedelta(seconds=seconds), arrives))
        if self.rnd.random() < 0.5:
            raise requests.exceptions.ConnectionError("the connection was reset")
        self.world.advance(seconds=GIVES_UP)
        self.due()
        raise requests.exceptions.ReadTimeout("no answer")

    def answered(self) -> None:
        fault, self._fault = self._fault, None
        if fault is not None:
            if self._hangs:
                self._waits_for(fault)
                self.world.advance(seconds=GIVES_UP)
            self.stand.mend(fault)
        self.sync()
        self.watch()

    def _waits_for(self, fault: Fault) -> None:
        """Until the venue has done with the call what it does before it hangs, however busy the machine is."""
        until = time.monotonic() + ANSWERS
        while fault in self.stand.faults.active and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(0.003)
        with self.stand.exchange.lock:
            pass

    # The venue's books.

    def sync(self) -> None:
        """What came to stand there since, in its order: orders of ours are judged, and every fill has its owner."""
        orders, fills = self.account.orders[self._orders_seen :], self.account.fills[self._fills_seen :]
        self._orders_seen += len(orders)
        self._fills_seen += len(fills)
        for order in orders:
            if order.client_id.startswith(OURS):
                self._judge_accepted(order)
        for fill in fills:
            self._books(fill)
        if fills and "held_before" in self.__dict__:
            self._remember()

    def _judge_accepted(self, order: Order) -> None:
        if order.side.lower() != self.closes or not order.closes:
            self.violations.append(f"an order that does not only reduce: {order.side} {order.reduce_only}")
        if self.bounded and order.price != self.worst:
            self.violations.append(f"an order at {order.price}, approved was {self.worst}")
        if self.ours_filled + order.amount > self.amount:
            told = f"{order.amount} sent after {self.ours_filled} of {self.amount} was closed"
            self.violations.append(told)
        if self.position_lag:
            self._lags(order)

    def _lags(self, order: Order) -> None:
        """Queries see it only after a while, and what it did."""
        until = order.created + round(1_000 * self.position_lag.total_seconds())
        order.visible_at = until
        position = self.account.position(ID, order.position_side)
        before = position.amount + (order.filled if order.side == "SELL" else -order.filled)
        self.account.lagging.append((until, replace(position, amount=before)))
        kept = self.account.fills
        kept[:] = [replace(one, visible_at=until) if one.order_id == order.order_id else one for one in kept]

    def _books(self, fill: Fill) -> None:
        name, amount = self._named(fill), fill.amount
        if "truth" not in self.__dict__ or name == "left":
            # While everything is being set up.
            return
        if fill.side.lower() != self.closes:
            if name.startswith(OURS):
                self.violations.append(f"an order of ours made it larger by {amount}")
            return
        self.note(f"   {name} fills {amount} at {fill.price}")
        if name.startswith("close-"):
            self.truth[name.removeprefix("close-")] -= amount
            return
        if name in self.other_orders:
            return
        self.truth[OWN] -= amount
        self.own_fills.append((amount, fill.price))
        if name.startswith(OURS):
            self.ours_filled += amount
            self._in_bound(fill)
        if self.truth[OWN] < 0:
            self.violations.append(f"an order took {-self.truth[OWN]} that was not this position's")

    def _in_bound(self, fill: Fill) -> None:
        beyond = fill.price < self.worst if self.closes == "sell" else fill.price > self.worst
        if self.bounded and beyond:
            self.violations.append(f"filled at {fill.price}, approved was {self.worst}")

    def _named(self, fill: Fill) -> str:
        """The client id of its order; of a trigger, the trigger's."""
        made = next((one for one in self.account.triggers if one.order_id == fill.order_id), None)
        if made is None and fill.client_id.startswith("trigger"):
            wanted = int(fill.client_id.removeprefix("trigger"))
            made = next(one for one in self.account.triggers if one.algo_id == wanted)
        return made.client_id if made else fill.client_id


class Crowded(HttpCloseWorld):
    """Others own parts of the unit nearly always, and much happens."""

    LONE = 0.05
    EVENTFUL = 0.2


class Held(HttpCloseWorld):
    """Stops hold the quantity, so that protection has to go for each attempt, and much happens."""

    HOLDING = 1.0
    EVENTFUL = 0.15


def _shown(request: requests.PreparedRequest) -> str:
    """What an order says of itself."""
    body = request.body if isinstance(request.body, str | bytes) else b""
    sent = body if isinstance(body, str) else body.decode()
    found = parse_qs(f"{urlsplit(str(request.url)).query}&{sent}")
    names = ("newClientOrderId", "clientAlgoId", "quantity", "price", "reduceOnly", "origClientOrderId", "algoId")
    return " ".join(found[name][0] for name in names if name in found)
