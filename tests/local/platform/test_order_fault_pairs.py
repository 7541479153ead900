"""Two troubles of orders at once: both show, each needs its own remedy, and both remedies make orders pass."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.local.engine.lab import eventually
from tests.local.platform.flows import LIVE, cooldown, offset, passes, refused, scores, stake, symbols
from tests.local.platform.rig import Rig

# Every trouble concerns this one.
CONCERNED = "breakout-bnb"


@dataclass(frozen=True)
class Row:
    """One row of the runbook: its fault, what orders are told, and its remedy."""

    fault: str
    codes: frozenset[int]
    cure: Callable[[Rig], None]
    count: int | None = None


def _wait(rig: Rig) -> None:
    eventually(rig.active, lambda names: "orders.maintenance" not in names, 30)


ROWS = {
    "balance": Row("orders.insufficient-balance", frozenset({-2019}), lambda rig: stake(rig, 250)),
    "price": Row("orders.invalid-price", frozenset({-4024}), lambda rig: offset(rig, 10)),
    "rate": Row("orders.rate-limited", frozenset({-1015, -1003}), lambda rig: cooldown(rig, 60)),
    "maintenance": Row("orders.maintenance", frozenset({-1016}), _wait, count=15),
    "symbol": Row(
        "orders.symbol-delisted", frozenset({-4141}), lambda rig: symbols(rig, CONCERNED, "XRP/USDT:USDT")
    ),
}
ALL = (
    "orders.insufficient-balance", "orders.invalid-price", "orders.rate-limited", "orders.maintenance",
    "orders.symbol-delisted", "orders.symbol-renamed", "orders.account-frozen", "orders.no-permission",
    "orders.clock-skew", "orders.stuck-pending",
)  # fmt: skip


@pytest.fixture
def desk(rig: Rig) -> Iterator[Rig]:
    rig.call("POST", "/exchange-control/reset", {})
    yield rig
    rig.call("DELETE", "/faults")
    rig.call("POST", "/exchange-control/reset", {})
    assert rig.call("GET", "/positions").json == {"table": {}, "venue": []}


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(ROWS, 2)))
def test_both_of_a_pair_show_and_orders_pass_when_both_are_cured_and_not_before(
    desk: Rig, first: str, second: str
) -> None:
    one, other = ROWS[first], ROWS[second]
    # The one that ends by itself is cured last.
    if first == "maintenance":
        one, other = other, one
    desk.fault(other.fault, count=other.count)
    desk.fault(one.fault, count=one.count)
    eventually(
        lambda: refused(desk, CONCERNED), lambda codes: bool(codes & one.codes) and bool(codes & other.codes), 20
    )
    one.cure(desk)
    # What was on its way when the config was written may still be told of it.
    desk.call("DELETE", "/stats")
    eventually(lambda: scores(desk), lambda now: now.get(CONCERNED, {}).get("sent", 0) >= 2, 20)
    desk.call("DELETE", "/stats")
    eventually(lambda: refused(desk, CONCERNED), lambda codes: bool(codes & other.codes), 20)
    if one.fault != "orders.rate-limited":
        assert refused(desk, CONCERNED) <= other.codes
    other.cure(desk)
    passes(desk, LIVE)


def test_any_two_begin_and_end_together_and_leave_nothing(desk: Rig) -> None:
    """In one test: each pair takes a moment, and its own start would take longer."""
    for first, second in itertools.combinations(ALL, 2):
        desk.fault(first)
        # Two troubles of one symbol need two of them.
        of_one = {first, second} == {"orders.symbol-delisted", "orders.symbol-renamed"}
        desk.fault(second, "momentum-btc" if of_one else None)
        assert set(desk.active()) == {first, second}
        assert desk.call("DELETE", "/faults").json == {"cleared": 2}
        state = desk.call("GET", "/exchange-control/state").json
        assert state["faults"] == [], (first, second)
        assert list(state["statuses"].values()) == ["TRADING"] * 5, (first, second)
        assert all(one["mark"] == one["last"] for one in state["prices"].values()), (first, second)
        held = desk.call("GET", "/positions").json
        assert held == {"table": {}, "venue": []}, (first, second)
        assert Decimal(state["accounts"]["main"]["wallet"]) > 99_900, (first, second)
        assert desk.call("GET", "/exchange/fapi/v1/ping").status == 200, (first, second)
