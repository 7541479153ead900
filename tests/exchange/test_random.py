"""Whatever is done to the venue in whatever order, its books agree with each other."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from local.platform.exchange.errors import Refused
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.orders import ZERO
from tests.exchange.conftest import Clock, order, stop

D = Decimal
SIDES = st.sampled_from(["BUY", "SELL"])
LOTS = st.integers(2, 200).map(lambda lots: f"{lots / 1000:.3f}")
PRICES = st.integers(57_500, 62_500).map(lambda price: f"{price}.0")
TIMES = st.sampled_from(["GTC", "GTC", "GTC", "IOC", "FOK", "GTX"])


class Trading(RuleBasedStateMachine):
    """One account in one-way or hedge mode."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.exchange = Exchange(clock=self.clock)
        self.main = self.exchange.add_account("main", "key", "secret", fees_in_bnb=True)

    def held(self, side: str = "BOTH") -> Decimal:
        return self.main.position("BTCUSDT", side).amount

    def _try(self, asked: dict[str, str], *, trigger: bool = False) -> None:
        before = {side: self.held(side) for side in ("BOTH", "LONG", "SHORT")}
        try:
            if trigger:
                self.exchange.place_trigger("main", asked)
            else:
                self.exchange.place("main", asked)
        except Refused:
            assert before == {side: self.held(side) for side in before}
            return
        if asked.get("reduceOnly") == "true" and not trigger:
            after = self.held()
            assert abs(after) <= abs(before["BOTH"])
            assert after * before["BOTH"] >= 0

    @rule(side=SIDES, lots=LOTS, closes=st.booleans(), long=st.booleans())
    def market(self, side: str, lots: str, closes: bool, long: bool) -> None:
        self._try(order(side, lots, **self._how(closes, long)))

    @rule(side=SIDES, lots=LOTS, price=PRICES, time=TIMES, closes=st.booleans(), long=st.booleans())
    def limit(self, side: str, lots: str, price: str, time: str, closes: bool, long: bool) -> None:
        self._try(order(side, lots, price, timeInForce=time, **self._how(closes, long)))

    @rule(side=SIDES, price=PRICES, long=st.booleans())
    def protect(self, side: str, price: str, long: bool) -> None:
        how = {"positionSide": "LONG" if long else "SHORT"} if self.main.hedged else {}
        self._try(stop(side, price, **how), trigger=True)

    @rule(price=PRICES)
    def move(self, price: str) -> None:
        self.exchange.set_price("BTCUSDT", D(price))

    @rule(bid=LOTS, ask=LOTS)
    def thin_out(self, bid: str, ask: str) -> None:
        last = self.exchange.prices.last("BTCUSDT")
        self.exchange.set_book("BTCUSDT", [(last, D(bid))], [(last + 10, D(ask))])

    @rule()
    def cancel_all(self) -> None:
        self.exchange.cancel_all("main", "BTCUSDT")
        self.exchange.cancel_all_triggers("main", "BTCUSDT")
        assert self.main.open_orders() == []

    @rule(rate=st.sampled_from([D("0.0001"), D("-0.0003")]))
    def fund(self, rate: Decimal) -> None:
        self.exchange.funding("BTCUSDT", rate)

    @precondition(lambda self: not self.main.open_orders() and not self.main.open_triggers())
    @rule()
    def switch_mode(self) -> None:
        if all(self.held(side) == 0 for side in ("BOTH", "LONG", "SHORT")):
            self.exchange.set_hedged("main", not self.main.hedged, asked=True)

    def _how(self, closes: bool, long: bool) -> dict[str, str]:
        if self.main.hedged:
            return {"positionSide": "LONG" if long else "SHORT"}
        return {"reduceOnly": "true"} if closes else {}

    @invariant()
    def fills_make_the_positions(self) -> None:
        for side in ("BOTH", "LONG", "SHORT"):
            mine = [one for one in self.main.fills if one.position_side == side]
            net = sum((one.amount if one.side == "BUY" else -one.amount for one in mine), ZERO)
            assert self.held(side) == net

    @invariant()
    def a_reduce_only_order_only_reduces(self) -> None:
        closing = {one.order_id for one in self.main.orders if one.reduce_only}
        held = ZERO
        for fill in self.main.fills:
            if fill.position_side == "BOTH":
                after = held + (fill.amount if fill.side == "BUY" else -fill.amount)
                if fill.order_id in closing:
                    assert abs(after) < abs(held)
                    assert after * held >= 0
                held = after

    @invariant()
    def fills_make_the_orders(self) -> None:
        for one in self.main.orders:
            mine = [fill for fill in self.main.fills if fill.order_id == one.order_id]
            assert one.filled == sum((fill.amount for fill in mine), ZERO) <= one.amount
            assert (one.status == "FILLED") == (one.left == 0)
            if one.price:
                assert all(
                    fill.price <= one.price if one.side == "BUY" else fill.price >= one.price for fill in mine
                )

    @invariant()
    def the_wallet_is_what_income_made_of_it(self) -> None:
        for asset, now, before in (("USDT", self.main.wallet, D(100_000)), ("BNB", self.main.bnb, D(10))):
            assert now == before + sum((one.amount for one in self.main.incomes if one.asset == asset), ZERO)

    @invariant()
    def hedged_positions_keep_their_side(self) -> None:
        assert self.held("LONG") >= 0
        assert self.held("SHORT") <= 0

    @invariant()
    def nothing_crossed_rests(self) -> None:
        """What the book reaches is filled, but for what may not be filled any more."""
        for one in self.main.open_orders():
            if not one.closes:
                assert self.exchange.books["BTCUSDT"].reach(one.side, one.left, one.price) == []


Trading.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestWhateverIsDoneToTheVenueItsBooksAgree = Trading.TestCase
