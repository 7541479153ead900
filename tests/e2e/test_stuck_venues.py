"""Stuck positions and what a venue can be like: its modes, its limits, its fees, its refusals and its absences.

Each test resets the engine once and lets several positions, each of its own unit, go their ways side by side.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.platform import APPROVALS, CONFIG, POSITIONS, Platform, Run, stamp

RUNBOOK = "stuck-position"
# Orders that a bot, the venue or a person placed: all others are the runbooks'.
OTHERS = ("bot-", "venue", "hand")
ACCOUNTS = ("main", "second")
CLOSE, ANY_PRICE = "emergency_close", "emergency_close_unbounded"
RICH = "5000000"
MEND = "/_local/exchange-control/faults"


@pytest.fixture(autouse=True)
def alone(platform: Platform) -> None:
    """Only what a test starts runs; the detector has its own test."""
    platform.silence_the_detector()


@pytest.fixture
def accounts(platform: Platform) -> Iterator[Callable[..., None]]:
    """Opens an account of the venue anew, with its key and other rights; afterwards all are as they were."""

    def anew(name: str, **how: Any) -> None:
        secret = f"tradai-local-exchange-binanceusdm-{name}"
        text = platform.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
        key = json.loads(text)
        platform.venue.act("accounts", name=name, key=key["apiKey"], secret=key["secret"], **how)

    yield anew
    for name in ACCOUNTS:
        anew(name)


@dataclass
class Stuck:
    """One stuck position with the run that settles it, as a person sees and answers it."""

    platform: Platform
    strategy: str
    base: str
    position_id: str
    account: str = "main"
    arn: str = ""
    answered: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls, platform: Platform, strategy: str, base: str, amount: str, *, account: str = "main", **more: Any
    ) -> Stuck:
        """Opens it: its exit was due 45 min ago, and was never submitted."""
        symbol = f"{base}/USDT:USDT"
        platform.change(CONFIG, strategy, account=account, mode="live", symbols=[symbol])
        wish = {"symbol": symbol, "amount": amount, "stuck": "never-submitted", **more}
        return cls(platform, strategy, base, str(platform.venue.open(strategy, **wish)["position_id"]), account)

    @property
    def symbol(self) -> str:
        return f"{self.base}USDT"

    @property
    def record(self) -> dict[str, Any]:
        return self.platform.position(self.position_id)

    @property
    def orders(self) -> list[dict[str, Any]]:
        """Of the runbooks, as the venue took them."""
        taken = self.platform.venue.account(self.account)["orders"]
        mine = [one for one in taken if one["symbol"] == self.symbol]
        return [one for one in mine if not one["clientOrderId"].startswith(OTHERS)]

    def held(self) -> Decimal:
        return self.platform.venue.held(self.symbol, self.account)

    def begin(self) -> Stuck:
        given = {"position_id": self.position_id, "requested_by": "alice"}
        self.arn = self.platform.start(RUNBOOK, given)
        return self

    def asked(self) -> dict[str, Any]:
        """Waits for a question that was not answered yet."""

        def new() -> dict[str, Any] | None:
            for one in self.platform.items(APPROVALS):
                about = (one["question"].get("again") or {}).get("position_id")
                if about == self.position_id and one["approval_id"] not in self.answered:
                    return one
            return None

        return self.platform.until(new, f"somebody is asked about {self.position_id}")

    def facts(self) -> dict[str, str]:
        """Of the open question, by their labels."""
        return {one["name"]: one["value"] for one in self.asked()["question"]["facts"]}

    def offered(self) -> set[str]:
        return {one["id"] for one in self.asked()["question"]["options"]}

    def answer(self, decision: str, **more: str) -> Stuck:
        """As alice."""
        asked = self.asked()
        approval_id, question = asked["approval_id"], asked["question"]
        self.answered.add(approval_id)
        [option] = [one for one in question["options"] if one["id"] == decision]
        body = {"decision": decision, "confirm": f"{option['act']} {question['target']}", **more}
        path = f"/operators/approvals/{approval_id}"
        status, said = self.platform.signed("POST", path, body)
        assert status == 200, said
        return self

    def by_hand(self, amount: str, name: str = "hand-1", **more: str) -> dict[str, Any]:
        """Somebody sells so much of it at the venue."""
        order = {"symbol": self.symbol, "side": "SELL", "type": "MARKET", "quantity": amount, "reduceOnly": "true"}
        params = {**order, "newClientOrderId": name, **more}
        return dict(self.platform.venue.act("order", account=self.account, params=params))

    def ended(self, seconds: float = 180) -> Run:
        return self.platform.ended(self.arn, seconds)

    def resolved(self) -> Run:
        run = self.ended()
        assert (run.status, run.outcome) == ("SUCCEEDED", "resolved"), run.told()
        assert self.record["status"] == "closed"
        return run

    def escalated(self, *said: str) -> Run:
        """A person must act, with these words; its record stays."""
        run = self.ended()
        assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
        for words in said:
            assert words in run.cause, f"{words!r} is not in:\n{run.cause}"
            assert words in run.mails[0].text
        assert self.record["status"] == "open"
        return run

    def entries_run_on(self) -> None:
        state = self.platform.strategy(self.strategy)
        assert state["status"] == "running", state


def test_modes_limits_and_fees_of_a_venue_are_met(platform: Platform, accounts: Callable[..., None]) -> None:
    venue = platform.venue
    accounts("main", wallet=RICH, fees_in_bnb=True)
    accounts("second", wallet=RICH)
    venue.act("mode", account="second", hedged=True)
    venue.act("depth", symbol="XRPUSDT", amount="100000000")
    short, any_price, bounded, *_ = platform.more_strategies(3)
    # Long and short of one symbol on one account: only the long one is asked about.
    hedged = Stuck.of(platform, "momentum-btc", "BTC", "0.010", account="second")
    other = Stuck.of(platform, short, "BTC", "0.020", account="second", side="short")
    # One market order may be 2,000,000 XRP, one with a price 10,000,000.
    markets = Stuck.of(platform, any_price, "XRP", "2000000", account="second", protected=False)
    venue.act("position", symbol="XRPUSDT", side="long", amount="500000", account="second")
    platform.change(POSITIONS, markets.position_id, amount=Decimal(2_500_000))
    limits = Stuck.of(platform, bounded, "XRP", "2000000", protected=False)
    for _ in range(5):
        venue.act("position", symbol="XRPUSDT", side="long", amount="1700000")
    platform.change(POSITIONS, limits.position_id, amount=Decimal(10_500_000))
    # 10 SOL at 150.01, one tick above the price; a BNB costs 600 all the time.
    paid = Stuck.of(platform, "meanrev-sol", "SOL", "10")
    venue.act("funding", symbol="SOLUSDT", rate="0.0001", at=stamp(datetime.now(UTC) - timedelta(hours=2)))
    venue.price("151", "SOLUSDT")
    # The second of two people stays silent, so that one is enough.
    markets.begin().answer(ANY_PRICE)
    terms = limits.begin().asked()["question"]["close"]
    limits.answer(CLOSE)
    hedged.begin().answer(CLOSE)
    paid.begin().answer(CLOSE)
    runs = (hedged, markets, limits, paid)
    ended = {one.position_id: one.resolved() for one in runs}

    stands = {one["positionSide"]: one["positionAmt"] for one in venue.account("second")["positions"]}
    assert {side: Decimal(amount) for side, amount in stands.items()} == {"SHORT": Decimal("-0.020")}
    assert {one["positionSide"] for one in hedged.orders} == {"LONG"}
    assert other.record["status"] == "open"
    working = {one["positionSide"] for one in venue.working("second").values() if one["symbol"] == "BTCUSDT"}
    assert working == {"SHORT"}, "the other side keeps its protection, the closed one leaves none"

    assert [(one["type"], Decimal(one["origQty"])) for one in markets.orders] == [
        ("MARKET", Decimal(2_000_000)),
        ("MARKET", Decimal(500_000)),
    ]
    assert [Decimal(one["origQty"]) for one in limits.orders] == [Decimal(10_000_000), Decimal(500_000)]
    assert {Decimal(one["price"]) for one in limits.orders} == {Decimal(terms["worst_price"])}
    assert all(Decimal(one["avgPrice"]) >= Decimal(terms["worst_price"]) for one in limits.orders)
    assert [markets.held(), limits.held()] == [0, 0]
    for one in (markets, limits):
        assert len(ended[one.position_id].incident["approvals"]) == 1

    # Price: (151.00 - 150.01) * 10 = 9.90.
    # Opening fee: 1500.10 * 0.0005 * 0.9 / 600 = 0.00112508 BNB, * 600 = 0.675048.
    # Closing fee: 1510.00 * 0.0005 * 0.9 / 600 = 0.00113250 BNB, * 600 = 0.6795; both 1.354548.
    # Funding: the long side pays 10 * 150 * 0.0001 = 0.15.
    # In all: 9.90 - 1.354548 - 0.15 = 8.395452.
    # It was due at 150: the delay gained (151.00 - 150) * 10 = 10.00.
    run = ended[paid.position_id]
    impact = run.incident["pnl_impact"]
    report = platform.report(run.incident["report_key"].replace(".html", ".md"))
    assert impact.startswith("+8.40 USDT in all."), impact
    for said in (
        "Price against the entry: +9.90 USDT.",
        "Fees: 1.354548 USDT (opening 0.675048 USDT, closing 0.6795 USDT).",
        "Funding: -0.15 USDT.",
        "In all: +8.395452 USDT.",
        "the delay gained 10.00 USDT",
    ):
        assert said in impact, impact
        assert said.rstrip(".") in report


def test_what_may_not_be_closed_gets_no_order(platform: Platform) -> None:
    venue = platform.venue
    # Somebody has taken all but half a step of it.
    dust = Stuck.of(platform, "momentum-eth", "ETH", "0.010", protected=False)
    far = {"type": "LIMIT", "price": "3100", "timeInForce": "GTC"}
    resting = dust.by_hand("0.010", **far)
    venue.act("fill", account="main", order_id=resting["orderId"], amount="0.0095")
    venue.act("cancel", account="main", order_id=resting["orderId"])
    # The table has 0.010, the venue 0.006.
    broken = Stuck.of(platform, "momentum-btc", "BTC", "0.010")
    broken.by_hand("0.004")
    # Its strategy leaves it while the question stands.
    left = Stuck.of(platform, "breakout-bnb", "BNB", "2")
    # The book gives half of it inside the bound, and nothing more.
    half = Stuck.of(platform, "meanrev-sol", "SOL", "10")
    venue.act("depth", symbol="SOLUSDT", bids=[["150", "5"], ["100", "1000"]], asks=[["150.01", "1000"]])
    dust.begin()
    broken.begin()
    left.begin().asked()
    left.by_hand("2", "bot-leaves")
    left.answer(CLOSE)
    half.begin().answer(CLOSE)
    again = half.facts()
    half.answer("leave_open", until=stamp(datetime.now(UTC) + timedelta(minutes=10)))

    dust.escalated("too small for an order", "0.0005", "less than the 0.001 that it takes")
    broken.escalated("position break", "momentum-btc: long 0.01", "the venue holds 0.006 long")
    run = left.resolved()
    assert Decimal(left.record["exit_price"]) == Decimal("600.00")
    assert run.incident["cause"].startswith("never_submitted")
    assert "beyond what was approved" in again["The close before"], again
    assert "5 is left" in again["The close before"]
    assert half.ended().outcome == "left_open"
    assert half.held() == 5
    for one in (dust, broken, left):
        assert one.orders == [], "no order of ours"
        one.entries_run_on()

    # Another incident, an hour later: what was closed before counts, and only the rest is asked about.
    venue.act("depth", symbol="SOLUSDT")
    half.begin()
    rest = half.asked()
    assert Decimal(rest["question"]["close"]["amount"]) == 5
    assert "venue 5" in half.facts()["Table and venue"]
    half.answer(CLOSE)
    half.resolved()
    assert half.held() == 0
    filled = [Decimal(one["executedQty"]) for one in half.orders]
    assert [one for one in filled if one] == [5, 5], half.orders
    half.entries_run_on()


def test_an_account_or_a_clock_that_lets_nothing_through_is_escalated_with_its_reason(platform: Platform) -> None:
    venue = platform.venue
    frozen = Stuck.of(platform, "momentum-eth", "ETH", "0.1", account="second").begin()
    barred = Stuck.of(platform, "momentum-btc", "BTC", "0.010").begin()
    frozen.asked()
    barred.asked()
    venue.break_with("account-frozen", account="second")
    venue.break_with("key-without-permission", account="main")
    frozen.answer(CLOSE)
    barred.answer(CLOSE)
    again = frozen.facts()
    assert "frozen" in again["Closing by the runbook"], again
    assert "-2010" in again["The close before"], again
    assert not {CLOSE, ANY_PRICE} & frozen.offered()
    runs = {
        "barred": barred.escalated("-2015", "decided by alice", "look there now"),
        "frozen": frozen.escalated("-2010", "alice", "nobody answered in time", "nothing more was decided"),
    }
    venue.http("DELETE", MEND)

    skewed = Stuck.of(platform, "meanrev-sol", "SOL", "10").begin()
    gone = Stuck.of(platform, "breakout-bnb", "BNB", "2", account="second").begin()
    skewed.asked()
    gone.asked()
    venue.break_with("connection-drop", 10_000, account="second", path="/fapi/v3/positionRisk")
    venue.break_with("clock-skew")
    skewed.answer(CLOSE)
    gone.answer(CLOSE)
    runs |= {
        "skewed": skewed.escalated("-1021", "decided by alice", "waited for it for"),
        "gone": gone.escalated("decided by alice", "waited for it for"),
    }
    venue.http("DELETE", MEND)
    stuck = {"barred": barred, "frozen": frozen, "skewed": skewed, "gone": gone}
    for name, one in stuck.items():
        assert one.held() != 0
        assert one.orders == []
        # Its entries go on only where its protection was seen at the venue; where they do not, that is told.
        paused = platform.strategy(one.strategy)["status"] != "running"
        assert paused is (name != "frozen"), (name, runs[name].cause)
        assert paused is (f"strategy {one.strategy} is still paused" in runs[name].cause), runs[name].cause


def test_a_maintenance_after_the_answer_is_outlasted_and_a_new_entry_is_not_closed(platform: Platform) -> None:
    venue = platform.venue
    later = Stuck.of(platform, "momentum-btc", "BTC", "0.010").begin()
    later.answer(CLOSE)
    venue.break_with("maintenance")

    def waits() -> bool:
        runs = platform.new_runs("close-position")
        return any("WaitAWhile" in platform.entered(one) for one in runs)

    platform.until(waits, "the close waits for the venue")
    assert later.held() == Decimal("0.010")
    venue.http("DELETE", MEND)
    run = later.resolved()
    assert len(run.incident["approvals"]) == 1, "the same approval"
    assert [Decimal(one["executedQty"]) for one in later.orders if one["status"] == "FILLED"] == [Decimal("0.010")]
    assert later.held() == 0
    later.entries_run_on()

    enters = Stuck.of(platform, "meanrev-sol", "SOL", "10").begin()
    enters.answer(CLOSE)
    platform.until(lambda: enters.record["status"] == "closed", "its record says closed")
    # Its strategy does not heed the pause.
    venue.act("position", symbol="SOLUSDT", side="long", amount="10", client_id="bot-again")
    run = enters.ended()
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    assert "the strategy opened again by bot-again" in run.cause
    assert enters.record["status"] == "closed"
    assert enters.held() == 10, "what it opened after the close is its own"
    assert sum(Decimal(one["executedQty"]) for one in enters.orders) == 10
